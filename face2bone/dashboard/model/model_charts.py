"""The Model page's plots, as plotly figures made from an evaluation and from nothing else."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from face2bone.dashboard.common.charts import CLASS_COLOURS, HERE
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.plots import BLUE
from face2bone.drawing.svg import GREY
from face2bone.evaluation import Evaluation
from face2bone.evaluation.curves import TOP_LABEL, ReliabilityCurve
from face2bone.evaluation.decision import DecisionCurve
from face2bone.evaluation.ranking import RocCurve
from face2bone.report.model.evaluation_rows import group_name
from face2bone.report.model.evaluation_text import CUT_WORDS, FIGURE_TEXTS

COLOURS: Final = {
    TOP_LABEL: BLUE,
    "low_bone_mass": CLASS_COLOURS[1],
    "osteoporosis": CLASS_COLOURS[2],
}
DASHES: Final = {"low_bone_mass": "dash", "osteoporosis": "solid"}
OST_COLOUR: Final = HERE


def confusion(evaluation: Evaluation, labels: tuple[str, ...], method: str) -> go.Figure:
    """Counts with their numbers printed: rows what ``method`` found, columns what was named."""
    counts = evaluation.everyone.confusion
    shares = [[n / max(1, sum(row)) for n in row] for row in counts]
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=[say("named<br>{name}", name=name) for name in labels],
            y=[f"{say(method)}<br>{say(name)}" for name in labels],
            text=[
                [f"{n}<br>{s:.0%}" for n, s in zip(*pair, strict=True)]
                for pair in zip(counts, shares, strict=True)
            ],
            texttemplate="%{text}",
            colorscale=[[0, "#f8fafc"], [1, "#93b4e8"]],
            textfont={"color": "#111827", "size": 14},
            showscale=False,
            zmin=0,
            zmax=1,
            hoverinfo="skip",
        )
    )
    figure.update_yaxes(autorange="reversed")
    return _sized(figure, 300)


def roc(curves: tuple[RocCurve, ...]) -> go.Figure:
    """Both cuts with the diagonal of chance."""
    figure = _diagonal(say("chance"))
    for curve in curves:
        figure.add_scatter(
            x=curve.false_positive_share,
            y=curve.sensitivity,
            mode="lines",
            name=say(CUT_WORDS[curve.cut]),
            line={"color": COLOURS[curve.cut], "dash": DASHES[curve.cut], "width": 3},
            hovertemplate=_hover(
                say("flags {x} without it, finds {y} with it", x="%{x:.0%}", y="%{y:.0%}")
            ),
        )
    figure.update_xaxes(range=(0, 1), tickformat=".0%", title=say("flagged without the condition"))
    figure.update_yaxes(range=(0, 1.02), tickformat=".0%", title=say("found of those with it"))
    return _sized(figure, 400)


def reliability(curve: ReliabilityCurve) -> go.Figure:
    """Stated against observed shares, 95% limits, and the count beside each point."""
    points, colour = curve.points, COLOURS[curve.of]
    figure = _diagonal(say("perfect"))
    figure.add_scatter(
        x=[p.stated for p in points],
        y=[p.happened for p in points],
        error_y={
            "type": "data",
            "array": [p.high - p.happened for p in points],
            "arrayminus": [p.happened - p.low for p in points],
        },
        mode="lines+markers+text",
        text=[f"n={p.count}" for p in points],
        textposition="bottom right",
        name=say(CUT_WORDS[curve.of]),
        line={"color": colour},
        marker={"size": 9},
        hovertemplate=_hover(
            say("said {x}, was so {y}, {n}", x="%{x:.0%}", y="%{y:.0%}", n="%{text}")
        ),
        cliponaxis=False,
    )
    figure.update_xaxes(range=(0, 1.06), tickformat=".0%", title=say("stated probability"))
    figure.update_yaxes(range=(-0.05, 1.04), tickformat=".0%", title=say("how often it was so"))
    return _sized(figure, 420)


def decision(curve: DecisionCurve) -> go.Figure:
    """Net benefit of the model with its band, of OST, of referring all and none."""
    ts, colour = curve.thresholds, COLOURS[curve.cut]
    model = [e.value or 0.0 for e in curve.model]
    lows = [e.value if e.low is None else e.low for e in curve.model]
    highs = [e.value if e.high is None else e.high for e in curve.model]
    figure = go.Figure()
    for limits, fill in ((lows, None), (highs, "tonexty")):
        figure.add_scatter(
            x=ts, y=limits, mode="lines", line={"width": 0}, fill=fill,
            fillcolor="rgba(118,42,131,.15)", showlegend=False, hoverinfo="skip",
        )  # fmt: skip
    lines: list[tuple[str, Sequence[float], str, str]] = [
        (say("the model"), model, colour, "solid"),
        (say("refer all"), curve.refer_all, GREY, "dash"),
    ]
    lines.append((say("refer none"), [0.0] * len(ts), GREY, "dot"))
    if curve.ost is not None:
        lines.append((say("OST (age and weight)"), curve.ost, OST_COLOUR, "dashdot"))
    for name, ys, line_colour, dash in lines:
        figure.add_scatter(
            x=ts, y=ys, mode="lines", name=name, line={"color": line_colour, "dash": dash},
            hovertemplate=f"{name}: %{{y:.3f}}<extra></extra>",
        )  # fmt: skip
    top = max(0.1, *model, curve.refer_all[0]) * 1.1
    figure.update_xaxes(range=(0, ts[-1]), tickformat=".0%", title=say("risk at which you refer"))
    figure.update_yaxes(range=(-0.15 * top, top), title=say("net benefit"))
    figure.update_layout(hovermode="x unified")
    return _sized(figure, 400)


def groups(evaluation: Evaluation, figure_name: str) -> go.Figure:
    """One figure of every group with its interval; hollow where a group is too small."""
    rows = [
        (group, group.figures[figure_name])
        for group in (evaluation.everyone, *evaluation.groups)
        if group.figures[figure_name].value is not None
    ]
    figure = go.Figure(
        go.Scatter(
            x=[e.value for _, e in rows],
            y=[say("{group} (n={photos})", group=group_name(g), photos=g.photos) for g, _ in rows],
            error_x={
                "type": "data",
                "array": [0 if e.high is None else e.high - (e.value or 0) for _, e in rows],
                "arrayminus": [0 if e.low is None else (e.value or 0) - e.low for _, e in rows],
            },
            mode="markers",
            marker={
                "size": 11,
                "color": BLUE,
                "symbol": ["diamond-open" if g.caution else "circle" for g, _ in rows],
            },
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    )
    if rows:
        figure.add_vline(x=rows[0][1].value, line_dash="dot", line_color=GREY)
    figure.update_xaxes(title=say(FIGURE_TEXTS[figure_name].label))
    figure.update_yaxes(autorange="reversed")
    return _sized(figure, 90 + 34 * len(rows))


def _hover(words: str) -> str:
    """Without the box in which plotly repeats a line's name."""
    return f"{words}<extra></extra>"


def _diagonal(name: str) -> go.Figure:
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name=name, line={"dash": "dot", "color": GREY},
        hoverinfo="skip",
    )  # fmt: skip
    return figure


def _sized(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 30, "t": 10, "b": 10},
        dragmode=False,
    )
    return figure
