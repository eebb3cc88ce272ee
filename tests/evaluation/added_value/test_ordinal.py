from __future__ import annotations

import warnings

import numpy as np
import pytest

from face2bone.errors import EvaluationError
from face2bone.evaluation.added_value import ordinal
from face2bone.evaluation.added_value.ordinal import OrdinalModel, fit_ordinal


def drawn(n: int = 400, slopes: tuple[float, ...] = (0.9, -0.5, 0.0), seed: int = 1):
    """Columns and classes of a proportional odds model with cuts 1 and -1."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, len(slopes)))
    latent = x @ np.array(slopes) + rng.logistic(size=n)
    return x, (latent > -1.0).astype(np.int64) + (latent > 1.0)


def test_agrees_with_statsmodels() -> None:
    statsmodels = pytest.importorskip("statsmodels.miscmodels.ordinal_model")
    x, y = drawn()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = statsmodels.OrderedModel(y, x, distr="logit").fit(method="newton", disp=False)
    ours = fit_ordinal(x, y, np.zeros(3))
    np.testing.assert_allclose(ours.slopes, theirs.params[:3], atol=1e-4)
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)
    np.testing.assert_allclose(
        ours.probabilities(x), theirs.model.predict(theirs.params, exog=x), atol=1e-4
    )


def test_without_columns_the_probabilities_are_the_class_fractions() -> None:
    _, y = drawn()
    model = fit_ordinal(np.zeros((len(y), 0)), y, np.zeros(0))
    fractions = np.bincount(y) / len(y)
    np.testing.assert_allclose(model.probabilities(np.zeros((2, 0))), [fractions, fractions])


def test_recovers_what_was_drawn() -> None:
    x, y = drawn(n=20_000)
    model = fit_ordinal(x, y, np.zeros(3))
    np.testing.assert_allclose(model.slopes, [0.9, -0.5, 0.0], atol=0.06)
    np.testing.assert_allclose(model.cuts, [1.0, -1.0], atol=0.06)


def test_gradient_and_hessian_are_the_objectives() -> None:
    """Central differences at a point that is no optimum."""
    x, y = drawn(n=60)
    penalty = np.array([0.0, 2.0, 5.0])
    theta = np.array([0.7, -0.6, 0.2, -0.1, 0.4])
    gradient, hessian = ordinal._derivatives(theta, x, y, penalty)
    step = 1e-5
    for k, unit in enumerate(np.eye(5) * step):
        high, low = (ordinal._objective(theta + s * unit, x, y, penalty) for s in (1, -1))
        assert gradient[k] == pytest.approx((high - low) / (2 * step), abs=1e-5)
        rise, fall = (ordinal._derivatives(theta + s * unit, x, y, penalty)[0] for s in (1, -1))
        np.testing.assert_allclose(hessian[k], -(rise - fall) / (2 * step), atol=1e-4)


def test_a_ridge_shrinks_only_what_it_is_laid_on() -> None:
    x, y = drawn()
    stiff = fit_ordinal(x, y, np.array([0.0, 1e6, 1e6]))
    alone = fit_ordinal(x[:, :1], y, np.zeros(1))
    assert np.abs(stiff.slopes[1:]).max() < 1e-3
    assert stiff.slopes[0] == pytest.approx(alone.slopes[0], abs=1e-3)


def test_a_start_elsewhere_ends_at_the_same_place() -> None:
    x, y = drawn()
    start = OrdinalModel(np.array([2.0, -3.0]), np.array([1.0, 1.0, -1.0]), 0.0)
    here, there = (fit_ordinal(x, y, np.ones(3), start=s) for s in (None, start))
    np.testing.assert_allclose(here.slopes, there.slopes, atol=1e-5)


def test_probabilities_are_in_order_and_sum_to_one() -> None:
    x, y = drawn()
    p = fit_ordinal(x, y, np.zeros(3)).probabilities(50.0 * x)
    assert p.min() >= 0.0
    np.testing.assert_allclose(p.sum(axis=1), 1.0)


def test_two_columns_that_say_the_same_are_no_error() -> None:
    x, y = drawn()
    doubled = fit_ordinal(np.hstack([x, x]), y, np.zeros(6))
    once = fit_ordinal(x, y, np.zeros(3))
    np.testing.assert_allclose(doubled.slopes[:3] + doubled.slopes[3:], once.slopes, atol=1e-4)


def test_a_missing_class_is_an_error() -> None:
    x, y = drawn()
    with pytest.raises(EvaluationError, match="no patient"):
        fit_ordinal(x[y < 2], y[y < 2], np.zeros(3))


def test_a_column_that_is_the_label_gives_certain_predictions() -> None:
    _, y = drawn()
    column = y[:, None].astype(float)
    own = fit_ordinal(column, y, np.zeros(1)).probabilities(column)[np.arange(len(y)), y]
    assert own.min() > 0.999
