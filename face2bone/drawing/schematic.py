"""Region figures on a schematic face, as SVG: nobody's face, and readable without colour.

The ten regions are outlines of our own drawing, seen from the front: the patient's left is on
the right. Each carries its number; a tint tells its size, and hatching that it is negative.
The drawing brings its own ground, so it reads alike on a light and on a dark page.
"""

import html
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.drawing.pictures import AWAY, TOWARD
from face2bone.explain.photo_row import signed
from face2bone.modalities.face import REGIONS, Region

Point = tuple[float, float]

WIDTH, HEIGHT = 220, 250
FACE: Final = (110.0, 125.0, 92.0, 116.0)  # centre x and y, radii
MIDDLE: Final = 110.0
LEAST_TINT, MOST_TINT = 0.06, 0.55  # share of the colour over white; black text stays at 7:1
INK, CHOSEN = "#17242b", "#f2b134"

# The patient's right half; the left half is its mirror image. From the largest to the smallest,
# as regions.py paints them: a later outline covers an earlier one, the forehead is what is left.
_HALVES: Final[dict[str, tuple[Point, ...]]] = {
    "midface": ((0, 118), (52, 122), (92, 116), (110, 120), (110, 200), (0, 186)),
    "mandibular": ((0, 172), (34, 172), (62, 184), (86, 184), (110, 186), (110, 250), (0, 250)),
    "nasolabial": ((90, 132), (70, 150), (56, 176), (66, 200), (88, 196), (84, 180), (96, 156)),
    "periorbital": ((98, 92), (76, 78), (40, 82), (22, 100), (30, 122), (62, 130), (94, 116)),
}
_NOSE_LIPS: Final[tuple[Point, ...]] = (
    *((110, 84), (101, 96), (98, 120), (90, 142), (98, 156), (84, 178), (96, 190), (110, 194)),
)
_LABELS: Final[dict[str, Point]] = {
    "midface": (42, 152),
    "mandibular": (72, 216),
    "nasolabial": (74, 176),
    "periorbital": (62, 104),
}
_MIDDLE_LABELS: Final = {Region.FOREHEAD: (110.0, 46.0), Region.NOSE_LIPS: (110.0, 158.0)}
_PAINTED: Final = (
    *("midface", "mandibular", "nasolabial", "periorbital"),
)  # in this order, then nose and lips


def schematic(
    values: npt.NDArray[np.float64], reach: float, title: str, chosen: Region | None = None
) -> str:
    """Ten values on the schematic face; ``values`` (10,) in the order of ``REGIONS``.

    ``reach`` is the magnitude with the full tint, so that drawings beside each other compare;
    ``chosen`` is outlined. ``title`` is read to who cannot see it, followed by every value.
    """
    says = f"{title}: {spoken(values)}"
    shapes = "".join(
        _shape(region, float(values[REGIONS.index(region)]), reach) for region in _order()
    )
    numbers = "".join(
        _number(region, float(value)) for region, value in zip(REGIONS, values, strict=True)
    )
    x, y, rx, ry = FACE
    outline = f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{html.escape(says)}"><title>{html.escape(says)}</title><defs>'
        f'<clipPath id="face">{outline}/></clipPath>{_HATCH}</defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#fff"/>'
        f'<g clip-path="url(#face)">{shapes}{_frame(chosen)}</g>'
        f'{outline} fill="none" stroke="{INK}" stroke-width="1.5"/>{numbers}</svg>'
    )


def spoken(values: npt.NDArray[np.float64]) -> str:
    """All ten values in words, for who listens."""
    pairs = zip(REGIONS, values, strict=True)
    return ", ".join(f"{region.label} {signed(float(value))}" for region, value in pairs)


_HATCH: Final = (
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="{AWAY}" '
    'stroke-width="1.6" stroke-opacity="0.45"/></pattern>'
)


def _order() -> Sequence[Region]:
    sides = [Region(f"{name}_{side}") for name in _PAINTED for side in ("right", "left")]
    return [Region.FOREHEAD, *sides, Region.NOSE_LIPS]


def outline_of(region: Region) -> tuple[Point, ...]:
    """The region's corners before the face's outline cuts them."""
    if region is Region.FOREHEAD:
        return ((0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT))
    if region is Region.NOSE_LIPS:
        return (*_NOSE_LIPS, *_mirrored(_NOSE_LIPS)[::-1])
    name, _, side = region.value.partition("_")
    return _mirrored(_HALVES[name]) if side == "left" else _HALVES[name]


def _mirrored(points: Sequence[Point]) -> tuple[Point, ...]:
    return tuple((2 * MIDDLE - x, y) for x, y in points)


def _shape(region: Region, value: float, reach: float) -> str:
    strength = min(abs(value) / max(reach, 1e-9), 1.0)
    tint = LEAST_TINT + (MOST_TINT - LEAST_TINT) * strength
    colour = TOWARD if value >= 0 else AWAY
    corners = " ".join(f"{x:g},{y:g}" for x, y in outline_of(region))
    polygon = f'<polygon points="{corners}"'
    # White first: a tint must not mix with the region underneath.
    layers = (
        f'{polygon} fill="#fff"/>'
        f'{polygon} fill="{colour}" fill-opacity="{tint:.3f}" stroke="{INK}" stroke-width="0.8"/>'
    )
    return layers + (f'{polygon} fill="url(#hatch)"/>' if signed(value)[0] == "−" else "")


def _frame(chosen: Region | None) -> str:
    if chosen is None or chosen is Region.FOREHEAD:
        return ""
    corners = " ".join(f"{x:g},{y:g}" for x, y in outline_of(chosen))
    return f'<polygon points="{corners}" fill="none" stroke="{CHOSEN}" stroke-width="3.5"/>'


def _number(region: Region, value: float) -> str:
    x, y = label_place(region)
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="middle" font-family="sans-serif" '
        f'font-size="11" font-weight="600" fill="{INK}" stroke="#fff" stroke-width="2.5" '
        f'paint-order="stroke">{signed(value)}</text>'
    )


def label_place(region: Region) -> Point:
    """Where the region's number stands."""
    if region in _MIDDLE_LABELS:
        return _MIDDLE_LABELS[region]
    name, _, side = region.value.partition("_")
    x, y = _LABELS[name]
    return (2 * MIDDLE - x, y) if side == "left" else (x, y)
