"""Curves of four groups: steps, numbers at risk, words for who cannot see them."""

import itertools
import re
import xml.etree.ElementTree as ET

import pytest

from face2bone.drawing import svg
from face2bone.drawing.survival_curves import COLOURS, standalone, survival_curves
from face2bone.drawn.hazard import simulate_cohort
from face2bone.evaluation.survival.clinical import People
from face2bone.evaluation.survival.quartiles import Quartiles, quartiles


@pytest.fixture(scope="module")
def found() -> Quartiles:
    c = simulate_cohort(400, 0)
    return quartiles(c.apparent_age, People(c.age_years, c.male).clinical, c.times, 5.0)


def test_every_curve_steps_down_and_never_slopes(found: Quartiles) -> None:
    drawn = ET.fromstring(survival_curves(found, "Curves"))  # noqa: S314
    lines = list(drawn.iter("polyline"))
    assert len(lines) == 4
    for line in lines:
        points = [tuple(map(float, p.split(","))) for p in line.get("points", "").split()]
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            assert x1 == x2 or y1 == y2
            assert y2 >= y1  # SVG counts from the top


def test_numbers_at_risk_stand_under_their_time(found: Quartiles) -> None:
    drawn = ET.fromstring(survival_curves(found, "Curves"))  # noqa: S314
    below = [t for t in drawn.iter("text") if float(t.get("y", 0)) > svg.HEIGHT + 2]
    lines = sorted({t.get("y", "") for t in below})
    counts = [[t.text for t in below if t.get("y") == y] for y in lines]
    assert counts == [[str(n) for n in curve.at_risk] for curve in found.curves]
    height = float(drawn.get("viewBox", "").split()[-1])
    assert max(float(t.get("y", 0)) for t in below) < height


def test_the_picture_is_told_in_words_and_in_years(found: Quartiles) -> None:
    drawing = survival_curves(found, "Curves of <all>")
    assert "Curves of &lt;all&gt;" in drawing
    said = r"lowest quarter: 100 patients, \d+% without the event after 5.0 years"
    assert re.search(said, drawing)
    assert ">5<" in drawing
    assert all(colour in drawing for colour in COLOURS)


def test_a_file_of_its_own_names_its_format(found: Quartiles) -> None:
    alone = standalone(survival_curves(found, "Curves"))
    assert ET.fromstring(alone).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314
    assert "background:#fff" in alone
