"""The Cohort page's plots: how the scores are distributed."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from face2bone.assessment import BundleFacts
from face2bone.dashboard.common.charts import CLASS_COLOURS
from face2bone.dashboard.common.language import say
from face2bone.scoring.results import probability_columns

BINS = 20
HEIGHT = 300
FEW = 8


def probabilities(scored: pd.DataFrame, facts: BundleFacts) -> go.Figure:
    """Counts of pictures by the probability of the gravest class, in bins of 0.05."""
    values = scored[probability_columns(facts)[-1]].to_numpy(float)
    counts, edges = np.histogram(values, bins=BINS, range=(0.0, 1.0))
    figure = go.Figure(
        go.Bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=counts,
            width=1 / BINS,
            marker={"color": CLASS_COLOURS[-1], "line": {"width": 1, "color": "#ffffff"}},
            hovertemplate="%{y} / %{x:.0%}<extra></extra>",
        )
    )
    figure.update_xaxes(
        range=(0, 1),
        tickformat=".0%",
        title=say("probability of {name}", name=facts.classes[-1]),
    )
    return _sized(figure, int(counts.max()))


def classes(scored: pd.DataFrame, facts: BundleFacts) -> go.Figure:
    """Counts of pictures by their most probable class, those unlike training apart."""
    figure = go.Figure()
    colours = list(CLASS_COLOURS[: len(facts.classes)])
    for unlike, name, shape in (
        ("no", say("like training"), ""),
        ("yes", say("unlike training"), "/"),
    ):
        rows = scored[scored["unlike_training"] == unlike]
        counts = [int((rows["most_probable"] == label).sum()) for label in facts.classes]
        figure.add_bar(
            x=[say(label) for label in facts.classes],
            y=counts,
            name=name,
            marker={"color": colours, "pattern": {"shape": shape}},
            hovertemplate=f"%{{y}} {name}<extra></extra>",
        )
    figure.update_layout(barmode="stack", showlegend=False)
    return _sized(figure, len(scored))


def _sized(figure: go.Figure, most: int) -> go.Figure:
    """``most``: pictures at most in a bar; a few of them are counted one by one."""
    figure.update_yaxes(
        title=say("pictures"), rangemode="tozero", dtick=1 if most < FEW else None, tickformat="d"
    )
    figure.update_layout(height=HEIGHT, margin={"l": 10, "r": 10, "t": 10, "b": 10}, dragmode=False)
    return figure
