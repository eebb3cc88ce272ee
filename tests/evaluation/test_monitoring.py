"""The running chart: its formula, its stated rate of false alarms, and what it notices."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.errors import EvaluationError
from face2bone.evaluation import monitoring
from face2bone.evaluation.monitoring import (
    DRAWS,
    FALSE_ALARMS,
    HORIZON,
    CalibrationChart,
    alarm_limit,
    calibration_chart,
    false_alarm_rate,
    observed_against_predicted,
    running_sums,
    without_small,
)
from face2bone.evaluation.table import PredictionTable

STATED = np.random.default_rng(0).beta(0.6, 1.4, 1_000)  # as spread out as a good model's


def by_hand(stated: list[float], happened: list[bool], ratio: float) -> list[float]:
    """Steiner's chart, one patient at a time, from the likelihoods themselves."""
    level, levels = 0.0, []
    for s, y in zip(stated, happened, strict=True):
        odds = ratio * s / (1.0 - s)
        other = odds / (1.0 + odds)
        likelihood = (other / s) if y else ((1.0 - other) / (1.0 - s))
        level = max(0.0, level + math.log(likelihood))
        levels.append(level)
    return levels


@given(st.lists(st.tuples(st.floats(0.001, 0.999), st.booleans()), min_size=1, max_size=60))
def test_the_sums_are_log_likelihood_ratios(pairs: list[tuple[float, bool]]) -> None:
    stated, happened = [s for s, _ in pairs], [y for _, y in pairs]
    low, high = running_sums(np.array(stated), np.array(happened))
    np.testing.assert_allclose(low, by_hand(stated, happened, 2.0), atol=1e-9)
    np.testing.assert_allclose(high, by_hand(stated, happened, 0.5), atol=1e-9)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6), st.integers(2, 7), st.integers(0, 200))
