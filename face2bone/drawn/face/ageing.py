"""The planted ageing effects: where each parameter moves the surface and shades the skin.

One unit is one mm-like step of bone loss: a displacement of at most DISPLACEMENT_GAIN mm
and a change of log albedo. Both are linear in the parameter, so an effect neither saturates
nor clips, and both live inside the parameter's own mask.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import Ageing
from face2bone.drawn.face.head import (
    TEXTURE_HEIGHT,
    TEXTURE_WIDTH,
    HeadGrid,
    head_grid,
    marionette_extent,
    marionette_x,
    nasolabial_extent,
    nasolabial_profile,
    nasolabial_x,
    temple_hollow,
)
from face2bone.drawn.face.numerics import Array, bell, frozen, resize

SKELETAL_NAMES: Final = ("orbit", "maxilla", "nasolabial", "jaw", "temple")

DISPLACEMENT_GAIN: Final[Mapping[str, float]] = {
    "orbit": 0.80, "maxilla": 0.80, "nasolabial": 0.60, "jaw": 0.62, "temple": 0.70,
}  # fmt: skip
"""Peak displacement in mm per unit."""

TINT_GAIN: Final[Mapping[str, float]] = {
    "orbit": 0.062, "maxilla": 0.080, "nasolabial": 0.062, "jaw": 0.115, "temple": 0.090,
}  # fmt: skip
"""Peak fall of log albedo per unit: the shade of thin soft tissue over a hollow."""

TINT_CHANNELS: Final = np.array([0.90, 1.08, 1.02], np.float32)
"""Share of the tint in red, green and blue: hollows are slightly warm."""


@dataclass(frozen=True)
class AgeingBasis:
    """Effects per unit. displacement: (5, H * W * 3) mm on the mesh grid; tint: (5, TH, TW)
    fall of log albedo; masks: (5, TH, TW), share of the effect's peak, 0..1.
    """

    displacement: Array
    tint: Array
    masks: Array


def _along(grid: HeadGrid, dn: Array | float = 0, dy: Array | float = 0,
           dz: Array | float = 0) -> Array:  # fmt: skip
    zero = np.zeros_like(grid.x)
    offset = np.stack([zero, dy + zero, dz + zero], -1)
    result: Array = offset + grid.normals * (dn + zero)[..., None]
    return result


def _displacements(grid: HeadGrid) -> dict[str, Array]:
    g = grid.bump
    sulcus = 0.6 * g(33, -12, 13, 4.2)
    trough = 0.6 * g(23, 14, 9, 3.4, -0.5)
    notch = 1.0 * g(26, 103, 8, 7) + 0.8 * g(43, 93, 12, 9) + 0.5 * g(52, 81, 10, 11)
    jowl = 0.65 * g(36.5, 91, 6.5, 6.0)
    return {
        "orbit": _along(
            grid,
            dn=-(g(19, -13, 8, 6) + g(43, 15, 10, 6, -0.3) + sulcus + trough),
            dz=-0.45 * g(32, 0, 15, 10),
        ),
        "maxilla": _along(
            grid,
            dy=0.50 * g(0, 39, 11, 8) + 0.25 * g(0, 63, 20, 6),
            dz=-(g(28, 37, 13, 13) + 0.65 * g(0, 53, 24, 10) + 0.3 * g(0, 38, 11, 8)),
        ),
        "nasolabial": _along(grid, dz=nasolabial_profile(grid)),
        "jaw": _along(
            grid,
            dn=jowl - notch,
            dy=0.25 * g(37, 96, 8, 7) - 0.55 * g(0, 111, 22, 12),
            dz=-0.5 * g(0, 103, 15, 9),
        ),
        "temple": _along(grid, dn=-temple_hollow(grid.x, grid.y, grid.z)),
    }


def _line(across: Array, width: float) -> Array:
    """A crease of `width` mm with the soft shade on its medial side."""
    result: Array = bell(across, 0, width) + 0.35 * bell(across, -1.5, 2 * width)
    return result


def _tints() -> dict[str, Array]:
    a = atlas()
    b, ax = a.bump, np.abs(a.x)
    fold = np.asarray((ax - nasolabial_x(a.y)) / 1.09, np.float32)
    marionette = np.asarray(ax - marionette_x(a.y), np.float32)
    # The mid-cheek groove runs from the tear trough down and out over the malar fat.
    groove = (a.y - 24.0) - 0.85 * (ax - 27.0)
    groove_extent = bell(ax, 31, 8.0) * bell(a.y, 28, 8.0) * a.front
    border = np.clip(temple_hollow(a.x, a.y, a.z), 0, 1)
    return {
        "orbit": b(19, -12, 7, 5) + 0.7 * b(32, -11.5, 11, 2.6) + 0.9 * b(23, 14, 9, 3.2, -0.5)
        + 0.5 * b(43, 15, 9, 5, -0.3),
        "maxilla": 0.8 * b(26.0, 41, 5.5, 8, 0.3) + 0.8 * bell(groove, 0, 2.6) * groove_extent
        + 0.6 * b(0, 52, 14, 3.5),
        "nasolabial": _line(fold, 1.5) * nasolabial_extent(a.y) * a.front,
        "jaw": 0.9 * _line(marionette, 2.0) * marionette_extent(a.y) * a.front
        + 0.60 * b(25, 102, 8.5, 6.0) + 0.55 * b(44, 94, 9, 7),
        "temple": border,
    }  # fmt: skip


@cache
def ageing_basis() -> AgeingBasis:
    """The five skeletal effects, built once."""
    grid = head_grid()
    displacement, tint, masks = [], [], []
    shades = _tints()
    for name, field in _displacements(grid).items():
        length = resize(np.linalg.norm(field, axis=-1), TEXTURE_WIDTH, TEXTURE_HEIGHT)
        shade = shades[name].astype(np.float32)
        displacement.append((field * DISPLACEMENT_GAIN[name]).ravel())
        tint.append(shade * TINT_GAIN[name])
        masks.append(np.maximum(length / length.max(), np.abs(shade) / np.abs(shade).max()))
    return AgeingBasis(*(frozen(np.stack(a)) for a in (displacement, tint, masks)))


def skeletal_values(ageing: Ageing) -> Array:
    """The five skeletal parameters (5,) in the order of SKELETAL_NAMES."""
    return np.array([getattr(ageing, name) for name in SKELETAL_NAMES], np.float32)


def hollow_shade(ageing: Ageing) -> Array:
    """Albedo factors (3, TH, TW) of the hollows and folds: exp(-tint), never zero."""
    depth = np.tensordot(skeletal_values(ageing), ageing_basis().tint, 1)
    return np.stack([np.exp(-share * depth) for share in TINT_CHANNELS])
