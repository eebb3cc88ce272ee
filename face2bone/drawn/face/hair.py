"""One face's hair: where it grows, how far it stands out, and its tone."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import Hair, HairStyle
from face2bone.drawn.face.numerics import Array, step
from face2bone.drawn.face.strands import clumps, hairline_noise, strands

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
