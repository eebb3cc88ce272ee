"""Skin painted into the texture: pigment, blood, spots, pores, wrinkles, nostrils, stubble."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from face2bone.drawn.face.ageing import hollow_shade
from face2bone.drawn.face.atlas import Atlas, atlas
from face2bone.drawn.face.description import FaceParameters, HairStyle
from face2bone.drawn.face.hair import Scalp, strands
from face2bone.drawn.face.head import NOSTRIL, TEXTURE_HEIGHT, TEXTURE_WIDTH
from face2bone.drawn.face.marks import marks, wrinkle_relief
from face2bone.drawn.face.numerics import Array, blur, frozen, linear_rgb, resize, step
from face2bone.drawn.face.paint import Paint

_MELANIN = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_TONES = np.stack([linear_rgb(c) for c in (
    (236, 196, 174), (222, 174, 146), (198, 145, 112), (160, 110, 82), (116, 78, 58), (82, 55, 43),
)])  # fmt: skip


@dataclass(frozen=True)
class _Zones:
    """Where the face is red, dark, oily or bearded; every map (TH, TW)."""

    blood: Array
    under_eye: Array
    oily: Array
    beard: Array
    nostril: Array
    ala: Array


def _beard_zone(a: Atlas) -> Array:
    side = np.abs(a.azimuth_deg)
    jaw = step(38, 66, a.y) * step(78, 64, side) * (1 - 0.85 * a.bump(0, 68, 23, 6.5))
    jaw *= step(14, 24, np.abs(a.x)) * 0.25 + 0.75
    jaw *= 1 - 0.6 * a.bump(38, 50, 10, 10)
    burns = 0.9 * step(62, 80, side) * step(20, 55, a.y) * step(95, 80, side)
    result: Array = np.clip(jaw + burns + 0.6 * a.bump(0, 55, 20, 6), 0, 1) * a.front
    return result


def _nostrils(a: Atlas) -> Array:
    total = np.zeros_like(a.x)
    c, s = np.cos(0.38), np.sin(0.38)
    for side in (-1, 1):
        dx, dy = side * a.x - NOSTRIL[0], a.y - (NOSTRIL[1] + 0.5)
        u, v = dx * c - dy * s, dx * s + dy * c
        total += np.exp(-(((u / 3.2) ** 2 + (v / 1.8) ** 2) ** 1.4)) * a.front
    return np.clip(total, 0, 1)


def _ala_crease(a: Atlas) -> Array:
    """The groove that bounds the wing of the nose."""
    ink = np.zeros((TEXTURE_HEIGHT, TEXTURE_WIDTH), np.uint8)
    t = np.linspace(0, 1, 24)
    x = np.interp(t, [0, 0.25, 0.5, 0.75, 1], [17.6, 20.2, 20.9, 19.2, 14.8])
    y = np.interp(t, [0, 0.25, 0.5, 0.75, 1], [34.5, 37.5, 41.5, 45.8, 48.2])
    for side in (-1, 1):
        cv2.polylines(ink, [a.pen(side * x, y)], False, (255,), 2, cv2.LINE_AA, 3)
    line = ink.astype(np.float32) / 255
    return np.clip(blur(line, 1.2) * 1.1 + blur(line, 3.0) * 0.8, 0, 1)


@cache
def _zones() -> _Zones:
    a = atlas()
    b = a.bump
    blood = 0.9 * b(41, 36, 14, 13) + 0.9 * b(0, 38, 10, 9) + 0.7 * b(14, 42, 6, 6)
    blood += 0.35 * b(0, 102, 14, 9) + 0.35 * b(32, -9, 13, 5) + 0.30 * b(32, 9, 12, 4)
    blood += 0.12 - 0.25 * b(0, -50, 35, 18)
    oily = 0.25 + 0.8 * b(0, -45, 26, 16) + 0.7 * b(0, 26, 8, 16) + 0.8 * b(0, 38, 6, 6)
    oily += 0.55 * b(44, 20, 12, 9) + 0.5 * b(0, 101, 12, 8)
    under_eye = b(28, 12.5, 10, 4.2, -0.25) + 0.6 * b(18, 5, 4, 6)
    maps = (blood, under_eye, oily, _beard_zone(a), _nostrils(a), _ala_crease(a))
    return _Zones(*(frozen(m) for m in maps))


def skin_tone(melanin: float, warmth: float) -> Array:
    """Linear albedo (3,) of plain skin."""
    tone = np.array([np.interp(melanin, _MELANIN, _TONES[:, k]) for k in range(3)])
    result: Array = tone * np.array([1 + 0.03 * warmth, 1.0, 1 - 0.06 * warmth])
    return result


def _pigment(paint: Paint, p: FaceParameters) -> None:
    """Base tone, blood, mottling and spots."""
    skin, seed, zones, lib = p.skin, p.texture_seed, _zones(), marks()
    mirror = slice(None, None, -1 if seed & 1 else 1)
    mottle = lib.mottle[seed // 2 % 4][:, mirror]
    blotch = lib.blotch[seed // 8 % 4][:, mirror]
    pores = lib.pores[seed // 32 % 3][:, mirror]
    blood: Array = zones.blood * np.float32(skin.haemoglobin * (1 - 0.45 * skin.melanin))
    blood = blood * (1 + 0.30 * blotch) + np.float32(0.10) * blotch
    grain = 1 + mottle * np.float32(0.035 + 0.02 * skin.spots) + pores * np.float32(0.018)
    spots: Array = lib.age_spots[seed // 96 % 5][:, mirror] * np.float32(
        0.40 * min(skin.spots, 1.0)
    )
    spots = spots + lib.freckles[seed % 3][:, mirror] * np.float32(0.32 * min(skin.freckles, 1))
    spots = spots + lib.moles[seed // 480 % 6][:, mirror] * np.float32(0.45)
    shadow = zones.under_eye * np.float32(0.30 * skin.under_eye)
    tone = skin_tone(skin.melanin, skin.warmth)
    for k, (red, eye, spot) in enumerate(((0.0, 0.80, 0.55), (0.17, 1.0, 0.85), (0.15, 0.85, 1.0))):
        paint.albedo[k] = np.float32(tone[k]) * grain * (1 - blood * np.float32(red))
        paint.albedo[k] *= (1 - shadow * np.float32(eye)) * (1 - spots * np.float32(spot))


def _stubble(paint: Paint, p: FaceParameters) -> None:
    grain = 0.25 * marks().pores[p.texture_seed % 3] + 0.30 * strands()["crop"].fibre
    cover = np.clip(_zones().beard * np.float32(p.hair.beard) * (1 + grain), 0, 0.8)
    colour = linear_rgb(p.hair.rgb)
    for k, hidden in enumerate((0.62, 0.56, 0.50)):
        paint.albedo[k] *= 1 - cover * np.float32(hidden)
        paint.albedo[k] += cover * np.float32(0.25 * colour[k])


def _wrinkles(paint: Paint, p: FaceParameters) -> None:
    relief = wrinkle_relief(p.texture_seed) * np.float32(p.ageing.wrinkle)
    paint.relief += relief
    depth = np.clip(relief, -4.0, 0)
    for k, darkening in enumerate((0.36, 0.46, 0.46)):
        paint.albedo[k] *= np.exp(depth * np.float32(darkening))


def paint_skin(paint: Paint, p: FaceParameters) -> None:
    """Everything on the face but eyes, mouth, brows and hair, in place."""
    _pigment(paint, p)
    if p.hair.beard > 0.03:
        _stubble(paint, p)
    paint.albedo[:] *= hollow_shade(p.ageing)
    paint.relief += marks().pores[p.texture_seed % 3] * np.float32(0.020)
    _wrinkles(paint, p)
    dryness = 0.35 * float(np.clip((p.age_years - 50) / 40, 0, 1))
    paint.gloss += _zones().oily * np.float32(p.skin.oil * (1 - dryness)) + np.float32(0.25)
    # Pores break the highlight up: unbroken it reads as plastic.
    paint.gloss *= np.clip(1 + 0.22 * marks().pores[p.texture_seed // 3 % 3], 0.1, 2.2)
    nostril, ala = _zones().nostril, _zones().ala
    for k in range(3):
        dark = np.float32((0.74, 0.86, 0.89)[k])
        paint.albedo[k] *= (1 - nostril * dark) * (1 - ala * np.float32((0.20, 0.28, 0.28)[k]))


def paint_hair(paint: Paint, p: FaceParameters, scalp: Scalp) -> None:
    """Hair on the scalp and its shade on the forehead, in place."""
    cover = scalp.cover
    if p.hair.style is not HairStyle.BALD:
        size = (TEXTURE_WIDTH // 2, TEXTURE_HEIGHT // 2)
        half = cv2.resize(cover, size, interpolation=cv2.INTER_AREA)
        shade = resize(blur(half, 3.5), TEXTURE_WIDTH, TEXTURE_HEIGHT) * (1 - cover)
        for k, amount in enumerate((0.40, 0.44, 0.46)):
            paint.albedo[k] *= 1 - np.float32(amount) * shade
    tone = np.clip(0.80 + 1.5 * scalp.tone, 0.25, 1.9)
    colour = linear_rgb(p.hair.rgb)
    for k in range(3):
        paint.albedo[k] *= 1 - cover
        paint.albedo[k] += cover * tone * np.float32(colour[k])
    paint.relief[:] = paint.relief * (1 - cover) + cover * scalp.tone * np.float32(0.8)
    paint.gloss *= 1 - cover
