"""Every plot of the pages keeps contrast in both themes."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from face2bone.cohort_explanations.groups import group_means
from face2bone.dashboard.cohort import cohort_charts
from face2bone.dashboard.common import plots
from face2bone.dashboard.common.plots import DARK, GROUND, INK, LIGHT, dressed
from face2bone.dashboard.explore import explore_charts
from face2bone.dashboard.follow_up import follow_up_charts
from face2bone.evaluation.monitoring import ObservedGroup
from face2bone.modalities.face.parts import FACE_PARTS
from tests.cohort_explanations.made import LAYOUT, cohort_of
from tests.scoring.answering import FACTS
from tests.test_theme import contrast

SIDES = pytest.mark.parametrize("name", [LIGHT, DARK])


def scored() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    p = rng.dirichlet((1.0, 1.0, 1.0), 40)
    named = [FACTS.classes[k] for k in p.argmax(axis=1)]
    columns = dict(zip((f"p_{label}" for label in FACTS.classes), p.T, strict=True))
    unlike = rng.choice(["no", "yes"], 40)
    return pd.DataFrame({**columns, "most_probable": named, "unlike_training": unlike})


def figures() -> Iterator[tuple[str, go.Figure]]:
    yield "cohort, probabilities", cohort_charts.probabilities(scored(), FACTS)
    yield "cohort, classes", cohort_charts.classes(scored(), FACTS)
    groups = group_means(cohort_of(30, "0" * 64).table, LAYOUT, resamples=20)
    target = LAYOUT.targets[0]
    yield "explore, regions", explore_charts.regions_of(groups[0], target, FACE_PARTS)
    yield "explore, groups", explore_charts.groups_of(groups[:3], target, FACE_PARTS, FACE_PARTS[0])
    third = (0.2, 0.3, 0.5)
    group = ObservedGroup("everyone", "everyone", 10, (2, 3, 5), third, (0.1, 0.2, 0.3), third)
    yield "follow-up, observed", follow_up_charts.observed_bars(group)


def colours(value: Any, key: str = "") -> Iterator[str]:
    """The colours of marks, lines and words; grids and fills between lines are no information."""
    if isinstance(value, dict):
        for k, v in value.items():
            if k not in ("template", "fillcolor", "gridcolor", "colorscale"):
                yield from colours(v, k)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from colours(one, key)
    elif isinstance(value, str) and value.startswith("#") and len(value) == 7:
        yield value


def test_a_legend_grows_away_from_the_plot() -> None:
    """On a narrow screen its entries take several lines, which would lie over the curves."""
    for name, figure in (*figures(), ("model, roc", roc())):
        for side in (LIGHT, DARK):
            shown = dressed(figure, side)
            assert not figure.layout.legend.to_plotly_json(), f"{name} sets its own"
            legend = shown.layout.template.layout.legend
            assert (legend.yanchor, legend.y >= 1, legend.orientation) == ("bottom", True, "h")


def roc() -> go.Figure:
    from face2bone.dashboard.model import model_charts
    from face2bone.evaluation.ranking import RocCurve

    return model_charts.roc((RocCurve("osteoporosis", (0.0, 1.0), (0.0, 1.0)),))


@SIDES
@pytest.mark.parametrize(("what", "figure"), list(figures()), ids=lambda v: str(v)[:24])
def test_marks_and_lines_can_be_seen(what: str, figure: go.Figure, name: str) -> None:
    shown = dressed(figure, name).to_plotly_json()
    ground = GROUND[name]
    for colour in colours({"data": shown["data"], "layout": shown["layout"]}):
        if colour != ground:  # the line between two bars
            assert contrast(colour, ground) >= 3.0, (what, colour)


@SIDES
def test_words_and_axes_can_be_read(name: str) -> None:
    layout = plots._template(name).layout
    for font in (layout.font, layout.xaxis.tickfont, layout.legend.font, layout.hoverlabel.font):
        assert contrast(font.color, GROUND[name]) >= 4.5
    for line in (layout.xaxis.linecolor, layout.yaxis.zerolinecolor):
        assert contrast(line, GROUND[name]) >= 3.0


def test_every_partner_is_seen_where_it_stands() -> None:
    for light, dark in plots.PARTNERS.items():
        if light not in (GROUND[LIGHT], INK[LIGHT]):
            assert contrast(light, GROUND[LIGHT]) >= 3.0, light
            assert contrast(dark, GROUND[DARK]) >= 3.0, dark


def test_a_figure_that_was_dressed_is_as_it_was() -> None:
    figure = go.Figure(go.Bar(x=[1], y=[2], marker={"color": plots.BLUE}))
    before = figure.to_json()
    assert dressed(figure, DARK).data[0].marker.color == plots.PARTNERS[plots.BLUE]
    assert dressed(figure, LIGHT).data[0].marker.color == plots.BLUE
    assert figure.to_json() == before
