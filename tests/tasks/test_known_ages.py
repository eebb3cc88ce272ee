"""Figures of answers beside ages, by hand and against numpy."""

import numpy as np
import pytest

from face2bone.tasks.known_ages import KnownAges

KNOWN = KnownAges(
    ages=np.array([21.0, 29.0, 50.0, 70.0]),
    answers=np.array([25.0, 31.0, 50.0, 64.0]),
    low=np.array([20.0, 30.0, 40.0, 60.0]),
    high=np.array([30.0, 40.0, 60.0, 69.0]),
)


def test_figures_are_those_worked_out_by_hand() -> None:
    found = KNOWN.figures()
    assert found["mae"] == (4 + 2 + 0 + 6) / 4
    assert found["bias"] == 0.0
    assert found["slope"] == pytest.approx(np.polyfit(KNOWN.ages, KNOWN.answers, 1)[0])
    assert found["coverage"] == 0.5  # 29 lies below its interval, 70 above
    assert found["width"] == (10 + 10 + 20 + 9) / 4


def test_a_row_that_weighs_twice_is_a_row_that_is_there_twice() -> None:
    twice = KNOWN.some(np.array([True, True, True, True]))
    weighed = twice.weighed(np.array([[2.0, 1.0, 0.0, 1.0]]))
    rows = [0, 0, 1, 3]
    plain = KnownAges(*(values[rows] for values in vars(KNOWN).values())).figures()
    assert {name: float(value[0]) for name, value in weighed.items()} == pytest.approx(plain)


def test_people_of_one_age_have_no_slope() -> None:
    assert np.isnan(KNOWN.some(np.array([True, False, False, False])).figures()["slope"])
