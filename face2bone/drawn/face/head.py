"""The generic head: a smooth solid with anatomical relief, on a spherical grid of rays.

Every grid point is one ray from a centre inside the head, so each feature has a fixed grid
position whatever the identity or pose, and ground truth maps are exact.

Where things are on it stands here too, in millimetres of the head frame: one place for the
positions shared by shape, skin and ageing, so that a fold is painted where it is also carved.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from face2bone.drawn.face.numerics import (
    Array,
    frozen,
    mirrored_bump,
    smooth_max,
    smooth_min,
    spline,
    step,
    surface_normals,
)

EYE_X = 32.0  # half the distance between the pupils; pupils at y = 0
MOUTH_Y = 68.0  # line between the lips
MOUTH_HALF_WIDTH = 25.0
NOSTRIL = (6.8, 45.8)
TEMPLE = (57.0, -20.0)


def nasolabial_x(y: Array) -> Array:
    """x of the nasolabial fold at height y: from beside the ala to beside the mouth corner."""
    below = np.clip(np.asarray(y, float) - 40, 0, None)
    x: Array = 19.5 + (y - 40) * 0.40 + 0.001 * below * below
    return x


def nasolabial_extent(y: Array) -> Array:
    """1 along the fold, fading to 0 above the ala and below the mouth corner."""
    result: Array = step(33, 42, y) * (1 - step(70, 82, y))
    return result


def marionette_x(y: Array) -> Array:
    """x of the marionette line at height y: from the mouth corner down to the prejowl notch."""
    return 27.5 + 0.13 * (y - 72)


def marionette_extent(y: Array) -> Array:
    """1 along the marionette line, fading out at the mouth corner and above the jaw line."""
    result: Array = step(72, 79, y) * (1 - step(87, 99, y))
    return result


def temple_hollow(x: Array, y: Array, z: Array) -> Array:
    """The temporal fossa, 0..1: bounded by the temporal line in front, fading to the hair.

    The front border is steep because the crest of the temporal line is what shows a hollow
    temple from the front.
    """
    x0, y0 = TEMPLE
    across = np.abs(x) - (x0 - 0.16 * (y - y0))
    border = step(-11.5, -1.0, across) * (1 - step(2.0, 17.0, across))
    height = np.exp(-0.5 * np.abs((y - y0) / 13.0) ** 2.2)
    result: Array = border * height * step(-100, -60, z)
    return result


TEXTURE_WIDTH, TEXTURE_HEIGHT = 448, 416
MESH_WIDTH, MESH_HEIGHT = TEXTURE_WIDTH // 2, TEXTURE_HEIGHT // 2
RAY_CENTRE = np.array([0.0, 15.0, -80.0])

_half_width = spline(
    [-135, -125, -112, -98, -82, -60, -30, 0, 20, 45, 65, 80, 95, 105, 113, 122],
    [56, 58, 61, 64, 67, 69.5, 71, 69.5, 67.5, 63.0, 58.5, 54.5, 47.5, 41.5, 33, 22],
)
_front_depth = spline(
    [-130, -118, -100, -85, -70, -55, -40, -28, -10, 10, 30, 48, 60, 77, 90, 104, 112, 120],
    [-92, -74, -40, -19, -8, -2, 1, 1, -1, -3, -3, -2, -1, -1, -2, -3, -7, -16],
    25,
)
_squareness = spline([-120, -60, -10, 20, 60, 90, 120], [2.05, 2.08, 2.12, 2.12, 2.0, 1.95, 1.95])
_nose_height = spline(
    [-30, -16, -6, 2, 12, 24, 33, 39, 44, 48.5, 52, 60],
    [0, 1.0, 2.6, 5.6, 11.5, 18.5, 23.0, 24.2, 20.0, 10.5, 4.0, 0],
    16,
)
_nose_width = spline([-30, -10, 4, 16, 28, 38, 46, 60], [10, 7.6, 6.6, 7.4, 8.6, 9.6, 8.6, 8], 12)


@dataclass(frozen=True)
class HeadGrid:
    """The generic head on the mesh grid, MESH_HEIGHT x MESH_WIDTH.

    x, y, z: generic coordinates (mm) that name a position on the face; `neutral`: the surface
    with relief (mm); `normals`: of the smooth solid; `front`: 1 on the face, 0 behind it.
    """

    x: Array
    y: Array
    z: Array
    front: Array
    normals: Array
    neutral: Array

    def bump(self, x0: float, y0: float, sx: float, sy: float, tilt: float = 0.0) -> Array:
        """A mirrored Gaussian on the front of the head."""
        return mirrored_bump(self.x, self.y, x0, y0, sx, sy, tilt) * self.front


def ray_angles(width: int, height: int) -> tuple[Array, Array]:
    """Azimuth (width,) and elevation (height,) in radians of the grid's rays, denser in front."""
    u = (np.arange(width) + 0.5) / width * 2 - 1
    v = (np.arange(height) + 0.5) / height * 2 - 1
    return np.deg2rad(125) * (0.66 * u + 0.34 * u**3), np.deg2rad(-6 + 56.5 * v + 27.5 * v**3)


