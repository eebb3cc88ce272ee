"""The solids of a drawn hand: what each ray crosses, bone by bone, each within its own box."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.drawn.film.film import Anatomy
from face2bone.drawn.film.solids import Array, chord, closing, sigmoid
from face2bone.drawn.hand.look import HandLook
from face2bone.drawn.hand.skeleton import CARPALS, PISIFORM, RADIUS, ULNA, Point, Tube, tubes
from face2bone.modalities.hand.parts import HAND_PARTS
from face2bone.modalities.parts import OUTSIDE, part_index

_FLARE: Final = 0.30  # how much wider a tube's ends are than its shaft
_DEPTH: Final = 0.92  # of a tube, as a share of its width
_SHELL: Final = 0.25
_CARPAL_SHELL: Final = 0.8
_CARPAL_DEPTH: Final = 14.0
_CARPAL_GAP: Final = 0.09
_FLESH_MIN: Final = 0.5  # mm of path from which a pixel belongs to the hand


@dataclass(frozen=True)
class HandValues:
    """The six values, units in ``values.HAND_VALUES``."""

    metacarpal_cortex: float
    phalangeal_cortex: float
    radial_cortex: float
    bone_volume: float
    plate: float
    joint_space: float


@dataclass
class _Canvas:
    """Paths (mm) that bones add up to: compact, marrow with planted volume, other marrow."""

    compact: Array
    planted: Array
    other: Array
    flesh: Array
    parts: npt.NDArray[np.int8]


@dataclass(frozen=True)
class _Grid:
    """Positions (mm) of the film's pixels in the hand's frame."""

    x: Array
    y: Array

    def box(self, points: tuple[Point, ...], margin: float) -> tuple[slice, slice] | None:
        """Rows and columns that hold the points with a margin (mm); None if off the film."""
        near = np.ones(self.x.shape, bool)
        for axis, place in ((self.x, 0), (self.y, 1)):
            low, high = min(p[place] for p in points), max(p[place] for p in points)
            near &= (axis > low - margin) & (axis < high + margin)
        rows, columns = np.flatnonzero(near.any(1)), np.flatnonzero(near.any(0))
        if not len(rows):
            return None
        return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def build(x: Array, y: Array, values: HandValues, look: HandLook, ridges: Array) -> Anatomy:
    """Paths and parts at the hand's positions (mm, thumb at +x, fingers up)."""
    canvas, grid = _blank(x.shape), _Grid(x, y)
    bones = tubes(look)
    _add_flesh(canvas, grid, bones, look)
    canvas.parts[canvas.flesh > _FLESH_MIN] = part_index(HAND_PARTS, "soft_tissue")
    _add_forearm(canvas, grid, values, look)
    _add_carpals(canvas, grid)
    for tube in bones:
        _add_tube(canvas, grid, tube, wall_share(tube, values, look), values)
    pattern = np.clip(1 + np.float32(look.texture) * ridges, 0.3, 2.0)
    bone = canvas.compact + (canvas.planted * np.float32(values.bone_volume) + canvas.other) * (
        pattern
    )
    soft = np.clip(canvas.flesh - bone, 0, None)
    scale = np.float32(look.size / 10)
    return Anatomy(bone * scale, soft * scale, canvas.parts)


def _blank(shape: tuple[int, ...]) -> _Canvas:
    compact, planted, other, flesh = (np.zeros(shape, np.float32) for _ in range(4))
    return _Canvas(compact, planted, other, flesh, np.full(shape, OUTSIDE, np.int8))


def wall_share(tube: Tube, values: HandValues, look: HandLook) -> float:
    """The shaft's own part of both walls over the width, before the shell of 0.25 mm."""
    if tube.kind == 0:
        return float(np.clip(values.metacarpal_cortex + look.own_share[tube.ray], 0.15, 0.9))
    return values.phalangeal_cortex


def mid_shaft_index(tube: Tube, values: HandValues, look: HandLook) -> float:
    """Both walls, shell included, over the width at mid-shaft: what an instrument should find."""
    return wall_share(tube, values, look) + 2 * _SHELL / tube.width


