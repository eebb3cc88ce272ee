"""The small plots of one patient as SVG in the visitor's language, made from results alone.

Each says in words what it shows, for people who cannot see it and for who copies the page.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.calibration import ReliabilityTable
from face2bone.dashboard.common.language import say
from face2bone.drawing import svg
from face2bone.drawing.pictures import AWAY, TOWARD
from face2bone.modalities.parts import Part

CLASS_COLOURS: Final = ("#1b7837", "#b35806", "#762a83")  # told apart without red and green
PLAIN: Final = {"displayModeBar": False, "responsive": True}
HERE: Final = "#b2182b"
SHADE: Final = "#8b8b8b55"
WIDTH: Final = 400
NAMES: Final = 122  # least room for the names, in pixels
MOST_NAMES: Final = 190
LETTER: Final = 6.2  # of a name
NUMBERS: Final = 48  # room for a number beside a bar
ROW: Final = 27
THICK: Final = 17
PEOPLE_A_ROW: Final = 20


def probability_bars(names: Sequence[str], probabilities: npt.NDArray[np.float64]) -> str:
    """Calibrated probabilities of named classes as bars with their numbers."""
    names = [say(name) for name in names]
    bottom, reach = ROW * len(names) + 6, WIDTH - NAMES - NUMBERS
    pieces = [svg.rule(NAMES + share * reach, 0, NAMES + share * reach, bottom, faint=share > 0)
              for share in (0.0, 0.5, 1.0)]  # fmt: skip
    said = [f"{share:.0%}" for share in probabilities]
    for i, share in enumerate(probabilities):
        y = 6 + ROW * i
        pieces.append(svg.text(NAMES - 8, y + 13, names[i], "end"))
        pieces.append(svg.bar(NAMES, y, reach * float(share), THICK, CLASS_COLOURS[i]))
        pieces.append(svg.text(NAMES + reach * float(share) + 6, y + 13, said[i]))
    pieces += [
        svg.text(NAMES + share * reach, bottom + 16, f"{share:.0%}", "middle")
        for share in (0.0, 0.5, 1.0)
    ]
    spoken = ", ".join(f"{name} {p}" for name, p in zip(names, said, strict=True))
    return svg.drawing(WIDTH, bottom + 24, say("Calibrated probabilities"), pieces, f"{spoken}.")


def years_plot(shares: npt.NDArray[np.float64], first_year: int, low: float, high: float) -> str:
    """Shares of the years (K,) as thin bars over the years, the range from low to high shaded."""
    height, step = 120, (WIDTH - 20) / len(shares)
    tallest = max(float(shares.max()), 1e-9)

    def at(year: float) -> float:
        return 10 + (year - first_year + 0.5) * step

    pieces = [svg.bar(at(low), 0, at(high) - at(low), height, SHADE)]
    for i, share in enumerate(shares):
        tall = height * float(share) / tallest
        pieces.append(svg.bar(10 + i * step, height - tall, max(step - 1, 0.5), tall, HERE))
    pieces.append(svg.rule(10, height, WIDTH - 10, height))
    last = first_year + len(shares) - 1
    for year in range(-(-first_year // 20) * 20, last + 1, 20):
        pieces.append(svg.text(at(year), height + 16, str(year), "middle"))
    most = first_year + int(shares.argmax())
    spoken = say(
        "Most to {most} years; the range is {low} to {high}.",
        most=most,
        low=f"{low:.0f}",
        high=f"{high:.0f}",
    )
    return svg.drawing(WIDTH, height + 24, say("Shares of the years"), pieces, spoken)


def class_axis(name: str) -> str:
    """What left and right of a part's bar mean for a class."""
    return say("less likely ← {name} → more likely", name=name)