def _solid_distance(points: Array) -> Array:
    """Approximate signed distance (mm) to cranium and face block, negative inside."""
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    depth = 100.0
    forward = np.clip((z - (_front_depth(y) - depth)) / depth, 0, None)
    n = _squareness(y)
    block = (((np.abs(x) / _half_width(y)) ** n + forward**n) ** (1 / n) - 1) * 60
    jaw_plane = (y - (117.5 + 0.50 * np.minimum(z + 10, 0))) * 0.90
    face = smooth_max(smooth_max(block, jaw_plane, 20), (-98 - y) * 0.9, 22)
    radii = np.array([75.0, 84.0, 96.0])
    cranium = np.sqrt((((points - np.array([0, -36, -86.0])) / radii) ** 2).sum(-1)) - 1
    return smooth_min(face, cranium * 80, 18)


def _solid_surface(directions: Array) -> Array:
    """Where each ray leaves the solid, by bisection."""
    low = np.full(directions.shape[:2], 20.0)
    high = np.full(directions.shape[:2], 200.0)
    for _ in range(24):
        middle = (low + high) / 2
        inside = _solid_distance(RAY_CENTRE + directions * middle[..., None]) < 0
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    result: Array = RAY_CENTRE + directions * ((low + high) / 2)[..., None]
    return result


def _bony_relief(grid: HeadGrid) -> Array:
    """Brow, cheekbones, temples, chin: displacement along the normal (mm)."""
    g = grid.bump
    relief = 2.3 * g(31, -21, 15, 6, 0.15) + 1.3 * g(11, -20, 7, 7) + 0.8 * g(0, -24, 9, 9)
    relief += 3.2 * g(46, 21, 14, 10, -0.25) + 2.4 * g(33, 34, 14, 13)
    relief += -2.0 * g(48, 62, 11, 15) + 1.6 * g(51, 82, 9, 10)
    relief += 1.3 * g(22, -58, 18, 14) + 3.0 * g(0, 62, 25, 17)
    relief += -2.4 * g(0, 87, 15, 4.8) + 4.6 * g(0, 101, 14, 9) + 1.0 * g(13, 105, 8, 7)
    result: Array = relief - 1.2 * temple_hollow(grid.x, grid.y, grid.z)
    return result


