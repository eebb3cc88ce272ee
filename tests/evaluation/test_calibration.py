from random import Random

import numpy as np
import pytest
import statsmodels.api as sm
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from torchmetrics.functional import classification as tm

from face2bone.calibration import expected_calibration_error
from face2bone.evaluation import calibration as cal
from face2bone.evaluation.bootstrap import unit_weights
from face2bone.evaluation.curves import ReliabilityPoint, reliability_curves
from face2bone.evaluation.ranking import auc, roc_curve
from face2bone.evaluation.table import PredictionTable


def predictions(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    p = np.exp(rng.normal(0.0, 1.0, (n, 3)) + 1.5 * np.eye(3)[y])
    return p / p.sum(axis=1, keepdims=True), y


def risks(n: int, seed: int, slope: float = 0.7, shift: float = 0.4) -> tuple[np.ndarray, ...]:
    """Stated risks whose true logit is shift + slope * logit."""
    rng = np.random.default_rng(seed)
    x = rng.normal(-0.5, 1.2, n)
    return expit(x), rng.random(n) < expit(shift + slope * x)


def test_top_label_error_equals_the_reliability_table_and_torchmetrics() -> None:
    p, y = predictions(500, 1)
    found = cal.top_label_error(p, y, unit_weights(500))[0]
    assert found == pytest.approx(expected_calibration_error(p, y))
    theirs = tm.multiclass_calibration_error(torch.tensor(p), torch.tensor(y), 3, n_bins=15)
    assert found == pytest.approx(float(theirs), abs=1e-6)


def test_classwise_error_is_the_mean_of_three_binary_ones() -> None:
    p, y = predictions(500, 2)
    theirs = [
        float(tm.binary_calibration_error(torch.tensor(p[:, k]), torch.tensor(y == k), n_bins=15))
        for k in range(3)
    ]
    found = cal.classwise_error(p, y, unit_weights(500))[0]
    assert found == pytest.approx(np.mean(theirs), abs=1e-6)


def test_hand_computed_binned_error() -> None:
    stated, happened = np.array([0.9, 0.9, 0.1, 0.1]), np.array([True, False, False, False])
    assert cal.binned_error(stated, happened, unit_weights(4))[0] == pytest.approx(0.25)
    twice = np.array([[2.0, 1, 1, 0]])  # the first patient twice, the last not at all
    assert cal.binned_error(stated, happened, twice)[0] == pytest.approx(0.8 / 4)


def test_the_classwise_floor_is_what_calibrated_models_show() -> None:
    p, _ = predictions(200, 3)
    rng = np.random.default_rng(4)
    shown = []
    for _ in range(300):
        y = (rng.random((200, 1)) > p.cumsum(axis=1)[:, :-1]).sum(axis=1)
        shown.append(cal.classwise_error(p, y, unit_weights(200))[0])
    floor = cal.classwise_floor(p, draws=2_000)
    assert floor.mean == pytest.approx(np.mean(shown), rel=0.03)
    assert floor.p95 == pytest.approx(np.quantile(shown, 0.95), rel=0.06)
    assert cal.classwise_floor(p, draws=50) == cal.classwise_floor(p, draws=50)


@pytest.mark.parametrize("seed", range(3))
def test_slope_and_intercept_equal_statsmodels(seed: int) -> None:
    stated, happened = risks(400, seed)
    x, one = logit(stated), unit_weights(400)
    both = sm.GLM(happened.astype(float), sm.add_constant(x), sm.families.Binomial()).fit()
    assert cal.calibration_slope(stated, happened, one)[0] == pytest.approx(both.params[1])
    offset = sm.GLM(happened.astype(float), np.ones(400), sm.families.Binomial(), offset=x).fit()
    found = cal.calibration_intercept(stated, happened, one)[0]
    assert found == pytest.approx(offset.params[0])


def test_resampled_slopes_equal_fits_to_the_repeated_patients() -> None:
    stated, happened = risks(150, 5)
    weights = np.random.default_rng(6).integers(0, 3, (4, 150)).astype(float)
    for row, slope, shift in zip(
        weights,
        cal.calibration_slope(stated, happened, weights),
        cal.calibration_intercept(stated, happened, weights),
        strict=True,
    ):
        times, one = row.astype(int), unit_weights(int(row.sum()))
        again = stated.repeat(times), happened.repeat(times), one
        assert slope == pytest.approx(cal.calibration_slope(*again)[0])
        assert shift == pytest.approx(cal.calibration_intercept(*again)[0])


def test_a_large_sample_recovers_what_was_planted() -> None:
    stated, happened = risks(60_000, 7)
    assert cal.calibration_slope(stated, happened, unit_weights(60_000))[0] == pytest.approx(
        0.7, abs=0.03
    )


def test_an_over_confident_model_has_a_slope() -> None:
    """Newton's method without damping runs away from it; statsmodels gives .1377."""
    stated = np.repeat([0.05, 0.95], 10)
    happened = np.repeat([0, 1, 0, 1], [6, 4, 4, 6]).astype(bool)
    design = sm.add_constant(logit(stated))
    theirs = sm.GLM(happened * 1.0, design, sm.families.Binomial()).fit().params[1]
    found = cal.calibration_slope(stated, happened, unit_weights(20))[0]
    assert found == pytest.approx(theirs)
    assert found == pytest.approx(0.1377, abs=5e-5)


def test_an_over_confident_model_has_an_intercept() -> None:
    happened = np.arange(20) < 10
    found = cal.calibration_intercept(np.full(20, 1e-6), happened, unit_weights(20))[0]
    assert found == pytest.approx(-logit(1e-6))


def test_one_outcome_or_a_perfect_split_has_no_slope() -> None:
    stated, one = np.linspace(0.1, 0.9, 20), unit_weights(20)
    for happened in (np.zeros(20, bool), np.ones(20, bool), stated > 0.5):
        assert np.isnan(cal.calibration_slope(stated, happened, one)[0])
    assert np.isnan(cal.calibration_intercept(stated, np.zeros(20, bool), one)[0])


def test_hosmer_lemeshow_by_hand() -> None:
    stated = np.repeat(np.linspace(0.05, 0.95, 10), 10)
    happened = np.tile(np.arange(10), 10) < np.repeat(np.rint(np.linspace(0.05, 0.95, 10) * 10), 10)
    expected = sum(
        (happened[i : i + 10].sum() - 10 * p) ** 2 / (10 * p * (1 - p))
        for i, p in zip(range(0, 100, 10), np.linspace(0.05, 0.95, 10), strict=True)
    )
    found = cal.hosmer_lemeshow("osteoporosis", stated, happened)
    assert found.statistic == pytest.approx(expected)
    assert found.degrees_of_freedom == 10
    assert cal.hosmer_lemeshow("osteoporosis", np.zeros(30), np.zeros(30, bool)).p_value is None
    assert cal.hosmer_lemeshow("osteoporosis", stated[:5], happened[:5]).statistic is None


@given(
    st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.35, 0.5, 0.9]), st.booleans()), min_size=10),
    st.randoms(use_true_random=False),
)
def test_no_binned_figure_depends_on_the_order_of_the_rows(
    rows: list[tuple[float, bool]], shuffle: Random
) -> None:
    shuffled = rows.copy()
    shuffle.shuffle(shuffled)
    found = []
    for table in (rows, shuffled):
        stated, happened = np.array([p for p, _ in table]), np.array([yes for _, yes in table])
        p = np.column_stack([1 - stated, stated / 2, stated / 2])
        found.append(
            (
                cal.hosmer_lemeshow("x", stated, happened),
                cal.binned_error(stated, happened, unit_weights(len(table))).round(12).tolist(),
                np.nan_to_num(auc(stated, happened, unit_weights(len(table)))).tolist(),
                roc_curve("x", stated, happened),
                [(point.count, point.happened) for point in reliability_points(p, happened)],
            )
        )
    assert found[0] == found[1]


