from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.calibration import calibrated, log_losses
from face2bone.calibration.temperature import TEMPERATURE_RANGE, Temperature
from face2bone.errors import TrainingError

Honest = Callable[[int, int], tuple[np.ndarray, np.ndarray]]


@pytest.mark.parametrize("true_temperature", [0.4, 1.0, 2.5])
def test_recovers_the_temperature_that_spoiled_honest_logits(
    true_temperature: float, honest: Honest
) -> None:
    logits, labels = honest(20_000, 1)
    fitted = Temperature.fit(logits * true_temperature, labels)
    assert fitted.temperature == pytest.approx(true_temperature, rel=0.05)


def test_is_the_minimum_over_a_grid(honest: Honest) -> None:
    logits, labels = honest(150, 2)
    logits = logits * 1.7

    def loss(t: float) -> float:
        return float(log_losses(calibrated(logits, Temperature(t)), labels).mean())

    best = loss(Temperature.fit(logits, labels).temperature)
    assert best <= min(loss(float(t)) for t in np.geomspace(0.05, 20.0, 2000)) + 1e-9


def test_a_separated_split_stays_at_the_lower_bound() -> None:
    labels = np.array([0, 1, 2] * 5)
    fitted = Temperature.fit(np.eye(3)[labels], labels)
    assert fitted.temperature == pytest.approx(TEMPERATURE_RANGE[0], rel=1e-3)


def test_always_wrong_logits_stay_at_the_upper_bound() -> None:
    labels = np.array([0, 1, 2] * 5)
    fitted = Temperature.fit(np.eye(3)[(labels + 1) % 3], labels)
    assert fitted.temperature == pytest.approx(TEMPERATURE_RANGE[1], rel=1e-3)


@given(
    st.lists(st.floats(-800, 800, allow_nan=False), min_size=3, max_size=3),
    st.floats(*TEMPERATURE_RANGE),
)
@settings(max_examples=200)
def test_keeps_the_order_of_the_classes(logits: list[float], temperature: float) -> None:
    p = calibrated(logits, Temperature(temperature))
    assert p.sum() == pytest.approx(1.0)
    assert np.isfinite(p).all()
    assert p[int(np.argmax(logits))] == p.max()


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_a_temperature_that_is_not_positive_is_refused(temperature: float) -> None:
    with pytest.raises(TrainingError, match="not positive"):
        Temperature(temperature)