def test_what_is_left_out_cannot_be_computed_from_the_rest(
    sizes: list[int], fewest: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    ages = np.repeat([45.0, 55.0, 65.0, 72.0, 85.0, 95.0][: len(sizes)], sizes)
    count = len(ages)
    if not count:
        return
    about = pd.DataFrame(
        {"patient_id": np.arange(count), "sex": rng.choice(["F", "M"], count), "age_years": ages}
    )
    p = np.tile([0.2, 0.5, 0.3], (count, 1))
    groups = observed_against_predicted(PredictionTable.of(p, rng.choice(3, count), about))
    shown = without_small(groups, fewest)
    assert without_small(groups, 1) == groups
    assert [g for g in groups if g in shown] == list(shown)
    assert all(g.patients >= fewest for g in shown)
    for dimension in {g.dimension for g in groups}:
        left = count - sum(g.patients for g in shown if g.dimension == dimension)
        assert left == 0 or left >= min(fewest, count)
    small = {g.dimension for g in groups if g.patients < fewest}
    assert all(g in shown for g in groups if g.dimension not in small)


def test_steps_of_a_coarser_chart_are_the_highest_points_of_theirs() -> None:
    """Twelve results, the alarm at the eighth: two steps of five, and what is left over waits."""
    low = np.array([0.1, 0.8, 0.2, 0.0, 0.3, 1.0, 2.0, 4.0, 3.1, 2.9, 5.0, 5.1])
    chart = CalibrationChart(low, low[::-1] / 10, 4.0, 7)
    found = chart.coarser(5)
    assert found.too_low.tolist() == [0.8, 4.0]
    assert found.too_high.tolist() == [0.51, 0.2]
    assert (found.alarm, found.each) == (1, 5)
    assert "result 10" in found.verdict
    assert "result 8" in chart.verdict
    assert CalibrationChart(low, low, 5.0, 10).coarser(5).alarm is None
    one = chart.coarser(1)
    np.testing.assert_array_equal(one.too_low, low)
    assert (one.alarm, one.each) == (chart.alarm, 1)


def test_certain_predictions_are_no_trouble() -> None:
    low, high = running_sums(np.array([0.0, 1.0, 0.0]), np.array([False, True, True]))
    assert np.isfinite(low).all()
    assert np.isfinite(high).all()


def test_the_false_alarm_rate_is_the_one_stated() -> None:
    """Measured on simulated clinics other than those the limit was set on."""
    limit = alarm_limit(STATED)
    rate = false_alarm_rate(STATED, limit)
    spread = math.sqrt(2 * FALSE_ALARMS * (1 - FALSE_ALARMS) / DRAWS)  # of limit and of measure
    print(f"limit {limit:.2f}, false alarms within {HORIZON} results {rate:.3f}")
    assert abs(rate - FALSE_ALARMS) <= 3 * spread


def test_a_longer_run_needs_a_higher_limit() -> None:
    assert alarm_limit(STATED, horizon=100) < alarm_limit(STATED, horizon=500)


def noticed(ratio: float, n: int, seed: int) -> monitoring.CalibrationChart:
    rng = np.random.default_rng(seed)
    stated = rng.choice(STATED, n)
    odds = ratio * stated / (1 - stated)
    return calibration_chart(stated, rng.random(n) < odds / (1 + odds))


@pytest.mark.parametrize(("ratio", "words"), [(2.0, "more patients"), (0.5, "fewer patients")])
def test_doubled_and_halved_odds_are_noticed_and_named(ratio: float, words: str) -> None:
    charts = [noticed(ratio, 400, seed) for seed in range(4)]
    assert sum(chart.alarm is not None for chart in charts) >= 3
    assert all(words in chart.verdict for chart in charts if chart.alarm is not None)


def test_the_alarm_is_the_first_result_at_the_limit() -> None:
    chart = noticed(2.0, 400, 1)
    assert chart.alarm is not None
    highest = np.maximum(chart.too_low, chart.too_high)
    assert highest[chart.alarm] >= chart.limit
    assert (highest[: chart.alarm] < chart.limit).all()
    assert f"result {chart.alarm + 1}:" in chart.verdict


def test_no_alarm_says_so() -> None:
    chart = calibration_chart(np.full(40, 0.25), np.arange(40) % 4 == 0)
    assert chart.alarm is None
    assert chart.verdict.startswith("No alarm")


@pytest.mark.parametrize(
    ("stated", "happened"),
    [
        (np.full(19, 0.5), np.ones(19, bool)),
        (np.full(30, 0.5), np.ones(29, bool)),
        (np.full(30, 1.5), np.ones(30, bool)),
        (np.full(30, np.nan), np.ones(30, bool)),
        (np.full(30, 0.5), np.ones(30)),
    ],
)
def test_what_is_no_pair_of_probabilities_and_outcomes_is_refused(
    stated: npt.NDArray[np.float64], happened: npt.NDArray[np.float64]
) -> None:
    with pytest.raises(EvaluationError):
        calibration_chart(stated, happened)


def test_observed_and_predicted_are_counted_by_group() -> None:
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.2, 0.5, 0.3], [0.0, 0.1, 0.9]])
    about = pd.DataFrame({"sex": ["F", "F", "M", "F"], "age_years": [55.0, 66.0, 71.0, 82.0]})
    table = PredictionTable.of(p, np.array([0, 2, 1, 2]), about)
    groups = {(g.dimension, g.name): g for g in observed_against_predicted(table)}
    everyone = groups["all", "everyone"]
    assert everyone.observed == (1, 1, 2)
    np.testing.assert_allclose(everyone.predicted, p.sum(axis=0))
    assert groups["sex", "women"].observed == (1, 0, 2)
    assert sum(g.patients for (d, _), g in groups.items() if d == "age") == 4
    for group in groups.values():
        for low, k, high in zip(group.low, group.observed, group.high, strict=True):
            assert -1e-9 <= low - 1e-9 <= k / group.patients <= high + 1e-9 <= 1 + 1e-8
