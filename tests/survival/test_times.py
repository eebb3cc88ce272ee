"""Who is at risk when, worked by hand."""

import numpy as np
import pytest

from face2bone.errors import NoEvents, SurvivalError
from face2bone.survival.times import SurvivalTimes

FIVE = SurvivalTimes.of([3.0, 1.0, 2.0, 2.0, 2.0], [0, 1, 1, 1, 0])


def test_sums_over_risk_sets() -> None:
    sets = FIVE.risk_sets
    assert sets.years.tolist() == [1.0, 2.0, 3.0]
    values = np.array([1.0, 10.0, 100.0, 1_000.0, 10_000.0])[sets.order]  # of patients 0 to 4
    assert sets.at_risk(values).tolist() == [11_111.0, 11_101.0, 1.0]
    assert sets.with_event(values).tolist() == [10.0, 1_100.0, 0.0]
    # Two events at 2 years: the second sees half of both gone.
    assert sets.efron(values).tolist() == [11_111.0, 11_101.0, 11_101.0 - 550.0]
    assert sets.share.tolist() == [0.0, 0.0, 0.5]


def test_columns_are_summed_like_one() -> None:
    values = np.random.default_rng(1).normal(size=(5, 2))
    together = FIVE.risk_sets.efron(values)
    for k in range(2):
        assert together[:, k] == pytest.approx(FIVE.risk_sets.efron(values[:, k]))


def test_rows_keep_time_and_event_together() -> None:
    some = FIVE.rows(np.array([True, False, True, False, False]))
    assert (some.years.tolist(), some.events.tolist()) == ([3.0, 2.0], [False, True])


@pytest.mark.parametrize(
    ("years", "events", "says"),
    [
        ([], [], "do not match"),
        ([1.0, 2.0], [1], "do not match"),
        ([0.0], [1], "not above 0"),
        ([np.nan], [1], "not above 0"),
        ([1.0], [2], "neither 0 nor 1"),
        ([1.0], [np.nan], "neither 0 nor 1"),
    ],
)
def test_what_is_no_time_or_event_is_refused(years: list, events: list, says: str) -> None:
    with pytest.raises(SurvivalError, match=says):
        SurvivalTimes.of(years, events)


def test_nobody_with_the_event() -> None:
    with pytest.raises(NoEvents, match="None of 2 patients had the event"):
        SurvivalTimes.of([1.0, 2.0], [0, 0]).require_events()
