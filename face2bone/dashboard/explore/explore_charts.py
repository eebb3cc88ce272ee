"""Explore's plots and tables of group means, made from them and from nothing else."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from face2bone.cohort_explanations.groups import GroupMeans
from face2bone.dashboard.common.language import say
from face2bone.drawing.pictures import AWAY, TOWARD
from face2bone.drawing.svg import GREY
from face2bone.evaluation import Estimate
from face2bone.explain.photo_row import signed
from face2bone.modalities.parts import Part
from face2bone.words import template

HEIGHT = 380


def means(group: GroupMeans, target: str) -> npt.NDArray[np.float64]:
    """Mean value (n,) of every region."""
    return np.array([estimate.value for estimate in group.regions[target]], np.float64)


def reach(groups: Sequence[GroupMeans], target: str) -> float:
    """The largest mean magnitude among the groups, for a scale they share."""
    return max(float(np.abs(means(group, target)).max()) for group in groups)


def regions_of(group: GroupMeans, target: str, parts: Sequence[Part]) -> go.Figure:
    """The regions of one group with intervals, the strongest on top."""
    values = means(group, target)
    order = np.argsort(np.abs(values))
    estimates = [group.regions[target][i] for i in order]
    return _bars(
        estimates,
        [say(parts[i].label) for i in order],
        say("mean value, {group}", group=group.name),
    )


def groups_of(
    groups: Sequence[GroupMeans], target: str, parts: Sequence[Part], region: Part
) -> go.Figure:
    """One region, of ``parts``, across the groups, the first on top."""
    k = parts.index(region)
    turned = list(groups)[::-1]
    names = [group_name(group) for group in turned]
    estimates = [group.regions[target][k] for group in turned]
    return _bars(estimates, names, say("mean value of {region}", region=region.label))


def group_table(
    groups: Sequence[GroupMeans], target: str, parts: Sequence[Part]
) -> tuple[list[str], list[list[str]]]:
    """Head and body: every mean with its interval as text, a row a region, a column a group."""
    head = [template("region"), *(group_name(group) for group in groups)]
    body = [
        [region.label, *(_range(group.regions[target][k]) for group in groups)]
        for k, region in enumerate(parts)
    ]
    return head, body


def group_name(group: GroupMeans) -> str:
    """The group with how many it holds."""
    return say("{group} (n = {patients})", group=group.name, patients=group.patients)


def _range(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return signed(estimate.value or 0.0)
    return say(
        "{value} ({low} to {high})",
        value=signed(estimate.value or 0.0),
        low=signed(estimate.low),
        high=signed(estimate.high),
    )


def _bars(estimates: Sequence[Estimate], names: Sequence[str], axis: str) -> go.Figure:
    values = np.array([e.value for e in estimates], np.float64)
    figure = go.Figure(
        go.Bar(
            x=values,
            y=list(names),
            orientation="h",
            marker={
                "color": [TOWARD if v >= 0 else AWAY for v in values],
                "pattern": {"shape": ["" if v >= 0 else "/" for v in values]},
            },
            error_x=_intervals(estimates, values),
            hovertext=[_range(e) for e in estimates],
            hoverinfo="text",
        )
    )
    _numbers(figure, estimates, values)
    figure.update_xaxes(title=axis, zeroline=True)
    figure.update_layout(
        height=HEIGHT, margin={"l": 10, "r": 20, "t": 10, "b": 10}, dragmode=False, showlegend=False
    )
    return figure


def _intervals(estimates: Sequence[Estimate], values: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Lines from low to high; none where there is no interval."""
    above = [0.0 if e.high is None else e.high - v for e, v in zip(estimates, values, strict=True)]
    below = [0.0 if e.low is None else v - e.low for e, v in zip(estimates, values, strict=True)]
    return {
        "type": "data",
        "symmetric": False,
        "array": above,
        "arrayminus": below,
        "color": GREY,
        "thickness": 1.5,
    }


def _numbers(
    figure: go.Figure, estimates: Sequence[Estimate], values: npt.NDArray[np.float64]
) -> None:
    """The value of each bar in a column of its own on the right, clear of bars and lines."""
    ends = [
        abs(x) for e, v in zip(estimates, values, strict=True) for x in (v, e.low or 0, e.high or 0)
    ]
    far = max(*ends, 1e-6)
    figure.update_xaxes(range=(-1.15 * far, 1.55 * far))
    for i, value in enumerate(values):
        figure.add_annotation(
            x=1.5 * far, y=i, text=signed(float(value)), showarrow=False, xanchor="right"
        )