def reliability_points(p: np.ndarray, happened: np.ndarray) -> tuple[ReliabilityPoint, ...]:
    return reliability_curves(PredictionTable.of(p, np.where(happened, 2, 0)))[-1].points


def test_patients_of_one_risk_share_a_group() -> None:
    """Five risks of six patients each: five groups of six, whoever stands first."""
    stated = np.repeat([0.1, 0.3, 0.5, 0.7, 0.9], 6)
    happened = np.tile([True, False, False], 10)
    expected = sum((2 - 6 * p) ** 2 / (6 * p * (1 - p)) for p in (0.1, 0.3, 0.5, 0.7, 0.9))
    for order in (np.arange(30), np.lexsort([happened, stated]), np.lexsort([~happened, stated])):
        found = cal.hosmer_lemeshow("x", stated[order], happened[order])
        assert found.statistic == pytest.approx(expected)
        assert found.degrees_of_freedom == 5


def test_without_ties_the_groups_are_ten_equal_slices() -> None:
    rng = np.random.default_rng(9)
    stated = np.sort(rng.uniform(0.05, 0.95, 57))
    happened = rng.random(57) < stated
    expected = 0.0
    for group in np.array_split(np.arange(57), 10):
        e, n = stated[group].sum(), len(group)
        expected += (happened[group].sum() - e) ** 2 / (e * (1 - e / n))
    found = cal.hosmer_lemeshow("x", stated, happened)
    assert (found.statistic, found.degrees_of_freedom) == (pytest.approx(expected), 10)


def test_hosmer_lemeshow_rejects_calibrated_models_one_time_in_twenty() -> None:
    rng = np.random.default_rng(8)
    stated = expit(rng.normal(0, 1, 500))
    tests = (cal.hosmer_lemeshow("x", stated, rng.random(500) < stated) for _ in range(1_000))
    rejected = sum(test.p_value < 0.05 for test in tests if test.p_value is not None)
    assert 25 <= rejected <= 80  # 5% of 1,000, and the approximation of chi-square by ten groups
