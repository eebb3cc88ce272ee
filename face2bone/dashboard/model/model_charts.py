"""The Model page's plots, as plotly figures made from an evaluation and from nothing else."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from face2bone.evaluation import Evaluation
from face2bone.evaluation.curves import TOP_LABEL, ReliabilityCurve
from face2bone.evaluation.decision import DecisionCurve
from face2bone.evaluation.ranking import RocCurve
from face2bone.report.model.evaluation_rows import group_name
from face2bone.report.model.evaluation_text import CUT_WORDS, FIGURE_TEXTS

COLOURS: Final = {TOP_LABEL: "#1d4ed8", "low_bone_mass": "#b35806", "osteoporosis": "#762a83"}
DASHES: Final = {"low_bone_mass": "dash", "osteoporosis": "solid"}
GREY: Final = "#6b7280"
OST_COLOUR: Final = "#b2182b"


def confusion(evaluation: Evaluation, labels: tuple[str, ...], method: str) -> go.Figure:
    """Counts with their numbers printed: rows what ``method`` found, columns what was named."""
    counts = evaluation.everyone.confusion
    shares = [[n / max(1, sum(row)) for n in row] for row in counts]
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=[f"named {name}" for name in labels],
            y=[f"{method}: {name}" for name in labels],
            text=[
                [f"{n} ({s:.0%})" for n, s in zip(*pair, strict=True)]
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
    return _sized(figure, 260)


def roc(curves: tuple[RocCurve, ...]) -> go.Figure:
    """Both cuts with the diagonal of chance."""
    figure = _diagonal("chance")
    for curve in curves:
        figure.add_scatter(
            x=curve.false_positive_share,
            y=curve.sensitivity,
            mode="lines",
            name=CUT_WORDS[curve.cut],
            line={"color": COLOURS[curve.cut], "dash": DASHES[curve.cut], "width": 3},
            hovertemplate="flags %{x:.0%} without it, finds %{y:.0%} with it<extra></extra>",
        )
    figure.update_xaxes(range=(0, 1), tickformat=".0%", title="flagged without the condition")
    figure.update_yaxes(range=(0, 1.02), tickformat=".0%", title="found of those with it")
    return _sized(figure, 400)


def reliability(curve: ReliabilityCurve) -> go.Figure:
    """Stated against observed shares, 95% limits, and the count beside each point."""
    points, colour = curve.points, COLOURS[curve.of]
    figure = _diagonal("perfect")
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
        name=CUT_WORDS[curve.of],
        line={"color": colour},
        marker={"size": 9},
        hovertemplate="said %{x:.0%}, was so %{y:.0%}, %{text}<extra></extra>",
        cliponaxis=False,
    )
    figure.update_xaxes(range=(0, 1.06), tickformat=".0%", title="stated probability")
    figure.update_yaxes(range=(-0.05, 1.04), tickformat=".0%", title="how often it was so")
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
        ("the model", model, colour, "solid"),
        ("refer all", curve.refer_all, GREY, "dash"),
    ]
    lines.append(("refer none", [0.0] * len(ts), GREY, "dot"))
    if curve.ost is not None:
        lines.append(("OST (age and weight)", curve.ost, OST_COLOUR, "dashdot"))
    for name, ys, line_colour, dash in lines:
        figure.add_scatter(
            x=ts, y=ys, mode="lines", name=name, line={"color": line_colour, "dash": dash},
            hovertemplate=f"{name}: %{{y:.3f}}<extra></extra>",
        )  # fmt: skip
    top = max(0.1, *model, curve.refer_all[0]) * 1.1
    figure.update_xaxes(range=(0, ts[-1]), tickformat=".0%", title="risk at which you refer")
    figure.update_yaxes(range=(-0.15 * top, top), title="net benefit")
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
            y=[f"{group_name(g)} (n={g.photos})" for g, _ in rows],
            error_x={
                "type": "data",
                "array": [0 if e.high is None else e.high - (e.value or 0) for _, e in rows],
                "arrayminus": [0 if e.low is None else (e.value or 0) - e.low for _, e in rows],
            },
            mode="markers",
            marker={
                "size": 11,
                "color": "#1d4ed8",
                "symbol": ["diamond-open" if g.caution else "circle" for g, _ in rows],
            },
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    )
    if rows:
        figure.add_vline(x=rows[0][1].value, line_dash="dot", line_color=GREY)
    figure.update_xaxes(title=FIGURE_TEXTS[figure_name].label)
    figure.update_yaxes(autorange="reversed")
    return _sized(figure, 90 + 34 * len(rows))


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
        legend={"orientation": "h", "y": 1.12},
    )
    return figure
