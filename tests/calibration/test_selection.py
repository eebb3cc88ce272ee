from collections.abc import Callable

import numpy as np
import pytest

from face2bone.calibration.calibrators import CALIBRATORS, calibrated, fit
from face2bone.calibration.selection import (
    FOLDS,
    choose,
    cross_fitted,
    folds,
    simplest_not_worse,
)
from face2bone.errors import TrainingError

Honest = Callable[[int, int], tuple[np.ndarray, np.ndarray]]


def test_an_overconfident_network_needs_one_temperature(honest: Honest) -> None:
    logits, labels = honest(1_500, 1)
    choice = choose(2.5 * logits, labels)
    assert choice.method == "temperature"
    assert choice.calibrator == fit("temperature", 2.5 * logits, labels)
    assert set(choice.scores) == {"temperature", "ordinal", "vector"}


def test_a_wrong_base_rate_asks_for_more_than_a_temperature(honest: Honest) -> None:
    logits, labels = honest(1_500, 2)
    choice = choose(logits - np.log([4.0, 1.0, 0.25]), labels, tuple(CALIBRATORS))
    assert choice.method == "intercept"
    assert choice.scores["intercept"] < choice.scores["temperature"]


def test_a_simpler_method_wins_unless_it_is_worse_by_more_than_an_error() -> None:
    rng = np.random.default_rng(3)
    base = rng.random(400)
    noise = rng.normal(0.0, 0.1, 400)
    noise -= noise.mean()
    close, far = base + 0.004 + noise, base + 0.02 + noise  # the error of the mean is 0.005
    assert simplest_not_worse({"vector": base, "temperature": close}) == "temperature"
    assert simplest_not_worse({"vector": base, "temperature": far}) == "vector"
    assert simplest_not_worse({"vector": base}) == "vector"


def test_a_patient_is_scored_by_a_map_that_has_not_seen_them(honest: Honest) -> None:
    logits, labels = honest(60, 4)
    fold = folds(labels, 0)
    found = cross_fitted("vector", logits, labels, fold)
    others = fold != fold[7]
    step = fit("vector", logits[others], labels[others])
    assert found[7] == pytest.approx(calibrated(logits[7], step))


def test_folds_are_even_and_hold_every_class_evenly() -> None:
    labels = np.repeat([0, 1, 2], [50, 30, 11])
    fold = folds(labels, 5)
    counts = np.array([np.bincount(labels[fold == k], minlength=3) for k in range(FOLDS)])
    assert (np.ptp(counts, axis=0) <= 1).all()
    assert np.ptp(counts.sum(axis=1)) <= 1
    assert (folds(labels, 5) == fold).all()
    assert (folds(labels, 6) != fold).any()


def test_fewer_patients_than_folds_are_refused() -> None:
    with pytest.raises(TrainingError, match="cannot be split"):
        folds(np.array([0, 1, 2, 0]), 0)
