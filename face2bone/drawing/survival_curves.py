"""Kaplan-Meier curves of a cohort's groups, with limits and the numbers at risk under them."""

from collections.abc import Callable, Sequence
from typing import Final

from face2bone.drawing import svg
from face2bone.drawing.svg import Frame
from face2bone.evaluation.survival.quartiles import GroupCurve, Quartiles
from face2bone.words import message, template

COLOURS: Final = ("#2166ac", "#5aae61", "#b35806", "#762a83")
DASHES: Final = ("", "7 3", "2 4", "10 3 2 3")
YEARS, WITHOUT = template("years of follow-up"), template("without the event")
AT_RISK: Final = template("at risk, lowest quarter first")
ROW: Final = 17  # pixels a line of numbers at risk
BANDS: Final = (0, 3)  # the limits of the outer groups only: four bands hide each other


def survival_curves(found: Quartiles, title: str, say: Callable[[str], str] = str) -> str:
    """The curves of the four quarters as one drawing; below it a line of numbers at risk each.

    ``say`` puts words into the language of who sees it.
    """
    end = max(curve.years[-1] for curve in found.curves)
    heights, axes = (_lowest(found.curves), 1.0), (say(YEARS), say(WITHOUT))
    frame = Frame((0.0, end), heights, *axes, x_percent=False)
    pieces = []
    for k, curve in enumerate(found.curves):
        if k in BANDS:
            pieces.append(_band(frame, curve, COLOURS[k]))
        xs, ys = _steps(curve.years, curve.survival)
        pieces.append(svg.line(frame, xs, ys, COLOURS[k], DASHES[k]))
    pieces += _numbers(frame, found, say(AT_RISK))
    spoken = " ".join(say(_spoken(curve)) for curve in found.curves)
    return svg.plot(frame, title, pieces, spoken, (len(found.curves) + 1) * ROW)


def standalone(drawing: str) -> str:
    """The same drawing as a file of its own: black on white whatever page it is shown on."""
    named = '<svg xmlns="http://www.w3.org/2000/svg" color="#111827" '
    return drawing.replace("<svg ", named, 1).replace("height:auto", "height:auto;background:#fff")


def _lowest(curves: Sequence[GroupCurve]) -> float:
    """Where the axis begins: a round tenth below everything that is drawn."""
    lows = [min(*curve.survival, *(v for v in curve.low if v is not None)) for curve in curves]
    return max(0.0, int(min(lows) * 10 - 0.5) / 10)


def _steps(xs: Sequence[float], ys: Sequence[float]) -> tuple[list[float], list[float]]:
    """A curve that falls at its points and is level between them."""
    across = [x for x in xs for _ in range(2)][1:]
    down = [y for y in ys for _ in range(2)][:-1]
    return across, down


def _band(frame: Frame, curve: GroupCurve, colour: str) -> str:
    known = [
        (x, low, high)
        for x, low, high in zip(curve.years, curve.low, curve.high, strict=True)
        if low is not None and high is not None
    ]
    xs, lows, highs = (list(column) for column in zip(*known, strict=True))
    return svg.band(frame, xs, lows, highs, colour)


def _numbers(frame: Frame, found: Quartiles, heading: str) -> list[str]:
    """The names in their curves' colours and dashes, and how many are at risk under each tick."""
    pieces = []
    for k, curve in enumerate(found.curves):
        y = svg.HEIGHT + (k + 1) * ROW
        pieces.append(svg.key(4, y - 4, COLOURS[k], DASHES[k]))
        for tick, count in zip(found.ticks, curve.at_risk, strict=True):
            pieces.append(svg.text(frame.x(tick), y, str(count), "middle"))
    pieces.append(svg.text(4, svg.HEIGHT + 1, heading))
    return pieces


def _spoken(curve: GroupCurve) -> str:
    """A curve in words, for who cannot see it."""
    return message(
        "{name}: {patients} patients, {share} without the event after {years} years.",
        name=curve.name,
        patients=curve.patients,
        share=f"{curve.survival[-1]:.0%}",
        years=f"{curve.years[-1]:.1f}",
    )
