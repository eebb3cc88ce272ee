"""Small plots as inline SVG: no library, no script, nothing to fetch.

A ``Frame`` maps data to a drawing of fixed size; the functions give pieces of SVG that
``plot`` puts between axes, and ``drawing`` holds any other pieces. Every one carries a title,
and where it says more than that a description, for people who cannot see it. Texts and grid
take the colour of the page's own text, so that they can be read on a dark page too.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 460
DIAMOND: Final = "diamond"
HEIGHT: Final = 340
LEFT, RIGHT, TOP, BOTTOM = 58, 26, 14, 48  # room around the axes, in pixels
GREY: Final = "#6b7280"
MOST_STEPS: Final = 7
NEAR_EDGE: Final = 0.9  # of the width: labels to the right of it stand left of their point


@dataclass(frozen=True)
class Frame:
    """The data ranges of a plot and what its axes are called; either in percent or as it is."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_label: str
    y_label: str
    y_percent: bool = True
    x_percent: bool = True

    def x(self, value: float) -> float:
        """Horizontal position of a value, in pixels."""
        low, high = self.x_range
        return round(LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT), 2)

    def y(self, value: float) -> float:
        """Vertical position of a value, in pixels; SVG counts from the top."""
        low, high = self.y_range
        return round(HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM), 2)


def plot(
    frame: Frame, title: str, pieces: Sequence[str], says: str = "", room_below: int = 0
) -> str:
    """The whole drawing: axes with their names, then the pieces, cut at the axes.

    ``room_below``: pixels under the axes for pieces that stand there.
    """
    return drawing(WIDTH, HEIGHT + room_below, title, [_axes(frame), *pieces], says)


def drawing(width: int, height: int, title: str, pieces: Sequence[str], says: str = "") -> str:
    """Pieces as one picture; ``says`` what it shows, where the title alone does not."""
    spoken = html.escape(f"{title}. {says}" if says else title)
    described = f"<desc>{html.escape(says)}</desc>" if says else ""
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'style="max-width:100%;height:auto" '
        f'aria-label="{spoken}"><title>{html.escape(title)}</title>{described}'
        f"{''.join(pieces)}</svg>"
    )


def themed(colour: str, what: str = "fill") -> str:
    """A fill or stroke drawn towards the page's own text: lighter on a dark page."""
    return f'{what}="{colour}" style="{what}:color-mix(in srgb, {colour} 75%, currentColor)"'


def bar(x: float, y: float, width: float, height: float, colour: str) -> str:
    """A filled rectangle."""
    return f'<rect x="{x:.2f}" y="{y}" width="{width:.2f}" height="{height}" {themed(colour)}/>'


def rule(x: float, y: float, x2: float, y2: float, faint: bool = False) -> str:
    """A thin straight line in the colour of the text."""
    opacity = 0.2 if faint else 0.8
    return (
        f'<line x1="{x:.2f}" y1="{y}" x2="{x2:.2f}" y2="{y2}" stroke="currentColor" '
        f'stroke-opacity="{opacity}"/>'
    )


def line(
    frame: Frame, xs: Sequence[float], ys: Sequence[float], colour: str, dash: str = ""
) -> str:
    """A line through the points, held inside the axes."""
    low, high = frame.y_range
    held = (min(max(y, low), high) for y in ys)
    points = " ".join(f"{frame.x(x)},{frame.y(y)}" for x, y in zip(xs, held, strict=True))
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    drawn = f'{themed(colour, "stroke")} stroke-width="2"{dashes}'
    return f'<polyline points="{points}" fill="none" {drawn}/>'


def band(
    frame: Frame, xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], colour: str
) -> str:
    """The area between two lines, pale."""
    low, high = frame.y_range
    there = [(x, min(max(y, low), high)) for x, y in zip(xs, lows, strict=True)]
    back = [(x, min(max(y, low), high)) for x, y in zip(xs, highs, strict=True)][::-1]
    points = " ".join(f"{frame.x(x)},{frame.y(y)}" for x, y in there + back)
    return f'<polygon points="{points}" fill="{colour}" fill-opacity="0.15"/>'


def marker(frame: Frame, x: float, y: float, colour: str, says: str) -> str:
    """A point that says what it is when pointed at."""
    return (
        f'<circle cx="{frame.x(x)}" cy="{frame.y(y)}" r="4" {themed(colour)}>'
        f"<title>{html.escape(says)}</title></circle>"
    )


