"""Plots show the numbers they are given and nothing else."""

import numpy as np
import pytest

from face2bone.calibration import reliability_table
from face2bone.dashboard.charts import (
    bin_count,
    icon_array,
    probability_bars,
    region_bars,
    reliability_curve,
)
from face2bone.face import REGIONS


def test_probability_bars_carry_the_three_numbers() -> None:
    bar = probability_bars(np.array([0.2, 0.5, 0.3])).data[0]
    assert list(bar.x) == [0.2, 0.5, 0.3]
    assert list(bar.text) == ["20%", "50%", "30%"]


@pytest.mark.parametrize("count", [0, 1, 37, 100])
def test_icon_array_has_one_hundred_people(count: int) -> None:
    marked, others = icon_array(count, "osteoporosis").data
    assert (len(marked.x), len(others.x)) == (count, 100 - count)
    assert marked.marker.symbol != others.marker.symbol


def test_region_bars_put_the_strongest_on_top() -> None:
    values = np.arange(10.0) - 3.5
    figure = region_bars(values, "left against, right for")
    bar = figure.data[0]
    magnitudes = [abs(x) for x in bar.x]
    assert magnitudes == sorted(magnitudes)
    assert set(bar.y) == {region.label for region in REGIONS}
    assert bar.y[-1] == REGIONS[int(np.abs(values).argmax())].label
    assert figure.layout.xaxis.title.text == "left against, right for"


def test_reliability_curve_marks_the_patients_bin() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet((2, 2, 2), 400)
    labels = np.array([rng.choice(3, p=row) for row in p])
    table = reliability_table(p, labels)
    confidence = float(p[0].max())
    marked = reliability_curve(table, confidence).data[-1]
    inside = (p.max(axis=1) > table.edges[:-1, None]) & (p.max(axis=1) <= table.edges[1:, None])
    row = int(np.flatnonzero(inside[:, 0])[0])
    assert bin_count(table, confidence) == inside[row].sum()
    assert marked.x[0] == pytest.approx(p.max(axis=1)[inside[row]].mean())


def test_an_empty_bin_is_not_marked() -> None:
    table = reliability_table(np.array([[0.9, 0.05, 0.05]]), np.array([0]))
    assert len(reliability_curve(table, 0.4).data) == 2
    assert bin_count(table, 0.4) == 0
