from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from face2bone.calibration import Temperature, calibrated, log_losses
from face2bone.calibration.affine import Intercept, Vector
from face2bone.errors import TrainingError

Honest = Callable[[int, int], tuple[np.ndarray, np.ndarray]]


def log_softmax(z: np.ndarray) -> np.ndarray:
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def test_intercept_undoes_a_change_of_base_rates(honest: Honest) -> None:
    logits, labels = honest(30_000, 3)
    wrong = logits - np.log([3.0, 1.0, 0.4])  # as if trained where the classes were rarer
    shifts = np.array(Intercept.fit(wrong, labels).shifts)
    assert shifts - shifts[1] == pytest.approx(np.log([3.0, 1.0, 0.4]), abs=0.07)
    assert shifts.sum() == pytest.approx(0.0, abs=1e-3)


def test_an_intercept_is_a_factor_on_each_probability() -> None:
    z = np.array([[0.3, -1.0, 2.0]])
    p = calibrated(z)
    weighted = p * np.exp([0.5, 0.0, -1.0])
    found = calibrated(z, Intercept((0.5, 0.0, -1.0)))
    assert found == pytest.approx(weighted / weighted.sum())


def test_mean_predicted_equals_observed_after_an_intercept(honest: Honest) -> None:
    """The likelihood equation of the shifts: calibrated in the large for every class."""
    logits, labels = honest(2_000, 4)
    p = calibrated(logits * 1.3, Intercept.fit(logits * 1.3, labels))
    assert p.mean(0) == pytest.approx(np.bincount(labels, minlength=3) / 2000, abs=1e-3)


def test_vector_recovers_what_spoiled_honest_log_probabilities(honest: Honest) -> None:
    logits, labels = honest(30_000, 5)
    scales, shifts = np.array([1.5, 1.1, 0.8]), np.array([0.4, 0.0, -0.4])
    # log-probabilities l with softmax(scales * l + shifts) = truth, up to the constant lost
    spoiled = (log_softmax(logits) - shifts) / scales
    fitted = Vector.fit(spoiled, labels)
    truth = calibrated(logits)
    assert calibrated(spoiled, fitted) == pytest.approx(truth, abs=0.03)


def test_vector_is_never_worse_on_its_own_patients_than_temperature(honest: Honest) -> None:
    logits, labels = honest(400, 6)
    richer = log_losses(calibrated(logits, Vector.fit(logits, labels)), labels).mean()
    simple = log_losses(calibrated(logits, Temperature.fit(logits, labels)), labels).mean()
    assert richer <= simple + 1e-9


@pytest.mark.parametrize("kind", [Intercept, Vector])
def test_the_fit_is_a_stationary_point_of_the_posterior(
    kind: type[Intercept | Vector], honest: Honest
) -> None:
    logits, labels = honest(200, 7)
    logits = logits * 1.8
    centre = 1.0 / Temperature.fit(logits, labels).temperature

    def posterior(x: np.ndarray) -> float:
        if kind is Intercept:
            step: Intercept | Vector = Intercept(tuple(x))
            prior = (x**2).sum() / (2 * 2.0**2)
        else:
            step = Vector(tuple(x[:3]), tuple(x[3:]))
            prior = ((x[:3] / centre - 1) ** 2).sum() / (2 * 0.5**2)
            prior += (x[3:] ** 2).sum() / (2 * 2.0**2)
        return float(log_losses(calibrated(logits, step), labels).sum() + prior)

    fitted = kind.fit(logits, labels)
    scales = fitted.scales if isinstance(fitted, Vector) else ()
    x = np.array([*scales, *fitted.shifts])
    assert approx_fprime(x, posterior, 1e-6) == pytest.approx(np.zeros(len(x)), abs=0.05)


@pytest.mark.parametrize("kind", [Intercept, Vector])
def test_a_class_nobody_has_leaves_every_number_finite(kind: type[Intercept | Vector]) -> None:
    scores = np.random.default_rng(8).normal(size=(30, 3))
    p = calibrated(scores, kind.fit(scores, np.arange(30) % 2))
    assert np.isfinite(p).all()
    assert p.min() > 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: Intercept((0.0, float("nan"), 0.0)),
        lambda: Vector((1.0, 1.0, float("inf")), (0.0, 0.0, 0.0)),
        lambda: Vector((1.0, -0.1, 1.0), (0.0, 0.0, 0.0)),
    ],
)
def test_numbers_that_are_no_calibration_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(TrainingError):
        make()
