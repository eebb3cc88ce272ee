"""Eyebrows: fine tapered hairs drawn at twice the texture's resolution."""

from functools import cache

import cv2
import numpy as np

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import Brows, FaceParameters
from face2bone.drawn.face.head import TEXTURE_WIDTH
from face2bone.drawn.face.numerics import Array, blur, linear_rgb
from face2bone.drawn.face.paint import Paint

HAIRS = 330  # per brow at density 1
_FINE = 2  # drawing resolution relative to the texture


@cache
def _rows() -> tuple[int, int]:
    """Texture rows that hold the brows."""
    middle = atlas().y[:, TEXTURE_WIDTH // 2]
    first, last = np.searchsorted(middle, [-46, -4])
    return int(first), int(last)


def _hairs(brows: Brows, rng: np.random.Generator, side: int) -> tuple[Array, Array]:
    """Hair curves x, y (n, 4) in mm: upright at the head, flat along the tail."""
    n = int(HAIRS * brows.density)
    t = np.clip(rng.beta(1.1, 1.0, n), 0, 1)
    peak = np.interp(t, [0, 0.35, 0.66, 1.0], [0.10, 0.60, 1.0, 0.55])
    centre = brows.y + 1.4 - brows.arch * peak
    body = np.interp(t, [0, 0.12, 0.4, 0.7, 1.0], [0.55, 0.92, 1.05, 0.75, 0.25])
    offset = rng.normal(0, 0.42, n).clip(-0.95, 0.95)
    y0 = centre + offset * brows.thickness * 0.55 * body
    x0 = 13.0 + t * (37.5 + brows.length) + rng.normal(0, 0.7, n)
    angle = np.interp(t, [0, 0.12, 0.4, 1], [1.15, 0.80, 0.35, -0.10]) - offset * 0.35
    length = rng.uniform(2.8, 5.4, n) * np.interp(t, [0, 0.3, 1], [0.75, 1.05, 0.75])
    along = np.linspace(-0.5, 0.5, 4)[None]  # hairs are centred on the brow, not rooted on it
    reach = length[:, None] * along
    bend = 0.8 * (along + 0.5) ** 2 * (0.2 + t[:, None])
    x = x0[:, None] + np.cos(angle)[:, None] * reach
    return side * x, y0[:, None] - np.sin(angle)[:, None] * reach + bend


def paint_brows(paint: Paint, p: FaceParameters) -> None:
    """Both brows, in place; grey hair leaves brows darker than the head."""
    rng = np.random.default_rng((p.texture_seed, 2))
    first, last = _rows()
    canvas = np.zeros(((last - first) * _FINE, TEXTURE_WIDTH * _FINE), np.uint8)
    for side in (-1, 1):
        x, y = _hairs(p.brows, rng, side)
        at = atlas().texels(x, y).reshape(*x.shape, 2) - np.array([0, first])
        pens = np.round((at + 0.25) * _FINE * 8).astype(np.int32)
        for pen, ink in zip(pens, rng.integers(110, 235, len(pens)), strict=True):
            cv2.polylines(canvas, [pen], False, (int(ink),), 1, cv2.LINE_AA, 3)
    fine = cv2.resize(canvas, (TEXTURE_WIDTH, last - first), interpolation=cv2.INTER_AREA)
    hairs = fine.astype(np.float32) / 255
    cover = np.clip(1.25 * hairs + 0.75 * blur(hairs, 1.8), 0, 0.95) * np.float32(p.brows.darkness)
    colour = linear_rgb(p.hair.rgb) * (0.62 - 0.22 * p.hair.grey)
    for k in range(3):
        strip = paint.albedo[k, first:last]
        strip *= 1 - cover
        strip += cover * colour[k]
