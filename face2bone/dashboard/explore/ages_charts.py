"""Plots of a face age evaluation, made from its answers and figures and from nothing else."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from face2bone.bundle.years_bundle import Band
from face2bone.dashboard.common.charts import CLASS_COLOURS
from face2bone.dashboard.common.language import say
from face2bone.drawing.svg import GREY
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.years_record import OfSex
from face2bone.evaluation.years_words import SMALL
from face2bone.words import template

HEIGHT: Final = 420
LOW: Final = 260
MOST_INTERVALS: Final = 150  # beyond it they hide each other and the answers
SEXES: Final = {"F": template("women"), "M": template("men")}
MARKS: Final = {"F": ("circle", CLASS_COLOURS[0]), "M": ("diamond", CLASS_COLOURS[2])}


def with_interval(answers: pd.DataFrame) -> pd.DataFrame:
    """The rows whose interval is drawn: all, or as many as can be told apart, evenly by age."""
    if len(answers) <= MOST_INTERVALS:
        return answers
    places = np.linspace(0, len(answers) - 1, MOST_INTERVALS).round().astype(int)
    return answers.sort_values("age_years", kind="stable").iloc[places]


def against_age(answers: pd.DataFrame) -> go.Figure:
    """What was answered over the age, women and men by mark and colour, with intervals."""
    figure, some = go.Figure(), with_interval(answers)
    ends = [float(answers["age_years"].min()), float(answers["age_years"].max())]
    figure.add_scatter(
        x=ends,
        y=ends,
        mode="lines",
        name=say("answer = age"),
        line={"color": GREY, "dash": "dot"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=some["age_years"],
        y=some["years"],
        mode="markers",
        name=say("interval"),
        marker={"symbol": "line-ns-open", "size": 9, "color": GREY},
        error_y=_interval(some),
        hoverinfo="skip",
    )
    for sex, rows in answers.groupby("sex"):
        symbol, colour = MARKS[str(sex)]
        figure.add_scatter(
            x=rows["age_years"],
            y=rows["years"],
            mode="markers",
            name=say(SEXES[str(sex)]),
            marker={"symbol": symbol, "size": 7, "color": colour},
            hovertemplate="%{x:.1f} → %{y:.1f}<extra></extra>",
        )
    figure.update_xaxes(title=say("age in years"))
    figure.update_yaxes(title=say("answer in years"))
    return _sized(figure, HEIGHT)


def _interval(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": rows["high"] - rows["years"],
        "arrayminus": rows["years"] - rows["low"],
        "color": GREY,
        "thickness": 1,
        "width": 0,
    }


def by_age(bands: Sequence[Band]) -> go.Figure:
    """Mean absolute error and bias of each decade; hatched where it moves by chance."""
    names = [decade(band) for band in bands]
    shapes = ["/" if band.people < SMALL else "" for band in bands]
    figure = go.Figure()
    for name, values, colour in (
        (say("mean absolute error"), [band.mae for band in bands], CLASS_COLOURS[2]),
        (say("too old by"), [band.bias for band in bands], CLASS_COLOURS[1]),
    ):
        figure.add_bar(
            x=names,
            y=values,
            name=name,
            marker={"color": colour, "pattern": {"shape": shapes}},
            hovertemplate="%{y:.1f}<extra></extra>",
        )
    figure.update_xaxes(title=say("age in years"), type="category")
    figure.update_yaxes(title=say("years"), zeroline=True)
    return _sized(figure, HEIGHT)


def by_sex(sexes: Sequence[OfSex], is_gap: bool) -> go.Figure:
    """Mean age gap of women and men with 95% intervals; mean of answer minus age without a fit."""
    turned = list(sexes)[::-1]
    known = [(one, one.gap if is_gap else one.bias) for one in turned]
    shown = [(one, found) for one, found in known if found is not None and found.value is not None]
    values = [found.value or 0.0 for _, found in shown]
    figure = go.Figure(
        go.Scatter(
            x=values,
            y=[say(SEXES[one.sex]) for one, _ in shown],
            mode="markers",
            marker={"size": 11, "color": CLASS_COLOURS[2], "symbol": "diamond"},
            error_x=_ends([found for _, found in shown], values),
            hovertemplate="%{x:+.1f}<extra></extra>",
        )
    )
    title = say("mean age gap, years") if is_gap else say("mean of answer minus age, years")
    figure.update_xaxes(title=title, zeroline=True)
    return _sized(figure, LOW)


def _ends(found: Sequence[Estimate], values: Sequence[float]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [(e.high or v) - v for e, v in zip(found, values, strict=True)],
        "arrayminus": [v - (e.low or v) for e, v in zip(found, values, strict=True)],
        "color": GREY,
    }


def decade(band: Band) -> str:
    """The band's first and last whole year."""
    return f"{band.low:g}–{band.high - 1:g}"


def _sized(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(height=height, margin={"l": 10, "r": 10, "t": 30, "b": 10}, dragmode=False)
    return figure
