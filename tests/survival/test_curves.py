"""Kaplan-Meier by hand and against scipy; log-rank against scipy and statsmodels."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.duration.survfunc import survdiff
from torchsurv.stats.ipcw import get_ipcw
from torchsurv.stats.kaplan_meier import KaplanMeierEstimator

from face2bone.errors import NoEvents, SurvivalError
from face2bone.survival.curves import (
    censoring_survival,
    censoring_survival_at,
    kaplan_meier,
    log_rank,
    numbers_at_risk,
)
from face2bone.survival.times import SurvivalTimes

# Time, at risk, events of the 21 treated patients, counted by hand.
BY_HAND = ((6, 21, 3), (7, 17, 1), (10, 15, 1), (13, 12, 1), (16, 11, 1), (22, 7, 1), (23, 6, 1))
PRINTED_ERRORS = (0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346)


def test_the_table_worked_by_hand(treated: SurvivalTimes) -> None:
    curve = kaplan_meier(treated)
    happened = curve.events > 0
    assert tuple(zip(curve.years[happened], curve.at_risk[happened], curve.events[happened],
                     strict=True)) == BY_HAND  # fmt: skip
    left, summed = 1.0, 0.0
    for years, n, d in BY_HAND:
        left, summed = left * (n - d) / n, summed + d / (n * (n - d))
        place = np.flatnonzero(curve.years == years)[0]
        assert curve.survival[place] == pytest.approx(left, abs=1e-12)
        assert curve.standard_error[place] == pytest.approx(left * summed**0.5, abs=1e-12)
    assert curve.standard_error[happened] == pytest.approx(PRINTED_ERRORS, abs=5e-5)
    assert curve.at([0.5, 6.0, 6.9, 35.0]) == pytest.approx([1.0, 18 / 21, 18 / 21, left])
    assert np.isnan(curve.at(36.0))


@pytest.mark.parametrize("step", [0.0, 0.1])
def test_curve_and_limits_equal_scipy(draw, step: float) -> None:
    _, times = draw(step=step)
    seen, last = times.years[times.events], times.years[~times.events]
    other = stats.ecdf(stats.CensoredData(uncensored=seen, right=last)).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy's limits before the first event
        limits = other.confidence_interval(method="log-log")
    curve = kaplan_meier(times)
    assert curve.at(other.quantiles) == pytest.approx(other.probabilities, abs=1e-12)
    inside = (other.probabilities < 1) & (other.probabilities > 0)
    for own, theirs in zip(curve.limits_at(other.quantiles), limits, strict=True):
        assert own[inside] == pytest.approx(theirs.probabilities[inside], abs=1e-9)


def test_curve_equals_torchsurv(draw) -> None:
    _, times = draw(step=0.1)
    other = KaplanMeierEstimator()
    other(torch.tensor(times.events), torch.tensor(times.years))
    table = other.get_survival_table()
    curve = kaplan_meier(times)
    assert curve.at(table["Time"]) == pytest.approx(table["Survival"], abs=1e-6)


def test_where_nobody_is_left_there_are_no_limits() -> None:
    curve = kaplan_meier(SurvivalTimes.of([1.0, 2.0, 3.0], [0, 1, 1]))
    assert curve.survival.tolist() == [1.0, 0.5, 0.0]
    assert (curve.low[0], curve.high[0]) == (1.0, 1.0)
    assert np.isnan([curve.low[2], curve.high[2]]).all()
    assert curve.at(9.0) == 0.0  # everybody had the event


def test_numbers_at_risk(treated: SurvivalTimes) -> None:
    assert numbers_at_risk(treated, [0, 6, 10, 20, 30, 35, 36]).tolist() == [21, 21, 15, 8, 4, 1, 0]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 6), st.booleans()), min_size=1, max_size=30))
def test_a_curve_falls_within_its_limits(rows: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier(SurvivalTimes.of([t for t, _ in rows], [e for _, e in rows]))
    assert (np.diff(curve.survival, prepend=1.0) <= 0).all()
    known = ~np.isnan(curve.low)
    assert (curve.low[known] <= curve.survival[known] + 1e-12).all()
    assert (curve.survival[known] <= curve.high[known] + 1e-12).all()
    if all(happened for _, happened in rows):  # the share still to come
        expected = [np.mean([t > y for t, _ in rows]) for y in curve.years]
        assert curve.survival == pytest.approx(expected)


def test_log_rank_equals_scipy_and_the_printed_value(remission) -> None:
    x, times = remission
    test = log_rank(times, x[:, 0])
    assert test.statistic == pytest.approx(16.79, abs=5e-3)
    sides = [
        stats.CensoredData(
            uncensored=times.years[(x[:, 0] == k) & times.events],
            right=times.years[(x[:, 0] == k) & ~times.events],
        )
        for k in (0, 1)
    ]
    other = stats.logrank(*sides)
    assert test.statistic == pytest.approx(other.statistic**2, abs=1e-9)
    assert test.p_value == pytest.approx(other.pvalue, abs=1e-12)
    assert sum(test.observed) == pytest.approx(sum(test.expected))


@pytest.mark.parametrize("step", [0.0, 0.2])
@pytest.mark.parametrize("groups", [2, 3, 5])
def test_log_rank_of_many_groups_equals_statsmodels(draw, groups: int, step: float) -> None:
    x, times = draw(step=step)
    code = np.digitize(x[:, 0], np.quantile(x[:, 0], np.arange(1, groups) / groups))
    test = log_rank(times, code)
    statistic, p_value = survdiff(times.years, times.events.astype(int), code)
    assert test.statistic == pytest.approx(statistic, abs=1e-6)
    assert (test.p_value, test.degrees) == (pytest.approx(p_value, abs=1e-9), groups - 1)


def test_groups_that_cannot_be_compared_are_refused() -> None:
    times = SurvivalTimes.of([1.0, 2.0], [1, 0])
    with pytest.raises(SurvivalError, match="one group only"):
        log_rank(times, [0, 0])
    for groups in ([0, 2], [-1, 0], [0]):
        with pytest.raises(SurvivalError, match="numbered"):
            log_rank(times, groups)
    with pytest.raises(NoEvents):
        log_rank(SurvivalTimes.of([1.0, 2.0], [0, 0]), [0, 1])


def test_weights_for_censoring_equal_torchsurv(draw) -> None:
    """Without a last visit at the time of an event, where conventions differ."""
    _, times = draw()
    horizons = np.array([0.3, 0.7, 1.2])
    event, years = torch.tensor(times.events), torch.tensor(times.years)
    ours = censoring_survival(times, np.ones((1, len(times))))[0]
    theirs = get_ipcw(event, years).numpy()
    assert 1 / ours[times.events] == pytest.approx(theirs[times.events], rel=1e-6)
    at = get_ipcw(event, years, torch.tensor(horizons)).numpy()
    assert 1 / censoring_survival_at(times, horizons) == pytest.approx(at, abs=1e-6)


def test_an_event_comes_before_a_last_visit_at_its_time() -> None:
    times = SurvivalTimes.of([1.0, 1.0, 2.0], [1, 0, 1])
    followed = censoring_survival(times, np.ones((1, 3)))[0]
    assert followed.tolist() == [1.0, 1.0, 0.5]  # one of the two left was last seen at 1
    assert censoring_survival_at(times, [0.5, 1.0, 5.0]).tolist() == [1.0, 0.5, 0.5]


def test_a_weight_of_two_is_a_patient_twice(draw) -> None:
    _, times = draw(60, 4, 0.2)
    weights = np.random.default_rng(0).integers(0, 3, (3, 60)).astype(float)
    found = censoring_survival(times, weights)
    for row, own in zip(weights.astype(int), found, strict=True):
        copies = np.repeat(np.arange(60), row)
        again = censoring_survival(times.rows(copies), np.ones((1, len(copies))))[0]
        assert own[copies] == pytest.approx(again)
