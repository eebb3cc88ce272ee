"""The texture atlas: generic coordinates of every texel, and the way back.

Skin, eyes, mouth, brows and hair are painted on one texture of TEXTURE_HEIGHT x
TEXTURE_WIDTH texels laid over the mesh grid at twice its resolution.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from face2bone.drawn.face.head import TEXTURE_HEIGHT, TEXTURE_WIDTH, head_grid, ray_angles
from face2bone.drawn.face.numerics import Array, frozen, mirrored_bump, resize

_LUT_STEP = 0.5  # mm
_LUT_X0, _LUT_Y0 = -70.0, -110.0


@dataclass(frozen=True)
class Atlas:
    """Per-texel maps, each (TEXTURE_HEIGHT, TEXTURE_WIDTH[, 3]) float32.

    x, y, z: generic coordinates (mm); front: 1 on the face; azimuth_deg: 0 in front;
    tangent_u, tangent_v: unit surface directions along columns and rows; slope_u, slope_v:
    factors that turn a relief difference of two texels (mm) into a slope; lookup: texel
    (column, row) for each generic (x, y) on a 0.5 mm lattice.
    """

    x: Array
    y: Array
    z: Array
    front: Array
    azimuth_deg: Array
    tangent_u: Array
    tangent_v: Array
    slope_u: Array
    slope_v: Array
    lookup: Array

    def bump(self, x0: float, y0: float, sx: float, sy: float, tilt: float = 0.0) -> Array:
        """A mirrored Gaussian on the front of the texture."""
        bump = mirrored_bump(self.x, self.y, x0, y0, sx, sy, tilt) * self.front
        return bump.astype(np.float32)

    def texels(self, x: Array, y: Array) -> Array:
        """Texel positions (N, 2), column then row, of generic points x, y (mm)."""
        column = (np.asarray(x, np.float32).reshape(-1, 1) - _LUT_X0) / _LUT_STEP
        row = (np.asarray(y, np.float32).reshape(-1, 1) - _LUT_Y0) / _LUT_STEP
        found = cv2.remap(
            self.lookup, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return found.reshape(-1, 2)

    def pen(self, x: Array, y: Array) -> Array:
        """Texel positions (N, 2) int32 with 3 fractional bits, for OpenCV's drawing calls."""
        result: Array = np.round(self.texels(x, y) * 8).astype(np.int32)
        return result


def _lookup(x: Array, y: Array, visible: Array) -> Array:
    """Invert texel -> (x, y): splat texel numbers on a lattice, fill holes from blurred ones."""
    width, height = round(140 / _LUT_STEP) + 1, round(228 / _LUT_STEP) + 1
    rows, columns = np.nonzero(visible)
    j = np.round((x[visible] - _LUT_X0) / _LUT_STEP).astype(int)
    i = np.round((y[visible] - _LUT_Y0) / _LUT_STEP).astype(int)
    inside = (j >= 0) & (j < width) & (i >= 0) & (i < height)
    splat = np.zeros((height, width, 3))
    values = np.stack([columns, rows, np.ones_like(rows)], -1)[inside]
    np.add.at(splat, (i[inside], j[inside]), values)
    filled = cv2.GaussianBlur(splat, (0, 0), 1.0)
    for sigma in (2, 4, 8, 16):
        empty = filled[..., 2] < 1e-3
        filled[empty] = cv2.GaussianBlur(splat, (0, 0), sigma)[empty]
    result: Array = filled[..., :2] / np.maximum(filled[..., 2:], 1e-12)
    return result


@cache
def atlas() -> Atlas:
    """The texture atlas, built once."""
    grid = head_grid()

    def up(field: Array) -> Array:
        return resize(field, TEXTURE_WIDTH, TEXTURE_HEIGHT)

    x, y, z, front = up(grid.x), up(grid.y), up(grid.z), up(grid.front)
    points = np.stack([x, y, z], -1)
    along_u, along_v = np.gradient(points, axis=1), np.gradient(points, axis=0)
    step_u = np.linalg.norm(along_u, axis=-1) + 1e-2
    step_v = np.linalg.norm(along_v, axis=-1) + 1e-2
    azimuth = np.rad2deg(ray_angles(TEXTURE_WIDTH, TEXTURE_HEIGHT)[0])
    lookup = _lookup(x, y, (up(grid.normals)[..., 2] > 0.05) & (z > -95))
    return Atlas(
        x=frozen(x), y=frozen(y), z=frozen(z), front=frozen(front),
        azimuth_deg=frozen(np.broadcast_to(azimuth, x.shape)),
        tangent_u=frozen(along_u / step_u[..., None]),
        tangent_v=frozen(along_v / step_v[..., None]),
        slope_u=frozen(front / (2 * step_u)), slope_v=frozen(front / (2 * step_v)),
        lookup=frozen(lookup),
    )  # fmt: skip
