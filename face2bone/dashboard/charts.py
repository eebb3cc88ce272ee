"""The dashboard's plots, as plotly figures made from results and from nothing else."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from face2bone.bone import CLASS_LABELS
from face2bone.calibration import ReliabilityTable
from face2bone.face import REGIONS
from face2bone.report.pictures import AWAY, TOWARD

CLASS_COLOURS: Final = ("#1b7837", "#b35806", "#762a83")  # told apart without red and green
PLAIN: Final = {"displayModeBar": False, "responsive": True}


def probability_bars(probabilities: npt.NDArray[np.float64]) -> go.Figure:
    """Three calibrated probabilities as bars with their numbers."""
    figure = go.Figure(
        go.Bar(
            x=probabilities,
            y=list(CLASS_LABELS),
            orientation="h",
            text=[f"{p:.0%}" for p in probabilities],
            textposition="outside",
            marker_color=CLASS_COLOURS,
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    figure.update_xaxes(range=(0, 1.05), tickformat=".0%", title="calibrated probability")
    figure.update_yaxes(autorange="reversed")
    return _small(figure, 210)


def icon_array(count: int, label: str) -> go.Figure:
    """One hundred people, ``count`` of them marked by shape and colour."""
    column, row = np.tile(np.arange(20), 5), np.repeat(np.arange(5), 20)
    marked = np.arange(100) < count
    figure = go.Figure()
    for chosen, name, symbol, colour in (
        (marked, f"{count} with {label}", "diamond", CLASS_COLOURS[2]),
        (~marked, f"{100 - count} without", "circle-open", "#6b7280"),
    ):
        figure.add_scatter(
            x=column[chosen],
            y=-row[chosen],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "color": colour, "size": 11},
            hoverinfo="skip",
        )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    # one kind of person alone keeps its legend too
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.05})
    return _small(figure, 210)


def region_bars(values: npt.NDArray[np.float64], axis: str) -> go.Figure:
    """Ten named regions; ``values`` (10,) in the order of ``REGIONS``, else as ``bars``."""
    return bars(values, [region.label for region in REGIONS], axis, 360)


def bars(
    values: npt.NDArray[np.float64], names: Sequence[str], axis: str, height: int = 220
) -> go.Figure:
    """A bar a name, the strongest on top; the sign is printed, not only coloured.

    ``values`` and ``names`` in the same order; ``axis`` says what left and right mean.
    """
    order = np.argsort(np.abs(values))
    figure = go.Figure(
        go.Bar(
            x=values[order],
            y=[names[i] for i in order],
            orientation="h",
            text=[f"{values[i]:+.2f}" for i in order],
            textposition="outside",
            marker_color=[TOWARD if values[i] >= 0 else AWAY for i in order],
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    reach = 1.35 * max(float(np.abs(values).max()), 1e-6)  # room for the printed numbers
    figure.update_xaxes(range=(-reach, reach))
    figure.update_xaxes(title=axis)
    return _small(figure, height)


def reliability_curve(table: ReliabilityTable, confidence: float) -> go.Figure:
    """The bundle's reliability curve with this patient's bin marked and counted."""
    filled = table.counts > 0
    here = _bin_of(table, confidence)
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name="perfect", line={"dash": "dot", "color": "#6b7280"}
    )
    figure.add_scatter(
        x=table.confidence[filled],
        y=table.accuracy[filled],
        mode="lines+markers",
        name="this bundle",
        marker={"size": 8, "color": CLASS_COLOURS[2]},
        customdata=table.counts[filled],
        hovertemplate="said %{x:.0%}, right %{y:.0%}, n = %{customdata}<extra></extra>",
    )
    if table.counts[here]:
        figure.add_scatter(
            x=[table.confidence[here]],
            y=[table.accuracy[here]],
            mode="markers",
            name=f"this patient's bin (n = {int(table.counts[here])})",
            marker={"symbol": "diamond-open", "size": 18, "color": "#b2182b", "line_width": 3},
        )
    figure.update_xaxes(range=(0.3, 1.02), tickformat=".0%", title="probability of the named class")
    figure.update_yaxes(range=(0, 1.02), tickformat=".0%", title="how often it was right")
    figure.update_layout(legend={"orientation": "h", "y": 1.15})
    return _small(figure, 340)


def bin_count(table: ReliabilityTable, confidence: float) -> int:
    """How many measured patients fell into the bin of this confidence."""
    return int(table.counts[_bin_of(table, confidence)])


def _bin_of(table: ReliabilityTable, confidence: float) -> int:
    inner = table.edges[1:-1]
    return int(np.searchsorted(inner, confidence, side="left"))


def _small(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(height=height, margin={"l": 10, "r": 30, "t": 10, "b": 10}, dragmode=False)
    return figure
