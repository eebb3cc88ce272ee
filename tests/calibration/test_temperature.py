import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import log_loss

from face2bone.calibration.temperature import (
    TEMPERATURE_RANGE,
    calibrated,
    fit_temperature,
    negative_log_likelihood,
)
from face2bone.errors import TrainingError


def honest_cohort(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits (n, 3) whose softmax is the true distribution of the labels."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0.0, 2.0, (n, 3))
    labels = (rng.random((n, 1)) > calibrated(logits, 1.0).cumsum(axis=1)).sum(axis=1)
    return logits, np.minimum(labels, 2)


@pytest.mark.parametrize("true_temperature", [0.4, 1.0, 2.5])
def test_recovers_the_temperature_that_spoiled_honest_logits(true_temperature: float) -> None:
    logits, labels = honest_cohort(20_000, seed=1)
    fitted = fit_temperature(logits * true_temperature, labels)
    assert fitted == pytest.approx(true_temperature, rel=0.05)


def test_is_the_minimum_over_a_grid() -> None:
    logits, labels = honest_cohort(150, seed=2)
    logits = logits * 1.7
    fitted = fit_temperature(logits, labels)
    best = negative_log_likelihood(logits, labels, fitted)
    grid = [negative_log_likelihood(logits, labels, t) for t in np.geomspace(0.05, 20.0, 2000)]
    assert best <= min(grid) + 1e-9


def test_negative_log_likelihood_equals_scikit_learn() -> None:
    logits, labels = honest_cohort(500, seed=3)
    expected = log_loss(labels, calibrated(logits, 1.3), labels=[0, 1, 2])
    assert negative_log_likelihood(logits, labels, 1.3) == pytest.approx(expected, rel=1e-12)


def test_a_separated_split_stays_at_the_lower_bound() -> None:
    labels = np.array([0, 1, 2] * 5)
    assert fit_temperature(np.eye(3)[labels], labels) == pytest.approx(
        TEMPERATURE_RANGE[0], rel=1e-3
    )


def test_always_wrong_logits_stay_at_the_upper_bound() -> None:
    labels = np.array([0, 1, 2] * 5)
    assert fit_temperature(np.eye(3)[(labels + 1) % 3], labels) == pytest.approx(
        TEMPERATURE_RANGE[1], rel=1e-3
    )


@given(
    st.lists(st.floats(-800, 800, allow_nan=False), min_size=3, max_size=3),
    st.floats(*TEMPERATURE_RANGE),
)
@settings(max_examples=200, deadline=None)
def test_calibrated_is_a_distribution_that_keeps_the_order(
    logits: list[float], temperature: float
) -> None:
    p = calibrated(logits, temperature)
    assert p.sum() == pytest.approx(1.0)
    assert np.isfinite(p).all()
    assert p[int(np.argmax(logits))] == p.max()


def test_calibrated_keeps_leading_shape() -> None:
    assert calibrated(np.zeros((2, 5, 3), dtype=np.float32), 1.0).shape == (2, 5, 3)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_temperature_that_is_not_positive_is_refused(temperature: float) -> None:
    with pytest.raises(TrainingError, match="not positive"):
        calibrated([0.0, 0.0, 0.0], temperature)