def whisker(frame: Frame, x: float, low: float, high: float, colour: str) -> str:
    """A vertical line from one value to another."""
    return (
        f'<line x1="{frame.x(x)}" x2="{frame.x(x)}" y1="{frame.y(low)}" y2="{frame.y(high)}" '
        f'stroke="{colour}" stroke-width="1.5"/>'
    )


def label(frame: Frame, x: float, y: float, text: str) -> str:
    """Small text beside a point, with a white rim so that lines do not cross it out."""
    low, high = frame.x_range
    at_edge = (x - low) / (high - low) > NEAR_EDGE
    place = f'x="{frame.x(x) + (-7 if at_edge else 7)}" y="{frame.y(y) + 14}"'
    anchor = "end" if at_edge else "start"
    return (
        f'<text {place} text-anchor="{anchor}" font-size="11" fill="#374151" stroke="#fff" '
        f'stroke-width="3" paint-order="stroke">{html.escape(text)}</text>'
    )


def diamond(x: float, y: float, reach: float, colour: str) -> str:
    """The mark of the one patient the plot is looked at for, ``reach`` pixels each way."""
    corners = f"{x},{y - reach} {x + reach},{y} {x},{y + reach} {x - reach},{y}"
    return f'<polygon points="{corners}" fill="none" {themed(colour, "stroke")} stroke-width="3"/>'


def legend(entries: Sequence[tuple[str, str, str]]) -> str:
    """Names beside their marks, as a list under the plot: (text, colour, dash or ``DIAMOND``)."""
    items = "".join(
        f'<li><svg width="34" height="14" aria-hidden="true">{_mark(colour, dash)}</svg> '
        f"{html.escape(text)}</li>"
        for text, colour, dash in entries
    )
    return f'<ul class="legend">{items}</ul>'


def _mark(colour: str, dash: str) -> str:
    if dash == DIAMOND:
        return diamond(17, 7, 5, colour)
    return (
        f'<line x1="0" x2="34" y1="7" y2="7" {themed(colour, "stroke")} '
        f'stroke-width="3" stroke-dasharray="{dash}"/>'
    )


def key(x: float, y: float, colour: str, dash: str = "") -> str:
    """A short piece of a line, to stand before what it means; as long as a legend's."""
    return (
        f'<line x1="{x}" x2="{x + 34}" y1="{y}" y2="{y}" {themed(colour, "stroke")} '
        f'stroke-width="3" stroke-dasharray="{dash}"/>'
    )


def _axes(frame: Frame) -> str:
    left, right, top, bottom = LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM
    pieces = [f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" '
              f'fill="none" stroke="{GREY}"/>']  # fmt: skip
    for tick in _ticks(frame.x_range):
        said = f"{tick:.0%}" if frame.x_percent else f"{tick:g}"
        pieces.append(text(frame.x(tick), bottom + 17, said, "middle"))
    for tick in _ticks(frame.y_range):
        y = frame.y(tick)
        pieces.append(f'<line x1="{left}" x2="{right}" y1="{y}" y2="{y}" '
                      'stroke="currentColor" stroke-opacity="0.15"/>')  # fmt: skip
        pieces.append(text(left - 6, y + 4, _value(frame, tick), "end"))
    middle = (top + bottom) / 2
    pieces.append(text((left + right) / 2, HEIGHT - 8, frame.x_label, "middle"))
    pieces.append(
        f'<text x="14" y="{middle}" transform="rotate(-90 14 {middle})" text-anchor="middle" '
        f'font-size="12" fill="currentColor">{html.escape(frame.y_label)}</text>'
    )
    return "".join(pieces)


def _ticks(limits: tuple[float, float]) -> list[float]:
    """Round values within the limits, the finest steps of 1, 2 or 5 that give few enough."""
    low, high = limits
    size = 10.0 ** math.floor(math.log10(high - low))
    steps = (size * factor for factor in (0.1, 0.2, 0.5, 1.0, 2.0))
    step = next(s for s in steps if (high - low) / s < MOST_STEPS)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [i * step for i in range(first, last + 1)]


def _value(frame: Frame, value: float) -> str:
    said = f"{value:.0%}" if frame.y_percent else f"{value:.2f}"
    return said.replace("-", "−")


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    """Words in the colour of the page's text, set from ``x`` on, to it or about it."""
    return (
        f'<text x="{x:.2f}" y="{y}" text-anchor="{anchor}" font-size="12" fill="currentColor">'
        f"{html.escape(words)}</text>"
    )
