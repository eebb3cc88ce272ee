"""Lips painted into the texture: two swelling bodies, a dark line between, soft borders."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import FaceParameters, Lips
from face2bone.drawn.face.head import MOUTH_HALF_WIDTH, MOUTH_Y
from face2bone.drawn.face.marks import marks
from face2bone.drawn.face.numerics import Array, bell, step
from face2bone.drawn.face.paint import Paint


@dataclass(frozen=True)
class _Window:
    rows: slice
    columns: slice
    x: Array
    y: Array


@cache
def _window() -> _Window:
    a = atlas()
    inside = (np.abs(a.x) < 36) & (a.y > 50) & (a.y < 90) & (a.front > 0.5)
    rows, columns = np.nonzero(inside)
    box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    return _Window(*box, a.x[box].copy(), a.y[box].copy())


@dataclass(frozen=True)
class _Shape:
    """Lip geometry: line, top, bottom in mm; upper, lower: 0..1 coverage; t_upper, t_lower:
    0..1 from the border of the lip to the line or back; round = 1 - s^2.
    """

    line: Array
    top: Array
    bottom: Array
    upper: Array
    lower: Array
    t_upper: Array
    t_lower: Array
    round: Array


def _shape(lips: Lips) -> _Shape:
    w = _window()
    ax, s = np.abs(w.x), np.clip(w.x / MOUTH_HALF_WIDTH, -1, 1)
    rounded = np.clip(1 - s * s, 0, 1)
    line = MOUTH_Y + (0.6 - lips.corner) * s * s - 0.6 * bell(w.x, 0, 4.0)
    line = line + 0.45 * bell(ax, 9, 5) + lips.asymmetry * s
    upper_height, lower_height = max(lips.upper, 2.0), max(lips.lower, 2.6)
    bow = 1 - 0.12 * bell(w.x, 0, 2.6) * lips.bow + 0.08 * bell(ax, 6, 3.5) * lips.bow
    top = line - upper_height * rounded**0.85 * bow
    bottom = line + lower_height * rounded**0.75 * (1 - 0.05 * bell(w.x, 0, 5))
    within = (ax < MOUTH_HALF_WIDTH) * step(1.0, 0.88, ax / MOUTH_HALF_WIDTH)
    upper = step(-0.9, 0.8, w.y - top) * step(0.25, -0.25, w.y - line) * within
    lower = step(-0.25, 0.25, w.y - line) * step(1.2, -1.0, w.y - bottom) * within
    t_upper = np.clip((w.y - top) / np.maximum(line - top, 0.3), 0, 1)
    t_lower = np.clip((w.y - line) / np.maximum(bottom - line, 0.3), 0, 1)
    return _Shape(line, top, bottom, upper, lower, t_upper, t_lower, rounded)


def _relief(lips: Lips, shape: _Shape, between: Array, crevice: Array, striae: Array) -> Array:
    w = _window()
    swell_up = np.sin(np.pi * np.clip(shape.t_upper * 0.86, 0, 1)) * shape.round**0.4
    swell_low = np.sin(np.pi * np.clip(0.12 + shape.t_lower * 0.80, 0, 1)) ** 0.9
    height = 0.21 * max(lips.upper, 2.0) * swell_up * shape.upper
    height += 0.36 * max(lips.lower, 2.6) * swell_low * shape.round**0.35 * shape.lower
    rim = bell(w.y - shape.top, -0.4, 0.8) * shape.round**0.3 * (np.abs(w.x) < MOUTH_HALF_WIDTH)
    height += 0.40 * rim - 1.5 * between - 0.7 * crevice
    height += 0.7 * bell(w.y - shape.line, -2.5, 3.5) * shape.round
    height -= 0.50 * bell(w.y - shape.bottom, 1.8, 1.5) * bell(w.x, 0, 13)
    result: Array = height + (shape.upper + shape.lower) * striae
    return result


def paint_mouth(paint: Paint, p: FaceParameters) -> None:
    """The closed mouth, in place."""
    w, lips, melanin = _window(), p.lips, p.skin.melanin
    view = paint.window(w.rows, w.columns)
    shape = _shape(lips)
    ax, from_line = np.abs(w.x), w.y - shape.line
    vermilion = shape.upper + shape.lower
    between = bell(from_line, 0, 0.50) * step(1.0, 0.72, ax / MOUTH_HALF_WIDTH) * 0.95
    crevice = bell(from_line, 0, 1.5) * step(1.03, 0.75, ax / MOUTH_HALF_WIDTH)
    pores = marks().pores[p.texture_seed % 3][w.rows, w.columns]
    lines = np.sin(w.x * 4.1 + 1.5 * np.sin(w.x * 1.3) + 0.12 * from_line * w.x / 8)
    view.relief += _relief(lips, shape, between, crevice, 0.05 * lines + 0.03 * pores)
    tint = np.array([0.90, 0.66 - 0.20 * lips.red, 0.68 - 0.17 * lips.red])
    tint = tint * (1 - 0.14 * melanin) + melanin * np.array([0.02, 0.06, 0.10])
    corner = bell(ax, MOUTH_HALF_WIDTH + 0.3, 1.8) * bell(from_line, 0, 1.3)
    for k in range(3):
        colour = tint[k] * (1 + 0.05 * lines) * (1 - 0.14 * shape.upper)
        shade = (1 - (0.80, 0.87, 0.87)[k] * between) * (1 - 0.26 * crevice) * (1 - 0.30 * corner)
        view.albedo[k] *= (1 - vermilion * 0.85 * (1 - colour)) * shade
    view.gloss *= 1 - 0.7 * vermilion
    moist = (0.18 + 0.34 * shape.lower) * (1 - 0.60 * melanin) * step(0.2, 1.4, np.abs(from_line))
    view.gloss += vermilion * moist
