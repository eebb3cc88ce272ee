import numpy as np
import pytest

from face2bone.errors import EvaluationError
from face2bone.evaluation.bootstrap import (
    Estimate,
    estimates,
    interval,
    patient_weights,
    unit_weights,
)


def test_a_resample_draws_as_many_patients_and_all_their_photos() -> None:
    patients = np.array([0, 0, 0, 1, 2, 2])
    weights = np.concatenate(list(patient_weights(patients, 500, seed=1)))
    assert weights.shape == (500, 6)
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 4] == weights[:, 5]).all()
    assert (weights[:, [0, 3, 4]].sum(axis=1) == 3).all()
    assert weights.mean(axis=0) == pytest.approx(1.0, abs=0.15)


def test_blocks_are_one_stream_whatever_their_size() -> None:
    patients = np.arange(3_000)
    blocks = list(patient_weights(patients, 700, seed=2))
    assert len(blocks) > 1
    again = np.concatenate(list(patient_weights(patients, 700, seed=2)))
    assert (np.concatenate(blocks) == again).all()


def test_the_interval_of_a_mean_is_the_textbooks() -> None:
    values = np.random.default_rng(3).normal(2.0, 1.5, 400)

    def mean(weights: np.ndarray) -> dict[str, np.ndarray]:
        return {"mean": weights @ values / weights.sum(axis=1)}

    found = estimates(mean, np.arange(400), resamples=4_000)["mean"]
    assert found.value == pytest.approx(values.mean(), abs=1e-6)
    assert found.low is not None
    assert found.high is not None
    half = 1.96 * values.std() / 20
    assert found.low == pytest.approx(values.mean() - half, abs=0.012)
    assert found.high == pytest.approx(values.mean() + half, abs=0.012)


def test_two_photos_of_one_patient_are_not_two_patients() -> None:
    values = np.random.default_rng(4).normal(size=100)

    def mean(weights: np.ndarray) -> dict[str, np.ndarray]:
        return {"mean": weights @ np.repeat(values, 2) / weights.sum(axis=1)}

    def width(patients: np.ndarray) -> float:
        found = estimates(mean, patients, resamples=20_000)["mean"]
        assert found.low is not None
        assert found.high is not None
        return found.high - found.low

    honest, naive = width(np.repeat(np.arange(100), 2)), width(np.arange(200))
    assert honest / naive == pytest.approx(np.sqrt(2), rel=0.05)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    rng, covered = np.random.default_rng(5), 0
    for _ in range(150):
        hits = (rng.random(150) < 0.8).astype(float)

        def share(weights: np.ndarray, hits: np.ndarray = hits) -> dict[str, np.ndarray]:
            return {"share": weights @ hits / weights.sum(axis=1)}

        found = estimates(share, np.arange(150), resamples=300, seed=6)["share"]
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 0.8 <= found.high
    assert 134 <= covered <= 149  # 95% of 150, with room for binomial chance


def test_what_is_not_defined_has_no_value_and_what_seldom_is_no_interval() -> None:
    assert interval(float("nan"), np.ones(100)) == Estimate(None)
    mostly = np.array([0.5] * 90 + [np.nan] * 10)
    assert interval(0.5, mostly) == Estimate(0.5)
    nearly = np.array([0.5] * 96 + [np.nan] * 4)
    assert interval(0.5, nearly) == Estimate(0.5, 0.5, 0.5)


def test_no_resamples_is_refused() -> None:
    with pytest.raises(EvaluationError, match="at least one"):
        next(patient_weights(np.arange(3), 0))
    assert unit_weights(3).tolist() == [[1.0, 1.0, 1.0]]