def icon_array(count: int, label: str) -> str:
    """One hundred people, ``count`` of them marked by shape and colour."""
    pieces = [
        _person(round(12 + 19.7 * (i % PEOPLE_A_ROW), 1), 12 + 24 * (i // PEOPLE_A_ROW), i < count)
        for i in range(100)
    ]
    marked, others = (
        say("{count} with {label}", count=count, label=label),
        say("{count} without", count=100 - count),
    )
    pieces += [_person(12, 140, True), svg.text(26, 144, marked)]
    pieces += [_person(202, 140, False), svg.text(216, 144, others)]
    return svg.drawing(WIDTH, 154, say("Of 100 people"), pieces, f"{marked}, {others}.")


def _person(x: float, y: int, marked: bool) -> str:
    if marked:
        corners = f"{x},{y - 8} {x + 8},{y} {x},{y + 8} {x - 8},{y}"
        return f'<polygon points="{corners}" {svg.themed(CLASS_COLOURS[2])}/>'
    return (
        f'<circle cx="{x}" cy="{y}" r="6" fill="none" stroke="currentColor" stroke-opacity="0.6"/>'
    )


def region_bars(
    values: npt.NDArray[np.float64],
    parts: Sequence[Part],
    axis: str,
    half_widths: npt.NDArray[np.float64] | None = None,
) -> str:
    """Named regions; ``values`` (n,) in the order of ``parts``, else as ``bars``."""
    return bars(values, [part.label for part in parts], axis, half_widths)


def bars(
    values: npt.NDArray[np.float64],
    names: Sequence[str],
    axis: str,
    half_widths: npt.NDArray[np.float64] | None = None,
) -> str:
    """A bar a name, the strongest on top; the sign is printed, not only coloured.

    ``values`` and ``names`` in the same order; ``axis`` says what left and right mean.
    ``half_widths`` of their intervals make them estimates, and are drawn as a line on each bar.
    """
    names, order = [say(name) for name in names], np.argsort(-np.abs(values))
    widths = np.zeros(len(values)) if half_widths is None else half_widths
    room = min(max(NAMES, LETTER * max(map(len, names)) + 8), MOST_NAMES)
    zero = room + (WIDTH - room) / 2
    most = max(float((np.abs(values) + widths).max()), 1e-6)
    scale = ((WIDTH - room) / 2 - NUMBERS) / most
    bottom = ROW * len(values) + 4
    pieces = [svg.rule(zero, 0, zero, bottom)]
    for row, i in enumerate(order):
        value, width = float(values[i]), float(widths[i])
        pieces.append(svg.text(room - 8, 17 + ROW * row, names[i], "end"))
        pieces.append(_bar(value * scale, zero, row))
        if half_widths is not None:
            pieces += _interval(zero + scale * value, scale * width, row)
        end = zero + scale * (value + (width if value >= 0 else -width))
        gap, anchor = (5, "start") if value >= 0 else (-5, "end")
        pieces.append(svg.text(end + gap, 17 + ROW * row, signed(value), anchor))
    pieces.append(svg.text(zero, bottom + 16, axis, "middle"))
    said = [signed(value) for value in values]
    if half_widths is not None:
        said = [f"{text} ± {width:.2f}" for text, width in zip(said, half_widths, strict=True)]
    spoken = "; ".join(f"{names[i]} {said[i]}" for i in order)
    return svg.drawing(WIDTH, bottom + 24, axis[:1].upper() + axis[1:], pieces, f"{spoken}.")


def _interval(middle: float, half_width: float, row: int) -> list[str]:
    """A line with an end on either side, across the middle of a row's bar."""
    y, left, right = 4 + ROW * row + THICK / 2, middle - half_width, middle + half_width
    ends = [svg.rule(x, y - 4, x, y + 4) for x in (left, right)]
    return [svg.rule(left, y, right, y), *ends]


def _bar(length: float, zero: float, row: int) -> str:
    left, colour = min(zero, zero + length), TOWARD if length >= 0 else AWAY
    return svg.bar(left, 4 + ROW * row, abs(length), THICK, colour)


def signed(value: float) -> str:
    """Two decimals with a sign, set with a true minus.

    >>> signed(-0.5)
    '−0.50'
    """
    return f"{value:+.2f}".replace("-", "−")


def reliability_curve(table: ReliabilityTable, confidence: float) -> str:
    """The model's reliability curve with this patient's bin marked and counted."""
    frame = svg.Frame((0.3, 1.02), (0.0, 1.02), say("probability of the named class"),
                      say("how often it was right"))  # fmt: skip
    filled, here = table.counts > 0, _bin_of(table, confidence)
    xs, ys = table.confidence[filled].tolist(), table.accuracy[filled].tolist()
    pieces = [svg.line(frame, (0.3, 1.0), (0.3, 1.0), svg.GREY, "2 4")]
    pieces.append(svg.line(frame, xs, ys, CLASS_COLOURS[2]))
    said = [
        say("said {said}, right {right}, n = {n}", said=f"{x:.0%}", right=f"{y:.0%}", n=int(n))
        for x, y, n in zip(xs, ys, table.counts[filled], strict=True)
    ]
    pieces += [
        svg.marker(frame, x, y, CLASS_COLOURS[2], says)
        for x, y, says in zip(xs, ys, said, strict=True)
    ]
    spoken = f"{'; '.join(said)}."
    entries = [(say("perfect"), svg.GREY, "2 4"), (say("this model"), CLASS_COLOURS[2], "")]
    if table.counts[here]:
        x, y = frame.x(table.confidence[here]), frame.y(table.accuracy[here])
        pieces.append(svg.diamond(x, y, 11, HERE))
        n = int(table.counts[here])
        name = say("patients with a similar probability (n = {n})", n=n)
        spoken += " " + say("The diamond marks {name}.", name=name)
        entries.append((name, HERE, svg.DIAMOND))
    drawn = svg.plot(frame, say("How often this model was right"), pieces, spoken)
    return drawn + svg.legend(entries)


def bin_count(table: ReliabilityTable, confidence: float) -> int:
    """How many measured patients fell into the bin of this confidence."""
    return int(table.counts[_bin_of(table, confidence)])


def _bin_of(table: ReliabilityTable, confidence: float) -> int:
    inner = table.edges[1:-1]
    return int(np.searchsorted(inner, confidence, side="left"))
