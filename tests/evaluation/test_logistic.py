"""One-column logistic fits against statsmodels, wherever probabilities are extreme."""

import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from face2bone.evaluation.bootstrap import unit_weights
from face2bone.evaluation.logistic import logistic_intercept, logistic_slope

SPREADS = [0.1, 1.0, 5.0, 14.0]


def column(n: int, spread: float, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Values and outcomes that have nothing to do with them: as over-confident as can be."""
    rng = np.random.default_rng(seed)
    return rng.normal(0.0, spread, n), rng.random(n) < share


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_slope_and_intercept_equal_statsmodels(spread: float, share: float) -> None:
    x, happened = column(120, spread, share, seed=3)
    one = unit_weights(120)
    both = sm.GLM(happened * 1.0, sm.add_constant(x), sm.families.Binomial()).fit(maxiter=200)
    assert logistic_slope(x, happened, one)[0] == pytest.approx(both.params[1], abs=1e-6)
    a = logistic_intercept(x, happened, one)[0]
    assert expit(a + x).sum() == pytest.approx(happened.sum(), abs=1e-4)


@pytest.mark.parametrize("spread", SPREADS)
def test_every_resample_is_its_own_fit(spread: float) -> None:
    x, happened = column(40, spread, 0.4, seed=5)
    weights = np.random.default_rng(6).multinomial(40, np.full(40, 1 / 40), 6).astype(float)
    together = logistic_slope(x, happened, weights), logistic_intercept(x, happened, weights)
    for row, slope, shift in zip(weights, *together, strict=True):
        assert logistic_slope(x, happened, row[None])[0] == pytest.approx(slope, abs=1e-7)
        assert logistic_intercept(x, happened, row[None])[0] == pytest.approx(shift, abs=1e-7)


@given(
    st.lists(st.tuples(st.sampled_from([-13.8, -2.0, -0.5, 0.0, 0.5, 2.0, 13.8]), st.booleans()))
)
def test_a_slope_exists_exactly_where_the_outcomes_overlap(rows: list[tuple[float, bool]]) -> None:
    x = np.array([value for value, _ in rows])
    happened = np.array([yes for _, yes in rows], bool)
    events, others = x[happened], x[~happened]
    overlap = (
        min(len(events), len(others)) > 0
        and events.max() > others.min()
        and others.max() > events.min()
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        slope = logistic_slope(x, happened, unit_weights(len(x)))[0]
        shift = logistic_intercept(x, happened, unit_weights(len(x)))[0]
    assert np.isfinite(slope) == overlap
    assert np.isfinite(shift) == (0 < happened.sum() < len(happened))


def test_values_that_differ_only_by_rounding_are_one_value() -> None:
    near = 0.1 + 0.2
    x = np.array([-1.0, 0.3, near, 1.0])
    happened = np.array([False, True, False, True])
    assert near > 0.3
    assert np.isnan(logistic_slope(x, happened, unit_weights(4))[0])


def test_resamples_without_an_answer_do_not_disturb_the_others() -> None:
    x = np.array([-1.0, 1.0, 0.0, 0.5])
    happened = np.array([False, False, True, True])
    weights = np.array([[1.0, 0, 1, 0], [1, 1, 1, 1], [1, 1, 0, 0]])
    slopes, shifts = logistic_slope(x, happened, weights), logistic_intercept(x, happened, weights)
    assert np.isfinite(slopes).tolist() == [False, True, False]
    assert np.isfinite(shifts).tolist() == [True, True, False]
