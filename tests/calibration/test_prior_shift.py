"""The vectors are those of the clinical fact sheet, computed apart from this code."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.calibration.prior_shift import (
    operating_point,
    predictive_values,
    shift_prior,
)
from face2bone.errors import PatientError

UNIFORM = (1 / 3, 1 / 3, 1 / 3)
REFERRED = (0.2, 0.45, 0.35)


@pytest.mark.parametrize(
    ("p", "source", "target", "expected"),
    [
        # China, men of 50 and over
        ((0.1, 0.3, 0.6), UNIFORM, (0.462, 0.469, 0.069), (0.2024, 0.6163, 0.1813)),
        # China, women of 50 and over
        ((0.1, 0.3, 0.6), UNIFORM, (0.220, 0.459, 0.321), (0.0624, 0.3909, 0.5467)),
        # US, women of 60 to 69
        ((0.1, 0.3, 0.6), UNIFORM, (0.343, 0.534, 0.123), (0.1278, 0.5971, 0.2751)),
        # a referral clinic's model among US men
        ((0.05, 0.25, 0.70), REFERRED, (0.621, 0.335, 0.044), (0.3616, 0.4335, 0.2050)),
    ],
)
def test_published_vectors(
    p: tuple[float, ...],
    source: tuple[float, ...],
    target: tuple[float, ...],
    expected: tuple[float, ...],
) -> None:
    assert shift_prior(p, source, target) == pytest.approx(expected, abs=5e-5)


shares = st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3).map(lambda v: np.array(v) / sum(v))


@given(shares, shares)
@settings(max_examples=200)
def test_the_same_base_rates_change_nothing(p: np.ndarray, prior: np.ndarray) -> None:
    assert shift_prior(p, prior, prior) == pytest.approx(p)


@given(shares, shares, shares, shares)
@settings(max_examples=200)
def test_steps_compose_and_can_be_undone(
    p: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray
) -> None:
    there = shift_prior(p, a, b)
    assert there.sum() == pytest.approx(1.0)
    assert shift_prior(there, b, c) == pytest.approx(shift_prior(p, a, c))
    assert shift_prior(there, b, a) == pytest.approx(p)


def test_it_is_bayes_rule_on_a_population_that_can_be_counted() -> None:
    """x takes four values; the posterior under both priors is a ratio of counts."""
    likelihood = np.array([[0.5, 0.3, 0.15, 0.05], [0.2, 0.3, 0.3, 0.2], [0.05, 0.15, 0.3, 0.5]])
    source, target = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])

    def posterior(prior: np.ndarray) -> np.ndarray:
        joint = (prior[:, None] * likelihood).T
        return np.asarray(joint / joint.sum(axis=1, keepdims=True))

    assert shift_prior(posterior(source), source, target) == pytest.approx(posterior(target))


@pytest.mark.parametrize(
    ("sensitivity", "specificity", "prevalence", "positive", "negative", "tolerance"),
    [
        (0.93, 0.59, 0.048, 0.1026, 0.9941, 5e-5),  # MORES, published as .10 and .99
        (0.80, 0.70, 0.043, 0.107, 0.987, 5e-4),  # published as .11 and .99
        (0.93, 0.95, 0.044, 0.461, 0.997, 5e-4),
        (0.93, 0.95, 0.069, 0.580, 0.995, 5e-4),
        (0.93, 0.95, 0.126, 0.728, 0.990, 6e-4),
        (0.93, 0.95, 0.196, 0.819, 0.982, 5e-4),
        (0.93, 0.95, 0.321, 0.898, 0.966, 6e-4),
        (0.93, 0.95, 0.35, 0.909, 0.962, 6e-4),
    ],
)
def test_predictive_value_vectors(
    sensitivity: float,
    specificity: float,
    prevalence: float,
    positive: float,
    negative: float,
    tolerance: float,
) -> None:
    found = predictive_values(sensitivity, specificity, prevalence)
    assert found.positive == pytest.approx(positive, abs=tolerance)
    assert found.negative == pytest.approx(negative, abs=tolerance)


def test_nobody_positive_has_no_predictive_value() -> None:
    assert math.isnan(predictive_values(0.0, 1.0, 0.3).positive)
    assert predictive_values(0.0, 1.0, 0.3).negative == pytest.approx(0.7)


def test_operating_point_of_hand_counted_patients() -> None:
    sensitivity, specificity = operating_point([[40, 9, 1], [10, 25, 5], [0, 2, 8]])
    assert sensitivity == pytest.approx(8 / 10)
    assert specificity == pytest.approx(84 / 90)
    assert math.isnan(operating_point([[5, 0, 0], [0, 5, 0], [0, 0, 0]])[0])


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ((0.5, 0.5, 0.0), UNIFORM, "nobody of one class"),
        (UNIFORM, (0.5, 0.4, 0.3), "add up"),
        (UNIFORM, (0.5, 0.6, -0.1), "negative"),
        (UNIFORM, (0.5, 0.5), "3 shares"),
        (UNIFORM, (0.5, float("nan"), 0.5), "3 shares"),
    ],
)
def test_shares_that_are_no_base_rates_are_refused(
    source: tuple[float, ...], target: tuple[float, ...], words: str
) -> None:
    with pytest.raises(PatientError, match=words):
        shift_prior((0.2, 0.3, 0.5), source, target)


def test_base_rates_that_exclude_the_result_are_refused() -> None:
    with pytest.raises(PatientError, match="above zero"):
        shift_prior((0.0, 0.0, 1.0), UNIFORM, (0.5, 0.5, 0.0))


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_shares_outside_0_and_1_are_refused(value: float) -> None:
    with pytest.raises(PatientError, match="between 0 and 1"):
        predictive_values(0.9, 0.9, value)