def _nose_relief(grid: HeadGrid) -> Array:
    """Bridge, tip, wings and columella: displacement along z (mm)."""
    g, ax = grid.bump, np.abs(grid.x)
    width = _nose_width(grid.y)
    ridge = 0.56 * np.exp(-0.5 * (ax / (1.12 * width)) ** 2)
    flank = 0.44 * np.exp(-0.5 * (ax / (2.05 * width)) ** 2)
    # The columella hangs lower than the wings.
    along = grid.y - 2.0 * np.exp(-0.5 * (grid.x / 4.5) ** 2) * step(38, 46, grid.y)
    relief = _nose_height(along) * (ridge + flank) * grid.front
    relief += 2.4 * g(0, 38.5, 6.4, 5.6) + 1.0 * g(4.6, 39.5, 3.6, 3.8)
    relief += 6.6 * g(13.6, 42.0, 4.8, 4.6) + 1.6 * g(15.6, 41.5, 3.4, 3.8)
    relief += 2.4 * g(0, 46.2, 3.2, 3.2)
    relief += -1.9 * g(21.0, 40.5, 2.4, 5.6, -0.25) - 1.1 * g(10.2, 36.5, 2.6, 4.2, 0.45)
    result: Array = relief - 3.0 * g(NOSTRIL[0], NOSTRIL[1], 2.6, 1.9, 0.3)
    return result


def nasolabial_profile(grid: HeadGrid) -> Array:
    """Crease and lateral bulge of the nasolabial fold, crease depth 1."""
    across = (np.abs(grid.x) - nasolabial_x(grid.y)) / 1.09
    crease = -np.exp(-0.5 * (across / 2.3) ** 2)
    bulge = 0.8 * np.exp(-0.5 * ((across - 6.5) / 4.6) ** 2) * step(0, 3, across)
    result: Array = nasolabial_extent(grid.y) * grid.front * (crease + bulge)
    return result


def _soft_relief(grid: HeadGrid) -> Array:
    """Orbits, philtrum, mouth corners, folds: displacement along z (mm)."""
    g = grid.bump
    relief = -7.2 * g(33, 0, 16.5, 12.5) - 2.3 * g(16.5, 1, 6.5, 10)
    relief += -0.8 * g(0, 55.5, 2.4, 6) + 0.7 * g(5.2, 55.5, 2.0, 6)
    relief += -1.4 * g(28.0, 70, 3.4, 3.8) + 1.0 * g(34, 70, 4, 7)
    relief += 1.4 * g(36, -11, 12, 4.0, -0.1) - 0.5 * g(23, 15, 8, 3.2, -0.5)
    result: Array = relief + 0.9 * nasolabial_profile(grid)
    return result


def _with_globes(grid: HeadGrid, points: Array) -> Array:
    """`points` with the eyeballs, spheres of 17 mm with the lids on, pushed through."""
    radius2 = 17.0**2 - ((np.abs(grid.x) - EYE_X) ** 2 + grid.y**2 * 1.15)
    globe = -27.3 + np.sqrt(np.clip(radius2, 0, None))
    out = points.copy()
    out[..., 2] = np.where(radius2 > 0, smooth_max(out[..., 2], globe, 4.0), out[..., 2])
    return out


@cache
def head_grid() -> HeadGrid:
    """The generic head, built once (about half a second)."""
    azimuth, elevation = np.meshgrid(*ray_angles(MESH_WIDTH, MESH_HEIGHT))
    directions = np.stack(
        [
            np.sin(azimuth) * np.cos(elevation),
            np.sin(elevation),
            np.cos(azimuth) * np.cos(elevation),
        ],
        -1,
    )
    points = _solid_surface(directions)
    # Normals are undefined where the rays meet at the top: fade to the ray's own direction.
    pole = step(-80, -70, np.rad2deg(elevation))[..., None]
    normals = surface_normals(points) * pole + directions * (1 - pole)
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    front = step(-0.25, 0.40, normals[..., 2]) * step(-105, -65, z)
    solid = HeadGrid(x, y, z, front, normals, points)
    relief = points + normals * _bony_relief(solid)[..., None]
    relief[..., 2] += _nose_relief(solid) + _soft_relief(solid)
    neutral = _with_globes(solid, relief)
    return HeadGrid(*(frozen(a) for a in (x, y, z, front, normals, neutral)))
