"""One face's hair: where it grows, how far it stands out, its tone and its strands.

Strands are maps in texture space: which way they run, and the noise drawn along them.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from face2bone.drawn.face.atlas import Atlas, atlas
from face2bone.drawn.face.description import Hair, HairStyle
from face2bone.drawn.face.head import TEXTURE_HEIGHT, TEXTURE_WIDTH
from face2bone.drawn.face.numerics import Array, frozen, smooth_noise, step, white_noise

SHAPE: Final = (TEXTURE_HEIGHT, TEXTURE_WIDTH)
FLOW_NAMES: Final = ("back", "crop", "parted", "down")


@dataclass(frozen=True)
class Strands:
    """One hair flow. tone: lightness of strands about 0; fibre: unit-variance noise along the
    flow; tangent: unit 3-D direction (TH, TW, 3).
    """

    tone: Array
    fibre: Array
    tangent: Array


def _direction(du: Array, dv: Array) -> Array:
    length = np.sqrt(du * du + dv * dv) + 1e-6
    return np.dstack([du / length, dv / length]).astype(np.float32)


def _flows(rng: np.random.Generator, a: Atlas) -> dict[str, Array]:
    """Unit flow (TH, TW, 2) in texels for each way of wearing hair."""
    wobble = [smooth_noise(rng, SHAPE, 14) * 0.35 for _ in range(8)]
    outward = np.where(a.x > 0, 1.0, -1.0)
    side = step(30, 85, np.abs(a.azimuth_deg))
    from_parting = a.x - 18
    leaning = np.tanh(from_parting / 10)
    ridge = np.exp(-0.5 * (from_parting / 16) ** 2)
    return {
        "back": _direction(
            outward * side + wobble[0], -(1 - side) - 0.05 + side * 0.25 + wobble[1]
        ),
        "crop": _direction(
            wobble[2] * 1.2 + outward * 0.4 * side, -0.9 * (1 - side) + side * 0.8 + wobble[3]
        ),
        "parted": _direction(
            leaning * (1 - side) + outward * 0.15 * side + wobble[4],
            0.18 + 0.55 * np.abs(leaning) * (1 - side) + side + 0.85 * wobble[5] - 0.55 * ridge,
        ),
        "down": _direction(
            outward * 0.55 * (1 - side) + 0.55 * wobble[6], 0.25 + side + 0.55 * wobble[7]
        ),
    }


def _strokes(rng: np.random.Generator, flow: Array, count: int, length: int) -> Array:
    """Many thin strands of random tone, traced along the flow."""
    rows, columns = np.nonzero(atlas().y < 60)
    start = rng.integers(0, len(rows), count)
    points = np.stack([columns[start], rows[start]], -1) + rng.random((count, 2))
    points = points.astype(np.float32)
    jitter = 0.12 * rng.standard_normal((count, 2), dtype=np.float32)
    trace = [points]
    for _ in range(length):
        ahead = cv2.remap(
            flow, points[:, :1].copy(), points[:, 1:].copy(), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        points = points + (ahead.reshape(-1, 2) + jitter) * np.float32(2.5)
        trace.append(points)
    pens = np.round(np.stack(trace, 1) * 8).astype(np.int32)
    tones = np.clip(rng.normal(128, 46, count), 5, 255)
    canvas = np.full(SHAPE, 120, np.uint8)
    for i in range(count):
        cv2.polylines(canvas, [pens[i]], False, (float(tones[i]),), 1, cv2.LINE_AA, 3)
    return canvas.astype(np.float32) / 255


def _fibre(rng: np.random.Generator, flow: Array) -> Array:
    """Line integral convolution of white noise along the flow, unit variance."""
    noise = white_noise(rng, SHAPE)
    total = noise.copy()
    rows, columns = np.mgrid[0:TEXTURE_HEIGHT, 0:TEXTURE_WIDTH].astype(np.float32)
    for sign in (1, -1):
        x, y = columns.copy(), rows.copy()
        for _ in range(9):
            along = cv2.remap(flow, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            x, y = x + sign * along[..., 0], y + sign * along[..., 1]
            total += cv2.remap(noise, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return total / np.float32(total.std())


@cache
def strands() -> dict[str, Strands]:
    """Fibre maps of every flow, built once."""
    rng = np.random.default_rng(17)
    a = atlas()
    maps: dict[str, Strands] = {}
    for name, flow in _flows(rng, a).items():
        count, length = (9000, 7) if name == "crop" else (6500, 28)
        tone = _strokes(rng, flow, count, length)
        fibre = _fibre(rng, flow)
        tangent: Array = flow[..., :1] * a.tangent_u + flow[..., 1:] * a.tangent_v
        tangent /= np.linalg.norm(tangent, axis=-1, keepdims=True) + 1e-6
        maps[name] = Strands(
            frozen((tone - 0.5) * 0.6 + fibre * 0.10), frozen(fibre), frozen(tangent)
        )
    return maps


@cache
def hairline_noise() -> tuple[Array, ...]:
    """Irregular offsets of the hairline in mm, a few variants."""
    rng = np.random.default_rng(19)
    return tuple(
        frozen(smooth_noise(rng, SHAPE, 4) * 1.3 + smooth_noise(rng, SHAPE, 12) * 2.4)
        for _ in range(4)
    )


@cache
def clumps() -> tuple[Array, ...]:
    """Slow unit-variance noise that makes hair stand out unevenly, a few variants."""
    rng = np.random.default_rng(23)
    return tuple(frozen(smooth_noise(rng, SHAPE, 16)) for _ in range(3))


FLOW_OF_STYLE: Final = {
    HairStyle.BACK: "back", HairStyle.SHORT_BACK: "back", HairStyle.LONG: "back",
    HairStyle.CROP: "crop", HairStyle.BALD: "crop", HairStyle.PARTED: "parted",
    HairStyle.LONG_PARTED: "parted", HairStyle.BOB: "down",
}  # fmt: skip
LONG_STYLES: Final = (HairStyle.LONG, HairStyle.LONG_PARTED, HairStyle.BOB)


@dataclass(frozen=True)
class Scalp:
    """cover: 0..1 where hair hides the skin; lift: mm along the normal; tone, fibre: strand
    lightness and noise; all (TH, TW). tangent: strand direction (TH, TW, 3).
    """

    cover: Array
    lift: Array
    tone: Array
    fibre: Array
    tangent: Array


def _hairline(hair: Hair, azimuth: Array) -> Array:
    """Height y (mm) of the hairline at each |azimuth| in degrees, lower y is higher up."""
    recession = 9 * hair.recession
    knots = [0, 15, 30, 42, 52, 62, 70, 76, 80, 86, 92, 104, 125]
    heights = [
        -69, -69.5, -67.5 - recession, -61 - 1.3 * recession, -50 - recession,
        -33 - 0.45 * recession, -18, -6, 3, 7, -10, 10, 60,
    ]  # fmt: skip
    if hair.style is HairStyle.BALD:
        return np.where(
            azimuth < 60, -300, np.interp(azimuth, [60, 75, 90, 125], [-300, -70, -60, -50])
        )
    return np.interp(azimuth, knots, heights) + hair.line * np.clip(1 - azimuth / 80, 0, 1)


def grow_hair(hair: Hair) -> Scalp:
    """Hair on the head's surface, in texture space."""
    a = atlas()
    flow = strands()[FLOW_OF_STYLE[hair.style]]
    tone, fibre, tangent = flow.tone, flow.fibre, flow.tangent
    if hair.mirrored:
        tone, fibre = tone[:, ::-1], fibre[:, ::-1]
        tangent = tangent[:, ::-1] * np.array([-1, 1, 1], np.float32)
    edges = hairline_noise()
    edge = edges[hair.variant % len(edges)]
    line = _hairline(hair, np.abs(a.azimuth_deg[0])).astype(np.float32)
    below = a.y - line[None]
    cover = step(4.5, -7.5, below + edge * np.float32(0.7) + fibre * np.float32(2.2))
    # Behind the ears hair ends at the nape; nothing grows on the underside of the chin.
    cover *= 1 - step(84, 94, np.abs(a.azimuth_deg)) * step(-14, 0, a.y + edge * np.float32(0.8))
    cover *= a.y < 112
    # Rays crowd at the crown, where noise would raise a spike.
    clump = clumps()[hair.variant % 3] * step(-104, -80, a.y)
    height = step(0, -38, below) * np.float32(hair.volume) * (1 + np.float32(0.16) * clump)
    if hair.style is HairStyle.BALD:
        return Scalp(cover * np.float32(0.5), cover * np.float32(0.25), tone, fibre, tangent)
    return Scalp(cover, height + cover, tone, fibre, tangent)
