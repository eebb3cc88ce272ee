"""The Follow-up page's plots: observed against predicted, and the running chart."""

import numpy as np
import plotly.graph_objects as go

from face2bone.bone import CLASS_LABELS
from face2bone.dashboard.common.charts import CLASS_COLOURS
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.plots import GROUND, INK, LIGHT
from face2bone.evaluation.monitoring import CalibrationChart, ObservedGroup


def observed_bars(group: ObservedGroup) -> go.Figure:
    """Share of each class that DXA found, with 95% limits, beside the share predicted."""
    observed = np.array(group.observed) / group.patients
    predicted = np.array(group.predicted) / group.patients
    figure = go.Figure()
    figure.add_bar(
        x=[say(label) for label in CLASS_LABELS],
        y=observed,
        name=say("found by DXA (95% interval)"),
        marker_color=CLASS_COLOURS,
        error_y={
            "type": "data",
            "symmetric": False,
            "array": np.array(group.high) - observed,
            "arrayminus": observed - np.array(group.low),
        },
    )
    figure.add_scatter(
        x=[say(label) for label in CLASS_LABELS],
        y=predicted,
        mode="markers",
        name=say("predicted"),
        marker={
            "symbol": "diamond",
            "size": 14,
            "color": GROUND[LIGHT],
            "line": {"width": 3, "color": INK[LIGHT]},
        },
    )
    figure.update_yaxes(range=(0, 1), tickformat=".0%", title=say("share of patients"))
    return _plain(figure, 320)


def running_chart(chart: CalibrationChart) -> go.Figure:
    """Both running sums, told apart by dash and side, with the limit and the alarm."""
    order = np.arange(1, len(chart.too_low) + 1) * chart.each
    figure = go.Figure()
    figure.add_scatter(
        x=order,
        y=chart.too_low,
        name=say("more osteoporosis than stated"),
        line={"color": "#762a83"},
    )
    figure.add_scatter(
        x=order,
        y=-chart.too_high,
        name=say("less osteoporosis than stated"),
        line={"color": "#1b7837", "dash": "dash"},
    )
    for side in (1, -1):
        figure.add_hline(y=side * chart.limit, line={"color": "#b2182b", "dash": "dot"})
    if chart.alarm is not None:
        rising = chart.too_low[chart.alarm] >= chart.limit
        height = chart.too_low[chart.alarm] if rising else -chart.too_high[chart.alarm]
        figure.add_scatter(
            x=[(chart.alarm + 1) * chart.each],
            y=[height],
            mode="markers",
            name=say("alarm"),
            marker={"symbol": "diamond-open", "size": 16, "color": "#b2182b", "line_width": 3},
        )
    figure.update_xaxes(title=say("results, in the order measured"))
    figure.update_yaxes(title=say("evidence (limits dotted)"))
    return _plain(figure, 320)


def _plain(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(height=height, margin={"l": 10, "r": 30, "t": 10, "b": 10}, dragmode=False)
    return figure
