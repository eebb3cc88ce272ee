from collections.abc import Callable, Iterator
from dataclasses import asdict

import numpy as np
import pytest

from face2bone.calibration.calibrators import (
    CALIBRATORS,
    Calibrator,
    Method,
    calibrated,
    fit,
    is_for,
    log_scores,
)
from face2bone.calibration.reliability import log_losses
from face2bone.calibration.temperature import Temperature
from face2bone.errors import TrainingError

Honest = Callable[[int, int], tuple[np.ndarray, np.ndarray]]


def test_without_a_step_it_is_the_softmax() -> None:
    z = np.random.default_rng(1).normal(size=(4, 3))
    assert calibrated(z) == pytest.approx(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))


def test_leading_shape_is_kept() -> None:
    for method in CALIBRATORS:
        step = fit(method, np.random.default_rng(2).normal(size=(40, 3)), np.arange(40) % 3)
        assert calibrated(np.zeros((2, 5, 3), dtype=np.float32), step).shape == (2, 5, 3)
        assert calibrated(np.zeros(3), step).shape == (3,)


@pytest.mark.parametrize("method", CALIBRATORS)
def test_logits_and_their_log_probabilities_are_calibrated_alike(
    method: Method, honest: Honest
) -> None:
    logits, labels = honest(300, 3)
    from_logits = fit(method, logits, labels)
    log_p = log_scores(calibrated(logits))
    assert calibrated(log_p, from_logits) == pytest.approx(
        calibrated(logits, from_logits), abs=1e-4
    )


def test_steps_follow_one_another() -> None:
    z = np.random.default_rng(4).normal(size=(6, 3))
    once = calibrated(z, Temperature(2.0), Temperature(3.0))
    assert once == pytest.approx(calibrated(z, Temperature(6.0)))


def test_methods_stand_from_the_simplest_to_the_richest() -> None:
    assert [c.parameters(3) for c in CALIBRATORS.values()] == [1, 2, 3, 5]
    for method, kind in CALIBRATORS.items():
        assert kind.__dataclass_fields__["method"].default == method


@pytest.mark.parametrize("method", CALIBRATORS)
def test_honest_probabilities_stay_as_they_are(method: Method, honest: Honest) -> None:
    logits, labels = honest(20_000, 5)
    found = calibrated(logits, fit(method, logits, labels))
    assert found == pytest.approx(calibrated(logits), abs=0.03)


def test_a_stored_zero_is_less_than_a_millionth() -> None:
    scores = log_scores([[1.0, 0.0, 0.0]])
    assert scores[0].tolist() == pytest.approx([0.0, np.log(1e-6), np.log(1e-6)])
    with pytest.raises(TrainingError, match="sum to 1"):
        log_scores([[0.5, 0.2, 0.2]])


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("method", CALIBRATORS)
def test_any_number_of_classes_is_calibrated(method: Method, classes: int) -> None:
    rng = np.random.default_rng(classes)
    honest = rng.normal(0.0, 1.5, (2_000, classes))
    p = calibrated(honest)
    labels = np.minimum((rng.random((2_000, 1)) > p.cumsum(axis=1)).sum(axis=1), classes - 1)
    spoiled = 3.0 * honest
    step = fit(method, spoiled, labels)
    assert is_for(step, classes)
    assert is_for(step, classes + 1) == (method == "temperature")
    after = log_losses(calibrated(spoiled, step), labels).mean()
    assert after <= log_losses(calibrated(spoiled), labels).mean()
    assert CALIBRATORS[method].parameters(classes) == len(np.ravel(list(numbers(step))))


def numbers(step: Calibrator) -> Iterator[float]:
    """What was estimated: one of the shifts per class is fixed by the others."""
    for name, value in asdict(step).items():
        if name != "method":
            yield from np.ravel(value)[1:] if name == "shifts" else np.ravel(value)
