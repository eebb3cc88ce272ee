"""Region figures on a schematic picture, as SVG: nobody's, and readable without colour.

The outlines are the kind of picture's own (``modalities.parts``). Each region carries its
number; a tint tells its size, and hatching that it is negative. The drawing brings its own ground,
so it reads alike on a light and on a dark page.
"""

import html
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.drawing.pictures import AWAY, TOWARD
from face2bone.explain.photo_row import signed
from face2bone.modalities.parts import DrawnPart, Part, Schematic

LEAST_TINT, MOST_TINT = 0.06, 0.55  # share of the colour over white; black text stays at 7:1
INK, CHOSEN = "#17242b", "#f2b134"


def schematic(
    outlines: Schematic,
    parts: tuple[Part, ...],
    values: npt.NDArray[np.float64],
    reach: float,
    title: str,
    chosen: Part | None = None,
) -> str:
    """Values of regions on the schematic picture; ``values`` (n,) in the order of ``parts``.

    ``reach`` is the magnitude with the full tint, so that drawings beside each other compare;
    ``chosen`` is outlined. ``title`` is read to who cannot see it, followed by every value.
    """
    says = f"{title}: {spoken(parts, values)}"
    of_part = {part.id: float(value) for part, value in zip(parts, values, strict=True)}
    shapes = "".join(_shape(drawn, of_part[drawn.part_id], reach) for drawn in outlines.parts)
    numbers = "".join(_number(outlines.drawn(name), value) for name, value in of_part.items())
    frame = "" if chosen is None else _frame(outlines.drawn(chosen.id))
    x, y, rx, ry = outlines.ellipse
    outline = f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}"'
    width, height = outlines.width, outlines.height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{html.escape(says)}"><title>{html.escape(says)}</title><defs>'
        f'<clipPath id="face">{outline}/></clipPath>{_HATCH}</defs>'
        f'<rect width="{width}" height="{height}" rx="8" fill="#fff"/>'
        f'<g clip-path="url(#face)">{shapes}{frame}</g>'
        f'{outline} fill="none" stroke="{INK}" stroke-width="1.5"/>{numbers}</svg>'
    )


def spoken(parts: tuple[Part, ...], values: npt.NDArray[np.float64]) -> str:
    """All values in words, for who listens."""
    pairs = zip(parts, values, strict=True)
    return ", ".join(f"{part.label} {signed(float(value))}" for part, value in pairs)


_HATCH: Final = (
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="{AWAY}" '
    'stroke-width="1.6" stroke-opacity="0.45"/></pattern>'
)


def _shape(drawn: DrawnPart, value: float, reach: float) -> str:
    strength = min(abs(value) / max(reach, 1e-9), 1.0)
    tint = LEAST_TINT + (MOST_TINT - LEAST_TINT) * strength
    colour = TOWARD if value >= 0 else AWAY
    polygon = _polygon(drawn)
    # White first: a tint must not mix with the region underneath.
    layers = (
        f'{polygon} fill="#fff"/>'
        f'{polygon} fill="{colour}" fill-opacity="{tint:.3f}" stroke="{INK}" stroke-width="0.8"/>'
    )
    return layers + (f'{polygon} fill="url(#hatch)"/>' if signed(value)[0] == "−" else "")


def _frame(drawn: DrawnPart) -> str:
    if drawn.whole:
        return ""
    return f'{_polygon(drawn)} fill="none" stroke="{CHOSEN}" stroke-width="3.5"/>'


def _polygon(drawn: DrawnPart) -> str:
    corners = " ".join(f"{x:g},{y:g}" for x, y in drawn.corners)
    return f'<polygon points="{corners}"'


def _number(drawn: DrawnPart, value: float) -> str:
    x, y = drawn.number
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="middle" font-family="sans-serif" '
        f'font-size="11" font-weight="600" fill="{INK}" stroke="#fff" stroke-width="2.5" '
        f'paint-order="stroke">{signed(value)}</text>'
    )
