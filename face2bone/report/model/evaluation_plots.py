"""The plots of an evaluation's report, as inline SVG."""

from typing import Final

from face2bone.drawing import svg
from face2bone.drawing.svg import GREY, Frame
from face2bone.evaluation.curves import TOP_LABEL, ReliabilityCurve
from face2bone.evaluation.decision import DecisionCurve
from face2bone.evaluation.ranking import RocCurve
from face2bone.report.model.evaluation_text import CUT_WORDS

COLOURS: Final = {TOP_LABEL: "#1d4ed8", "low_bone_mass": "#b35806", "osteoporosis": "#762a83"}
BLACK: Final = "#111827"
OST_COLOUR: Final = "#b2182b"
UNIT: Final = (0.0, 1.0)
DASHES: Final = {"low_bone_mass": "7 3", "osteoporosis": ""}


def roc_plot(curves: tuple[RocCurve, ...]) -> str:
    """Both cuts in one plot, with the diagonal of chance."""
    frame = Frame(UNIT, UNIT, "flagged without the condition", "found of those with it")
    lines = [svg.line(frame, UNIT, UNIT, GREY, "2 4")]
    entries = [("chance", GREY, "2 4")]
    for curve in curves:
        colour, dash = COLOURS[curve.cut], DASHES[curve.cut]
        xs, ys = curve.false_positive_share, curve.sensitivity
        lines.append(svg.line(frame, xs, ys, colour, dash))
        entries.append((CUT_WORDS[curve.cut], colour, dash))
    return svg.plot(frame, "ROC curves of the two cuts", lines) + svg.legend(entries)


def reliability_plot(curve: ReliabilityCurve) -> str:
    """Stated against observed shares with 95% limits and the count of every bin."""
    words, colour = CUT_WORDS[curve.of], COLOURS[curve.of]
    frame = Frame(UNIT, UNIT, "stated probability", "how often it was so")
    pieces = [svg.line(frame, UNIT, UNIT, GREY, "2 4")]
    xs, ys = [p.stated for p in curve.points], [p.happened for p in curve.points]
    pieces.append(svg.line(frame, xs, ys, colour))
    for p in curve.points:
        says = f"said {p.stated:.0%}, was so {p.happened:.0%}, n = {p.count}"
        pieces.append(svg.whisker(frame, p.stated, p.low, p.high, colour))
        pieces.append(svg.marker(frame, p.stated, p.happened, colour, says))
        pieces.append(svg.label(frame, p.stated, p.happened, str(p.count)))
    entries = [(f"{words}; the small numbers are photos", colour, ""), ("perfect", GREY, "2 4")]
    return svg.plot(frame, f"Reliability of {words}", pieces) + svg.legend(entries)


def decision_plot(curve: DecisionCurve) -> str:
    """Net benefit of the model with its 95% band, of OST, of referring all and none."""
    ts, colour = curve.thresholds, COLOURS[curve.cut]
    model = [e.value or 0.0 for e in curve.model]
    top = max(0.1, *model, curve.refer_all[0]) * 1.1
    frame = Frame(
        (0.0, ts[-1]), (-0.15 * top, top), "risk at which you refer", "net benefit", y_percent=False
    )
    lows = [e.value or 0.0 if e.low is None else e.low for e in curve.model]
    highs = [e.value or 0.0 if e.high is None else e.high for e in curve.model]
    pieces = [
        svg.band(frame, ts, lows, highs, colour),
        svg.line(frame, ts, model, colour),
        svg.line(frame, ts, curve.refer_all, GREY, "7 3"),
        svg.line(frame, ts, [0.0] * len(ts), BLACK, "2 4"),
    ]
    entries = [("the model", colour, ""), ("refer all", GREY, "7 3"), ("refer none", BLACK, "2 4")]
    if curve.ost is not None:
        pieces.append(svg.line(frame, ts, curve.ost, OST_COLOUR, "10 3 2 3"))
        entries.append(("OST (age and weight)", OST_COLOUR, "10 3 2 3"))
    title = f"Net benefit of finding {CUT_WORDS[curve.cut]}"
    return svg.plot(frame, title, pieces) + svg.legend(entries)
