from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from face2bone.calibration import calibrated, log_losses
from face2bone.calibration.ordinal import Ordinal, cumulative_logits
from face2bone.errors import TrainingError

Honest = Callable[[int, int], tuple[np.ndarray, np.ndarray]]


def test_cumulative_logits_are_those_of_the_two_cuts() -> None:
    p = np.array([[0.5, 0.3, 0.2]])
    expected = [np.log(0.5 / 0.5), np.log(0.2 / 0.8)]
    assert cumulative_logits(np.log(p))[0] == pytest.approx(expected)


def test_slope_one_and_no_intercept_change_nothing() -> None:
    scores = np.random.default_rng(9).normal(0, 3, (50, 3))
    found = calibrated(scores, Ordinal(1.0, (0.0, 0.0)))
    assert found == pytest.approx(calibrated(scores), abs=1e-9)


def test_recovers_slope_and_intercepts_that_spoiled_honest_probabilities(honest: Honest) -> None:
    logits, labels = honest(30_000, 10)
    q = (cumulative_logits(logits) - np.array([0.8, 0.2])) / 2.0
    first, second = (1 / (1 + np.exp(-q))).T
    spoiled = np.log(np.stack([1 - first, first - second, second], axis=1))
    fitted = Ordinal.fit(spoiled, labels)
    assert fitted.slope == pytest.approx(2.0, rel=0.05)
    assert fitted.intercepts == pytest.approx((0.8, 0.2), abs=0.08)


def test_undoes_a_shift_of_both_cuts(honest: Honest) -> None:
    logits, labels = honest(30_000, 11)
    spoiled = Ordinal(2.0, (-0.5, -0.5)).logits(logits)
    fitted = Ordinal.fit(spoiled, labels)
    assert fitted.slope == pytest.approx(0.5, rel=0.05)
    assert fitted.intercepts == pytest.approx((0.25, 0.25), abs=0.06)


def test_the_fit_is_a_stationary_point_of_the_posterior(honest: Honest) -> None:
    logits, labels = honest(300, 12)
    spoiled = logits + np.log([1.0, 0.3, 1.0])

    def posterior(x: np.ndarray) -> float:
        loss = log_losses(calibrated(spoiled, Ordinal(x[0], (x[1], x[2]))), labels).sum()
        return float(loss + (x[1:] ** 2).sum() / (2 * 2.0**2))

    fitted = Ordinal.fit(spoiled, labels)
    x = np.array([fitted.slope, *fitted.intercepts])
    assert approx_fprime(x, posterior, 1e-6) == pytest.approx(np.zeros(3), abs=0.05)


@pytest.mark.slow
@given(
    st.lists(st.floats(-30, 30), min_size=3, max_size=3),
    st.floats(0.05, 20.0),
    st.floats(-5, 5),
    st.floats(0, 5),
)
@settings(max_examples=300)
def test_is_a_distribution_whose_cuts_never_cross(
    scores: list[float], slope: float, lower: float, gap: float
) -> None:
    p = calibrated(scores, Ordinal(slope, (lower + gap, lower)))
    assert np.isfinite(p).all()
    assert p.sum() == pytest.approx(1.0)
    assert p.min() >= 0


def test_a_class_nobody_has_leaves_every_number_finite() -> None:
    scores = np.random.default_rng(13).normal(size=(30, 3))
    for labels in (np.arange(30) % 2, np.arange(30) % 2 + 1, 2 * (np.arange(30) % 2)):
        assert np.isfinite(calibrated(scores, Ordinal.fit(scores, labels))).all()


@pytest.mark.parametrize(
    ("slope", "intercepts"),
    [(0.0, (0.0, 0.0)), (1.0, (0.0, 0.1)), (1.0, (float("nan"), 0.0)), (float("inf"), (0.0, 0.0))],
)
def test_cuts_that_would_cross_are_refused(slope: float, intercepts: tuple[float, float]) -> None:
    with pytest.raises(TrainingError):
        Ordinal(slope, intercepts)


@pytest.mark.parametrize("classes", [2, 4, 6])
def test_any_number_of_classes_is_fitted_to_a_stationary_point(classes: int) -> None:
    rng = np.random.default_rng(classes)
    labels = rng.integers(0, classes, 240)
    severity = labels + rng.normal(0.0, 1.5, len(labels))
    scores = -((severity[:, None] - np.arange(classes)) ** 2) / 2

    def posterior(x: np.ndarray) -> float:
        loss = log_losses(calibrated(scores, Ordinal(x[0], tuple(x[1:]))), labels).sum()
        return float(loss + (x[1:] ** 2).sum() / (2 * 2.0**2))

    fitted = Ordinal.fit(scores, labels)
    assert len(fitted.intercepts) == classes - 1
    x = np.array([fitted.slope, *fitted.intercepts])
    assert approx_fprime(x, posterior, 1e-6) == pytest.approx(np.zeros(classes), abs=0.1)


def test_of_two_classes_it_is_platt_scaling() -> None:
    scores = np.array([[0.0, 2.0], [0.0, -1.0], [3.0, 0.5]])
    q = scores[:, 1] - scores[:, 0]
    p = calibrated(scores, Ordinal(0.5, (0.25,)))
    assert p[:, 1] == pytest.approx(1 / (1 + np.exp(-(0.5 * q + 0.25))))
