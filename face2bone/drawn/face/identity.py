"""How faces differ: named displacement fields, their sex axis and their fat axis.

A face's shape is the generic head plus a sum of fields, each scaled so that a coefficient
of 1 is about one standard deviation between people (1 to 5 mm, or 3 to 4.5% of width).
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

import numpy as np

from face2bone.drawn.face.head import HeadGrid, head_grid, temple_hollow
from face2bone.drawn.face.numerics import Array, frozen, step

SEX_SHIFT: Final[Mapping[str, float]] = {
    "brow": 1.1, "gonial": 0.9, "chin_width": 0.7, "chin_height": 0.5, "lower_width": 0.6,
    "nose_length": 0.5, "ala": 0.6, "tip_depth": 0.35, "cheek": -0.5, "lower_length": 0.5,
    "forehead_slope": -0.6, "brow_height": -0.7, "width": 0.4, "bulb": 0.4, "bridge_width": 0.5,
    "tip_height": -0.4, "buccal": -0.3,
}  # fmt: skip
"""Shift of each coefficient per unit of the sex axis (-1 female, +1 male)."""

FAT_SHIFT: Final[Mapping[str, float]] = {
    "jowl_fat": 0.65, "buccal": 0.55, "cheek": 0.45, "lower_width": 0.65, "width": 0.30,
    "neck": 0.80,
}  # fmt: skip
"""Shift of each coefficient per z-score of body mass index."""

RANDOM_MODES: Final = 12

Fields = dict[str, Array]


def _field(grid: HeadGrid, dx: Array | float = 0, dy: Array | float = 0, dz: Array | float = 0,
           dn: Array | float = 0) -> Array:  # fmt: skip
    """Displacement (H, W, 3) from components along x, y, z and the normal."""
    zero = np.zeros_like(grid.x)
    result: Array = (
        np.stack([dx + zero, dy + zero, dz + zero], -1) + grid.normals * (dn + zero)[..., None]
    )
    return result


def _proportions(grid: HeadGrid) -> Fields:
    x, y, z, g = grid.x, grid.y, grid.z, grid.bump
    side = np.tanh(x / 10.0)
    return {
        "width": _field(grid, dx=0.036 * x),
        "lower_width": _field(grid, dx=0.045 * x * step(25, 90, y)),
        "upper_width": _field(grid, dx=0.032 * x * step(10, -60, y)),
        "zygoma_width": _field(grid, dx=0.030 * x * np.exp(-0.5 * ((y - 20) / 22) ** 2)),
        "lower_length": _field(grid, dy=4.2 * step(45, 112, y) * step(-80, -30, z)),
        "middle_length": _field(grid, dy=2.8 * step(4, 48, y) * step(-90, -40, z)),
        "forehead": _field(grid, dy=-6 * step(-25, -115, y)),
        "forehead_slope": _field(grid, dz=4 * step(-30, -100, y)),
        "chin_width": _field(grid, dx=side * 2.7 * g(21, 104, 12, 11)),
        "chin_depth": _field(grid, dz=3.2 * g(0, 102, 20, 13)),
        "chin_height": _field(grid, dy=2.0 * g(0, 108, 24, 13)),
        "gonial": _field(grid, dx=side * 3.4 * g(52, 80, 11, 13)),
        "zygoma": _field(grid, dn=1.9 * g(46, 21, 14, 10, -0.25)),
        "temple_width": _field(grid, dn=1.0 * temple_hollow(x, y, z)),
        "muzzle": _field(grid, dn=1.8 * g(0, 58, 28, 18)),
    }


def _features(grid: HeadGrid) -> Fields:
    g = grid.bump
    side = np.tanh(grid.x / 10.0)
    return {
        "eye_spacing": _field(grid, dx=side * 1.6 * g(32, -4, 17, 20)),
        "eye_height": _field(grid, dy=1.4 * g(32, -4, 20, 14)),
        "eye_depth": _field(grid, dz=1.6 * g(32, 0, 18, 13)),
        "brow": _field(grid, dn=1.5 * (g(31, -21, 15, 6, 0.15) + 0.7 * g(11, -20, 7, 7))),
        "brow_height": _field(grid, dy=-1.7 * g(30, -20, 22, 6)),
        "nose_length": _field(grid, dy=2.4 * g(0, 42, 17, 11)),
        "ala": _field(grid, dx=side * 1.9 * g(14, 42, 7, 8)),
        "bridge_width": _field(grid, dx=side * 1.5 * g(7, 16, 5, 18)),
        "tip_depth": _field(grid, dz=2.5 * g(0, 38, 10, 9)),
        "bridge_depth": _field(grid, dz=2.2 * g(0, 10, 8, 17)),
        "hump": _field(grid, dz=1.1 * g(0, 17, 6, 7)),
        "tip_height": _field(grid, dy=-1.6 * g(0, 38, 9, 7)),
        "bulb": _field(grid, dz=0.9 * g(6, 38, 4, 5), dx=side * 0.8 * g(7, 38, 5, 6)),
        "mouth_width": _field(grid, dx=side * 2.0 * g(22, 68, 12, 9)),
        "mouth_height": _field(grid, dy=1.5 * g(0, 67, 32, 9)),
        "lip_depth": _field(grid, dz=1.4 * g(0, 67, 20, 9)),
        "philtrum": _field(grid, dz=0.5 * (-g(0, 55.5, 2.4, 6) + 0.8 * g(5.2, 55.5, 2, 6))),
    }


def _soft_and_uneven(grid: HeadGrid) -> Fields:
    x, y, g = grid.x, grid.y, grid.bump
    brow_tilt = np.tanh(x / 20) * np.exp(-0.5 * ((y + 15) / 12) ** 2) * grid.front
    return {
        "cheek": _field(grid, dn=2.1 * g(42, 47, 17, 17)),
        "buccal": _field(grid, dn=2.0 * g(49, 64, 13, 17)),
        "jowl_fat": _field(grid, dn=2.2 * g(44, 90, 15, 12) + 1.7 * g(0, 112, 20, 9)),
        "asymmetric_chin": _field(grid, dx=1.1 * step(20, 112, y)),
        "asymmetric_nose": _field(grid, dx=0.8 * g(0, 38, 14, 12)),
        "asymmetric_brow": _field(grid, dy=0.7 * brow_tilt),
    }


def _random_modes(grid: HeadGrid) -> Fields:
    """Smooth cosine modes for what no name covers; the last four are not symmetric."""
    rng = np.random.default_rng(5)
    modes: Fields = {}
    for k in range(RANDOM_MODES):
        fx, fy = rng.uniform(0.2, 1.6, 2)
        px, py = rng.uniform(0, 2 * np.pi, 2)
        uneven = k >= RANDOM_MODES - 4
        across = grid.x if uneven else np.abs(grid.x)
        wave = np.cos(fx * across / 30 + px) * np.cos(fy * grid.y / 30 + py)
        modes[f"mode_{k}"] = _field(grid, dn=(0.45 if uneven else 0.95) * wave * grid.front)
    return modes


SHAPE_NAMES: Final = (
    "width", "lower_width", "upper_width", "zygoma_width", "lower_length", "middle_length",
    "forehead", "forehead_slope", "chin_width", "chin_depth", "chin_height", "gonial", "zygoma",
    "temple_width", "muzzle", "eye_spacing", "eye_height", "eye_depth", "brow", "brow_height",
    "nose_length", "ala", "bridge_width", "tip_depth", "bridge_depth", "hump", "tip_height",
    "bulb", "mouth_width", "mouth_height", "lip_depth", "philtrum", "cheek", "buccal", "jowl_fat",
    "asymmetric_chin", "asymmetric_nose", "asymmetric_brow",
    *(f"mode_{k}" for k in range(RANDOM_MODES)),
)  # fmt: skip
"""Names of the coefficients that move the surface, in the basis' order."""

IDENTITY_NAMES: Final = (*SHAPE_NAMES, "neck", "ear_width", "ear_height")
"""All identity coefficients: the surface's, then the neck's and the ears'."""


@cache
def identity_basis() -> Array:
    """The fields as rows: (len(SHAPE_NAMES), H * W * 3) float32 on the mesh grid."""
    grid = head_grid()
    fields = _proportions(grid) | _features(grid) | _soft_and_uneven(grid) | _random_modes(grid)
    return frozen(np.stack([fields[name].ravel() for name in SHAPE_NAMES]))
