"""Skin marks in texture space: mottling, pores, wrinkles, pigment spots. Built once.

Each mark comes in a few variants; a face picks one of each, possibly mirrored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.head import TEXTURE_HEIGHT, TEXTURE_WIDTH
from face2bone.drawn.face.numerics import Array, blur, frozen, smooth_noise

SHAPE: Final = (TEXTURE_HEIGHT, TEXTURE_WIDTH)
WRINKLE_STRENGTH: Final[Mapping[str, float]] = {
    "forehead": 0.60, "crow": 0.60, "glabella": 0.55, "perioral": 0.38, "under_eye": 0.42,
    "cheek": 0.30,
}  # fmt: skip
"""Depth of each wrinkle group relative to the others."""


@dataclass(frozen=True)
class Marks:
    """Variants of each mark, every map (TEXTURE_HEIGHT, TEXTURE_WIDTH) float32."""

    mottle: tuple[Array, ...]
    blotch: tuple[Array, ...]
    pores: tuple[Array, ...]
    freckles: tuple[Array, ...]
    age_spots: tuple[Array, ...]
    moles: tuple[Array, ...]
    wrinkles: Mapping[str, tuple[Array, ...]]


class _Pen:
    """Draws tapered strokes, given in generic mm, on a texture-sized canvas."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.canvas = np.zeros(SHAPE, np.uint8)

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def stroke(self, x: Array, y: Array, ink: float, thickness: int = 1) -> None:
        """Constant width would look like a cut: the ink fades toward both ends."""
        points = atlas().pen(x, y)
        layer = np.zeros_like(self.canvas)
        last = len(points) - 1
        for j in range(last):
            level = ink * np.sin(np.pi * (j + 0.5) / last) ** 0.8
            start, end = points[j].tolist(), points[j + 1].tolist()
            cv2.line(layer, start, end, (float(level),), thickness, cv2.LINE_AA, 3)
        np.maximum(self.canvas, layer, out=self.canvas)


def _forehead(pen: _Pen) -> None:
    top = pen.between(-62, -56)
    for i in range(int(pen.rng.integers(3, 6))):
        for part in range(int(pen.rng.integers(1, 3))):
            ends = (pen.between(-42, -26), pen.between(26, 42))
            if part:
                ends = (pen.between(-40, 0), pen.between(5, 40))
            x = np.linspace(*ends, 24)
            phase = pen.between(0, 6.28)
            y = top + i * (7.2 + pen.between(-1, 1)) + 1.6 * np.cos(x / 22 + phase * 0.2)
            y += 0.7 * np.sin(x / 7 + phase)
            pen.stroke(x, y, pen.between(130, 255), int(pen.rng.integers(1, 3)))


def _crow(pen: _Pen) -> None:
    for side in (-1, 1):
        count = int(pen.rng.integers(3, 6))
        for angle in np.linspace(-0.55, 0.6, count) + pen.between(-0.08, 0.08):
            r = np.linspace(pen.between(0, 2), pen.between(9, 16), 12)
            x = 49.5 + r * np.cos(angle)
            y = 1.5 + 4 * angle + r * np.sin(angle) + pen.between(-0.02, 0.02) * r * r
            pen.stroke(side * x, y, pen.between(140, 255))


def _glabella(pen: _Pen) -> None:
    for side in (-1, 1):
        y = np.linspace(pen.between(-32, -28), pen.between(-17, -13), 12)
        lean = pen.between(-0.5, 1)
        x = side * (pen.between(5, 7.5) - 0.12 * (y + 22) * lean) + 0.4 * np.sin(y / 3)
        pen.stroke(x, y, pen.between(150, 255), int(pen.rng.integers(1, 3)))


def _perioral(pen: _Pen) -> None:
    for _ in range(int(pen.rng.integers(9, 14))):
        x0 = pen.between(-20, 20)
        y = np.linspace(pen.between(53, 57), pen.between(61, 63), 8)
        pen.stroke(x0 - (y - 62) * 0.035 * x0 + 0.2 * np.sin(y), y, pen.between(90, 200))


