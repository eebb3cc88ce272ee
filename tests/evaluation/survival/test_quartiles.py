"""Quarters of a score freed of age and sex: even, ordered as planted, and of the cohort only."""

import numpy as np
import pytest
from statsmodels.duration.hazard_regression import PHReg

from face2bone.evaluation.survival.quartiles import POINTS, quarter, quartiles, residual
from face2bone.survival.times import SurvivalTimes


def test_the_residual_is_free_of_age_and_sex(planted) -> None:
    left = residual(planted.cohort.apparent_age, planted.clinical.columns)
    assert np.corrcoef(left, planted.cohort.age_years)[0, 1] == pytest.approx(0.0, abs=1e-9)
    assert left[planted.cohort.male].mean() == pytest.approx(0.0, abs=1e-9)
    assert np.corrcoef(left, planted.cohort.gap_years)[0, 1] > 0.99


@pytest.mark.parametrize("n", [8, 100, 101, 103])
def test_quarters_are_even_also_with_equal_scores(n: int) -> None:
    for values in (np.arange(n) * 1.0, np.zeros(n)):
        sizes = np.bincount(quarter(values), minlength=4)
        assert sizes.max() - sizes.min() <= 1
    assert (np.diff(quarter(np.arange(n))) >= 0).all()


def test_ratios_equal_statsmodels_and_rise_as_planted(planted) -> None:
    c = planted.cohort
    found = quartiles(c.apparent_age, planted.clinical, c.times, 5.0)
    code = quarter(residual(c.apparent_age, planted.clinical.columns))
    x = np.column_stack([code == 1, code == 2, code == 3, planted.clinical.columns]).astype(float)
    other = PHReg(c.times.years, x, c.times.events.astype(int), ties="efron").fit()
    assert [np.log(r.value) for r in found.ratios] == pytest.approx(other.params[:3], abs=1e-6)
    assert found.ratios[2].value > 1.5
    assert found.log_rank.degrees == 3


def test_a_quarter_without_an_event_has_no_ratio_and_all_the_rest(planted) -> None:
    c = planted.cohort
    lowest = quarter(residual(c.gap_years, planted.clinical.columns)) == 0
    times = SurvivalTimes(c.times.years, c.times.events & ~lowest)
    found = quartiles(c.gap_years, planted.clinical, times, 5.0)
    assert found.ratios == ()
    assert found.curves[0].events == 0
    assert found.log_rank.p_value < 1e-6


def test_curves_hold_groups_and_no_patient(planted) -> None:
    c = planted.cohort
    found = quartiles(c.apparent_age, planted.clinical, c.times, 5.0)
    assert sum(curve.patients for curve in found.curves) == len(c.times)
    assert sum(curve.events for curve in found.curves) == c.times.events.sum()
    for curve in found.curves:
        assert curve.years == pytest.approx(np.linspace(0, 5, POINTS + 1), abs=1e-3)
        assert (curve.survival[0], curve.at_risk[0]) == (1.0, curve.patients)
        assert list(curve.at_risk) == sorted(curve.at_risk, reverse=True)
    assert found.curves[0].survival[-1] > found.curves[3].survival[-1]
    assert found.ticks == (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)


@pytest.mark.parametrize(
    ("until", "first", "count"), [(0.9, 0.2, 5), (1.7, 0.5, 4), (6.6, 1.0, 7), (40.0, 10.0, 5)]
)
def test_numbers_at_risk_are_given_at_round_times(planted, until, first, count) -> None:
    c = planted.cohort
    ticks = quartiles(c.apparent_age, planted.clinical, c.times, until).ticks
    assert (ticks[0], ticks[1], len(ticks)) == (0.0, first, count)


def test_a_curve_ends_with_its_own_follow_up(planted) -> None:
    c = planted.cohort
    found = quartiles(c.apparent_age, planted.clinical, c.times, 20.0)
    assert all(curve.years[-1] <= c.times.years.max() for curve in found.curves)
