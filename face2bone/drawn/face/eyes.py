"""Eyes painted into the texture, lids, eyeball, lashes, catchlight, and the brows above them.

The opening follows two lid curves over s = x / half width: upper base - h (1 - s^2)^0.72,
lower base + h (1 - s^2)^0.85.

Brows are fine tapered hairs, drawn at twice the texture's resolution.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import Brows, Eyes, FaceParameters
from face2bone.drawn.face.head import EYE_X, TEXTURE_WIDTH
from face2bone.drawn.face.numerics import Array, bell, blur, linear_rgb, step
from face2bone.drawn.face.paint import Paint

LID_DROP = 0.20  # mm the lower lid falls per unit of orbital ageing


@dataclass(frozen=True)
class _Window:
    rows: slice
    columns: slice
    x: Array
    y: Array


@cache
def _window() -> _Window:
    """The texels around the eye on the +x side; the other eye is its mirror image."""
    a = atlas()
    inside = (a.x > 6) & (a.x < 60) & (np.abs(a.y) < 24) & (a.front > 0.3)
    rows, columns = np.nonzero(inside)
    box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    return _Window(*box, (a.x[box] - EYE_X).copy(), a.y[box].copy())


@dataclass(frozen=True)
class _Lids:
    """Positions relative to the lids over the window: s across (-1..1), round = 1 - s^2,
    above/below: mm inside the upper/lower margin, opening: 0..1, base: canthal line.
    """

    s: Array
    round: Array
    base: Array
    upper_margin: Array
    above: Array
    below: Array
    opening: Array


def _lids(eyes: Eyes, orbit: float) -> _Lids:
    w = _window()
    s = w.x / np.float32(eyes.half_width)
    inner = np.clip(s, -1, 1)
    base = 1.2 - eyes.tilt * 0.5 - eyes.tilt * inner * 0.9
    rounded = np.clip(1 - inner * inner, 0, 1)
    lower = eyes.lower + LID_DROP * orbit
    top = base - eyes.upper * rounded**0.72 * (1 - (eyes.peak + 0.10) * inner) - 0.15
    bottom = base + lower * rounded**0.85 * (1 + 0.22 * inner) - 0.9 * rounded
    above, below = w.y - top, bottom - w.y
    opening = step(-0.15, 0.55, np.minimum(above, below)) * (np.abs(s) < 1)
    return _Lids(s, rounded, base, top, above, below, opening)


def _eyeball(p: FaceParameters, lids: _Lids, ix: Array, iy: Array) -> list[Array]:
    """Linear colour of sclera, iris and pupil, shaded by the upper lid."""
    eyes, melanin = p.eyes, p.skin.melanin
    radius = np.sqrt(ix * ix + iy * iy)
    rim = eyes.iris_radius
    white = np.array([0.47, 0.425, 0.395]) * (1 - 0.60 * melanin)
    white -= 0.02 * np.array([0, 1, 2.0]) * (p.age_years / 80)
    lid_shade = (1 - 0.42 * step(0.5, 1.05, np.abs(lids.s))) * (
        0.38 + 0.62 * step(-0.3, 3.6, lids.above)
    )
    lid_shade = lid_shade * (0.84 + 0.16 * step(0, 2, lids.below))
    iris = step(rim + 0.35, rim - 0.55, radius)
    pupil = step(eyes.pupil_radius + 0.3, eyes.pupil_radius - 0.3, radius)
    angle = np.arctan2(iy, ix)
    phase = p.texture_seed % 7
    rays = 1 + 0.20 * np.sin(angle * 17 + 3 * np.sin(angle * 5 + phase)) * step(1.5, 4, radius)
    depth = 0.55 + 0.75 * step(rim * 0.95, rim * 0.3, radius) + 0.35 * step(-2.0, 4.0, iy)
    depth = depth * (1 - 0.62 * step(rim * 0.72, rim * 0.99, radius))
    colour = linear_rgb(eyes.iris_rgb) * 0.80
    lid_on_iris = 0.45 + 0.55 * step(-0.2, 2.6, lids.above)
    return [
        white[k] * lid_shade * (1 - iris)
        + iris * (colour[k] * depth * rays * (1 - pupil) + 0.006 * pupil) * lid_on_iris
        for k in range(3)
    ]


def _lashes(eyes: Eyes, lids: _Lids, phase: int) -> Array:
    """Light that passes the lash lines, 0..1."""
    w = _window()
    s = lids.s
    clumped = 1 + 0.35 * np.sin(w.x * 5.3 + phase) * np.sin(w.x * 2.1 + 1)
    width = 0.70 + 0.45 * eyes.lash * step(-0.9, 0.9, s)
    line = np.exp(-0.5 * ((lids.above + 0.25) / width) ** 2)
    upper = line * (np.abs(s) < 1.06) * step(-1.05, -0.7, s) * eyes.lash * clumped
    corner = bell(lids.above, -1.5, 1.1) * step(0.25, 1.0, s) * (s < 1.12)
    upper += 0.55 * eyes.lash * corner * step(-0.9, 0.9, np.sin(w.x * 4.4 + 0.8 * w.y))
    lower = bell(lids.below, -0.15, 0.42) * (np.abs(s) < 1) * 0.42 * eyes.lash * step(-0.7, 0.3, s)
    result: Array = np.clip(1 - 0.93 * np.clip(upper, 0, 1), 0, 1) * (1 - 0.8 * lower)
    return result


@dataclass(frozen=True)
class _Crease:
    line: Array
    distance: Array
    extent: Array


def _crease(eyes: Eyes, lids: _Lids) -> _Crease:
    """The fold of the upper lid, above its margin."""
    height = lids.upper_margin - eyes.crease_height * (0.55 + 0.45 * lids.round)
    distance = _window().y - height
    extent = np.exp(-((lids.s * 0.86) ** 6)) * step(-1.15, -0.6, lids.s)
    return _Crease(bell(distance, 0, 0.75) * extent, distance, extent)


def _relief(p: FaceParameters, lids: _Lids, crease: _Crease, radius: Array) -> Array:
    """Height (mm) of crease, lid rolls, bags and cornea."""
    eyes, s = p.eyes, lids.s
    within = (np.abs(s) < 1.02) * lids.round**0.3
    hood = bell(crease.distance, -2.6, 1.8) * crease.extent * (0.5 + eyes.hood * 1.3)
    rolls = 1.1 * bell(lids.above, -1.0, 0.9) + 0.8 * bell(lids.below, -1.2, 1.0)
    bag = bell(lids.below, -5.5, 2.3) * bell(s, -0.05, 0.62)
    bag_size = 0.25 + 0.40 * max(0.0, (p.age_years - 45) / 35)
    height = -crease.line * (0.55 + 0.9 * eyes.crease_depth) + hood + rolls * within
    height += bag_size * bag - 0.35 * bell(lids.below, -2.9, 0.8) * bell(s, 0, 0.7)
    result: Array = height + lids.opening * (0.9 * bell(radius, 0, 4.2) - 1.6)
    return result


def _paint_eye(paint: Paint, p: FaceParameters, side: int, glint: tuple[float, float]) -> None:
    """One eye, in place; side +1 is the viewer's right."""
    w, eyes = _window(), p.eyes
    view = paint.window(w.rows, w.columns)
    if side < 0:
        mirror = slice(TEXTURE_WIDTH - w.columns.stop, TEXTURE_WIDTH - w.columns.start)
        view = paint.window(w.rows, mirror).flipped()
    lids = _lids(eyes, p.ageing.orbit)
    ix, iy = w.x - (eyes.gaze[0] * side - 0.2), w.y - (eyes.gaze[1] - 0.35)
    radius = np.sqrt(ix * ix + iy * iy)
    crease = _crease(eyes, lids)
    view.relief += _relief(p, lids, crease, radius)
    lid = step(-0.4, 0.4, crease.distance) * step(0.2, -0.2, lids.above) * crease.extent
    lid_shade = (1 - 0.34 * crease.line * (0.4 + 0.6 * eyes.crease_depth)) * (1 - 0.10 * lid)
    caruncle = bell(w.x, -0.93 * eyes.half_width, 1.9) * np.exp(
        -0.5 * ((w.y - lids.base) / 1.7) ** 2
    )
    wet = bell(lids.below, 0.35, 0.35) * lids.opening * step(-0.98, -0.7, lids.s)
    wet = wet * step(1.0, 0.85, lids.s)
    passed = _lashes(eyes, lids, p.texture_seed % 5)
    for k, ball in enumerate(_eyeball(p, lids, ix, iy)):
        skin = view.albedo[k] * lid_shade
        pink = (0.40, 0.19, 0.16)[k] * (1 - 0.35 * p.skin.melanin)
        ball = ball * (1 - 0.75 * caruncle) + 0.75 * caruncle * pink
        ball = ball * (1 - 0.5 * wet) + 0.5 * wet * skin * (1.25, 0.95, 0.9)[k]
        mixed = skin * (1 - lids.opening) + ball * lids.opening
        view.albedo[k][:] = mixed * passed + (1 - passed) * 0.008
    view.glow += _catchlight(p, lids, ix, iy, glint, side)
    view.gloss *= 1 - lids.opening
    view.gloss += 0.10 * lids.opening


def _catchlight(
    p: FaceParameters, lids: _Lids, ix: Array, iy: Array, glint: tuple[float, float], side: int
) -> Array:
    """Reflected window on the cornea and the tear line."""
    hx = float(np.clip(glint[0] * 6.2 * side, -3, 3))
    hy = float(np.clip(glint[1] * 6.2, -3.2, 1.5))
    square = np.maximum(((ix - hx) / 0.75) ** 2, ((iy - hy) / 0.85) ** 2)
    window = 0.55 * np.exp(-0.9 * square * square)
    tear = 0.07 * bell(lids.below, 0.5, 0.3) * bell(lids.s, 0.1, 0.3)
    soft = 0.035 * bell(ix, -0.8 * hx, 1.4) * bell(iy, 2.4, 1.0)
    result: Array = lids.opening * (1 - 0.45 * p.skin.melanin) * (window + tear + soft)
    return result


def paint_eyes(paint: Paint, p: FaceParameters, glint: tuple[float, float]) -> None:
    """Both eyes, in place; `glint` is the half vector's (x, y) in the head frame."""
    for side in (-1, 1):
        _paint_eye(paint, p, side, glint)


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