def _add_tube(canvas: _Canvas, grid: _Grid, tube: Tube, share: float, values: HandValues) -> None:
    half = tube.width / 2
    box = grid.box((tube.base, tube.head), half * (1 + _FLARE) + 2)
    if box is None:
        return
    u, v = _local(grid, box, tube)
    z, length = v / tube.length, tube.length
    gap = values.joint_space / 2
    head = 0.4 if tube.last else 1.0
    flare = 1 + np.float32(_FLARE) * (
        head * sigmoid((z - 0.84) * 16) + 1.25 * sigmoid((0.17 - z) * 16)
    )
    radius = half * 0.75
    # Heads are round, bases are shallow dishes.
    inside = np.minimum(v - gap - 0.04 * u * u, length - gap - 0.10 * u * u - v)
    a = half * flare
    wall = np.float32(share * half) * (sigmoid((0.80 - z) * 26) * sigmoid((z - 0.20) * 26))
    wall = wall + np.float32(_SHELL)
    whole = chord(u, a, _DEPTH * a) * closing(inside, radius)
    inner = np.clip(a - wall, 0, None)
    marrow = chord(u, inner, _DEPTH * inner) * closing(inside - values.plate, radius)
    marrow = np.minimum(marrow, whole)
    canvas.compact[box] += whole - marrow
    # Struts of the tubes' ends are nobody's planted value.
    canvas.other[box] += marrow * (0.02 + 0.10 * (1 - sigmoid((0.75 - z) * 16)))
    canvas.other[box] += marrow * 0.10 * sigmoid((0.25 - z) * 16)
    canvas.parts[box][whole > 0.3] = part_index(HAND_PARTS, tube.part)


def _add_carpals(canvas: _Canvas, grid: _Grid) -> None:
    """Seven bones that share out the wrist between them, and the pisiform before one of them."""
    box = grid.box(tuple((c[0], c[1]) for c in CARPALS), 14.0)
    if box is None:
        return
    far = np.stack([_ellipse_distance(grid, box, carpal) for carpal in CARPALS])
    nearest, second = np.partition(far, 1, axis=0)[:2]
    # 0 at a bone's outline, whichever comes first: its own edge or half way to its neighbour.
    inside = np.minimum(1 - nearest, 0.5 * (second - nearest) - _CARPAL_GAP)
    _add_nut(canvas, box, inside * 7.0, _CARPAL_DEPTH)
    pisiform = 1 - _ellipse_distance(grid, box, PISIFORM)
    _add_nut(canvas, box, pisiform * 5.0, 8.0)


def _add_nut(canvas: _Canvas, box: tuple[slice, slice], inside: Array, depth: float) -> None:
    """A short bone from its distance to the outline (mm)."""
    whole = np.float32(depth) * closing(inside, 5.5)
    marrow = np.float32(depth - 1.2) * closing(inside - _CARPAL_SHELL, 5.5)
    marrow = np.minimum(marrow, whole)
    canvas.compact[box] += whole - marrow
    canvas.planted[box] += marrow
    canvas.parts[box][whole > 0.3] = part_index(HAND_PARTS, "carpals")


def _add_forearm(canvas: _Canvas, grid: _Grid, values: HandValues, look: HandLook) -> None:
    for name, (base, head, width), slant in (("radius", RADIUS, 0.22), ("ulna", ULNA, -0.1)):
        tube = Tube(base, head, width * look.width, 0, 0, last=False)
        box = grid.box((base, head), width + 6)
        if box is None:
            continue
        u, v = _local(grid, box, tube)
        wide = 0.90 if name == "radius" else 0.45
        a = tube.width / 2 * (1 + wide * sigmoid((v - tube.length + 13) / 4.5))
        wall_mm = values.radial_cortex if name == "radius" else 2.0
        wall = np.float32(wall_mm) * sigmoid((tube.length - 22 - v) / 3.5) + np.float32(0.4)
        # The outline of the end runs aslant: the styloid is the longer side.
        inside = tube.length + slant * u + 0.012 * u * u - v
        whole = chord(u, a, 0.8 * a) * closing(inside, 4.5)
        inner = np.clip(a - wall, 0, None)
        marrow = np.minimum(chord(u, inner, 0.8 * inner) * closing(inside - 0.9, 4.5), whole)
        near = 0.12 + 0.88 * sigmoid((v - tube.length + 28) / 4.0)
        canvas.compact[box] += whole - marrow
        canvas.planted[box] += marrow * near
        canvas.parts[box][whole > 0.3] = part_index(HAND_PARTS, name)