def _under_eye(pen: _Pen) -> None:
    for side in (-1, 1):
        for k in range(int(pen.rng.integers(2, 4))):
            x = np.linspace(20, 44, 16) + pen.between(-2, 2)
            y = 8.5 + k * 2.6 + pen.between(-0.5, 0.5) - 0.016 * (x - 31) ** 2 + 0.06 * (31 - x)
            pen.stroke(side * x, y, pen.between(110, 210))


def _cheek(pen: _Pen) -> None:
    for side in (-1, 1):
        for _ in range(int(pen.rng.integers(16, 24))):
            x0, y0, angle = pen.between(36, 56), pen.between(24, 78), pen.between(1.1, 1.9)
            r = np.linspace(-pen.between(3, 8), pen.between(3, 8), 8)
            x, y = x0 + r * np.cos(angle), y0 + r * np.sin(angle) + 0.3 * np.sin(r)
            pen.stroke(side * x, y, pen.between(60, 140))


_WRINKLES: Final[Mapping[str, tuple[Callable[[_Pen], None], float]]] = {
    "forehead": (_forehead, 1.6), "crow": (_crow, 1.2), "glabella": (_glabella, 1.5),
    "perioral": (_perioral, 1.1), "under_eye": (_under_eye, 1.2), "cheek": (_cheek, 1.2),
}  # fmt: skip
"""For each group: how its strokes run, and the width of its creases in texels."""


def _crease(rng: np.random.Generator, draw: Callable[[_Pen], None], width: float) -> Array:
    """Height profile of drawn strokes: a groove between two soft ridges."""
    pen = _Pen(rng)
    draw(pen)
    ink = pen.canvas.astype(np.float32) / 255
    return frozen(1.25 * blur(ink, 2.6 * width) - 1.6 * blur(ink, width))


def _spots(rng: np.random.Generator, count: int, smallest: float, largest: float) -> Array:
    canvas = np.zeros(SHAPE, np.uint8)
    for _ in range(count):
        x, y = rng.uniform(-58, 58), rng.uniform(-65, 95)
        column, row = atlas().texels(np.array([x]), np.array([y]))[0].tolist()
        radius = rng.uniform(smallest, largest)
        box = ((column, row), (radius * 2, radius * 2 * rng.uniform(0.6, 1)), rng.uniform(0, 180))
        cv2.ellipse(canvas, box, (float(rng.uniform(60, 255)),), -1, cv2.LINE_AA)
    return frozen(blur(canvas.astype(np.float32) / 255, 0.8))


def _layers(rng: np.random.Generator, layers: tuple[tuple[float, float], ...]) -> Array:
    parts = [smooth_noise(rng, SHAPE, sigma) * np.float32(share) for sigma, share in layers]
    return frozen(np.sum(parts, axis=0))


@cache
def marks() -> Marks:
    """All marks, built once."""
    rng = np.random.default_rng(11)
    return Marks(
        mottle=tuple(_layers(rng, ((22, 0.5), (9, 0.5), (3.5, 0.5))) for _ in range(4)),
        blotch=tuple(_layers(rng, ((12, 0.6), (5, 0.6), (2.2, 0.5))) for _ in range(4)),
        pores=tuple(_layers(rng, ((0.7, 0.7), (1.5, 0.6))) for _ in range(3)),
        freckles=tuple(_spots(rng, 260, 0.35, 0.9) for _ in range(3)),
        age_spots=tuple(_spots(rng, 24, 1.0, 3.2) for _ in range(5)),
        moles=tuple(_spots(rng, 3, 0.8, 1.4) for _ in range(6)),
        wrinkles={
            name: tuple(_crease(rng, draw, width) for _ in range(5))
            for name, (draw, width) in _WRINKLES.items()
        },
    )


def wrinkle_relief(texture_seed: int) -> Array:
    """A face's wrinkles at strength 1 (mm): one variant of each group."""
    rng = np.random.default_rng((texture_seed, 1))
    relief = np.zeros(SHAPE, np.float32)
    for name, strength in WRINKLE_STRENGTH.items():
        variants = marks().wrinkles[name]
        depth = np.float32(5.0 * strength * rng.uniform(0.92, 1.08))
        relief += variants[int(rng.integers(len(variants)))] * depth
    return relief