def _add_flesh(canvas: _Canvas, grid: _Grid, bones: tuple[Tube, ...], look: HandLook) -> None:
    """Palm an ellipse, fingers and forearm rods; joined by a 4-norm, so without a seam."""
    plump = 1 + 0.06 * look.flesh
    total = canvas.flesh
    for path, box in _flesh_paths(grid, bones, plump):
        total[box] += (path * path) ** 2
    canvas.flesh = np.sqrt(np.sqrt(total))


def _flesh_paths(
    grid: _Grid, bones: tuple[Tube, ...], plump: float
) -> Iterator[tuple[Array, tuple[slice, slice]]]:
    everywhere = slice(None), slice(None)
    yield _lens(grid, (-2.0, -32.0), 37.0 * plump, 56.0, 14.0 * plump), everywhere
    yield _lens(grid, (25.0, -6.0), 17.0 * plump, 36.0, 11.0 * plump), everywhere
    yield _rod(grid, everywhere, (-2.0, 140.0), (-1.0, 14.0), 28.0 * plump, 0.72), everywhere
    for tube in bones:
        if tube.kind == 0 and tube.ray:
            continue
        radius = (10.5 if tube.kind == 0 else 9.4 if tube.kind == 1 else 8.2) * plump
        tip = 3.5 if tube.last else 0.0
        direction = np.subtract(tube.head, tube.base) / tube.length
        head = tuple(np.add(tube.head, tip * direction).tolist())
        box = grid.box((tube.base, head), radius + 1)
        if box is not None:
            yield _rod(grid, box, tube.base, head, radius, 0.85), box


def _lens(grid: _Grid, centre: Point, half: float, tall: float, deep: float) -> Array:
    """Path through an ellipsoid."""
    q = ((grid.x - centre[0]) / half) ** 2 + ((grid.y - centre[1]) / tall) ** 2
    path: Array = np.float32(2 * deep) * np.sqrt(np.clip(1 - q, 0, None))
    return path


def _rod(
    grid: _Grid, box: tuple[slice, slice], base: Point, head: Point, radius: float, flat: float
) -> Array:
    """Path through a rod with round ends; ``flat``: its depth over its width."""
    x, y = grid.x[box] - base[0], grid.y[box] - base[1]
    length = float(np.hypot(head[0] - base[0], head[1] - base[1]))
    dx, dy = (head[0] - base[0]) / length, (head[1] - base[1]) / length
    v = np.clip(x * dx + y * dy, 0, length)
    away = (x - v * dx) ** 2 + (y - v * dy) ** 2
    path: Array = np.float32(2 * flat) * np.sqrt(np.clip(radius**2 - away, 0, None))
    return path


def _local(grid: _Grid, box: tuple[slice, slice], tube: Tube) -> tuple[Array, Array]:
    """Offset across (u) and along (v) a tube, mm from its base."""
    x, y = grid.x[box] - tube.base[0], grid.y[box] - tube.base[1]
    dx = (tube.head[0] - tube.base[0]) / tube.length
    dy = (tube.head[1] - tube.base[1]) / tube.length
    return -x * dy + y * dx, x * dx + y * dy


def _ellipse_distance(
    grid: _Grid, box: tuple[slice, slice], carpal: tuple[float, float, float, float, float]
) -> Array:
    """1 on the outline, 0 in the middle."""
    cx, cy, across, along, degrees = carpal
    c, s = np.float32(np.cos(np.radians(degrees))), np.float32(np.sin(np.radians(degrees)))
    x, y = grid.x[box] - cx, grid.y[box] - cy
    far: Array = np.sqrt(((c * x + s * y) / across) ** 2 + ((c * y - s * x) / along) ** 2)
    return far
