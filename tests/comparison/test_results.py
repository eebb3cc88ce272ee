"""Differences and intervals against cases worked out by hand and by a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, roc_auc_score

from face2bone.comparison.record import FIGURES
from face2bone.comparison.results import Draws, difference, estimate, measured
from face2bone.evaluation.metrics import performance


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, 200)


def predictions(labels: np.ndarray, skill: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    scores = skill * np.eye(3)[labels] + rng.normal(size=(len(labels), 3))
    odds = np.exp(scores)
    return odds / odds.sum(axis=1, keepdims=True)


def draws_of_two_patients(first: list[float], picks: list[list[float]]) -> Draws:
    """Patient 0 drawn ``first[r]`` times out of two in resample r."""
    weights = np.array([[1.0, 1.0], *([w, 2.0 - w] for w in first)])
    return Draws(weights, np.array(picks))


def test_figures_agree_with_scikit_learn(labels: np.ndarray) -> None:
    p, draws = predictions(labels, 1.0, 1), Draws.of(np.arange(200), resamples=2)
    found = {name: values[0] for name, values in measured(p, labels, draws).items()}
    assert set(found) == set(FIGURES)
    assert found["accuracy"] == np.mean(p.argmax(1) == labels)
    auc = roc_auc_score(labels, p, multi_class="ovr")
    assert found["macro_auc"] == pytest.approx(auc)
    assert found["rps"] == pytest.approx(performance(p, labels).rps)
    assert found["osteopenia_f1"] == pytest.approx(f1_score(labels, p.argmax(1), average=None)[1])


def test_a_resample_is_the_figure_of_the_patients_drawn(labels: np.ndarray) -> None:
    p, draws = predictions(labels, 1.0, 1), Draws.of(np.arange(200), resamples=3, seed=5)
    drawn = np.repeat(np.arange(200), draws.weights[2].astype(int))
    direct = measured(p[drawn], labels[drawn], Draws.of(np.arange(200), resamples=1))
    for name, values in measured(p, labels, draws).items():
        assert values[2] == pytest.approx(direct[name][0]), name


def test_all_photos_of_a_patient_are_drawn_together() -> None:
    patients = ["a", "b", "a", "c", "b"]
    weights = Draws.of(patients, resamples=50).weights
    assert (weights[0] == 1).all()
    np.testing.assert_array_equal(weights[:, 0], weights[:, 2])
    np.testing.assert_array_equal(weights[:, 1], weights[:, 4])
    assert (weights[1:, [0, 1, 3]].sum(axis=1) == 3).all()


def test_by_hand_one_seed_two_patients() -> None:
    """One model knows patient 0, the other patient 1: the difference is weight0 - weight1 over 2.

    Resamples (2, 0), (1, 1), (0, 2) give +1, 0, -1; 95% of three equal steps is -.95 to .95.
    """
    draws = draws_of_two_patients([2.0, 1.0, 0.0], [[0.0]] * 3)
    one, other = (draws.weights[:, k] / 2 for k in (0, 1))
    found = difference({0: one}, {0: other}, draws)
    assert (found.value, found.low, found.high) == (0.0, -0.95, 0.95)


def test_by_hand_two_seeds_without_patients_chance() -> None:
    """Seeds differ by 2: their mean 1 is certain about patients, and about seeds it is not.

    Picks (0, 0), (0, 1), (1, 1) have means 0, 1, 2, stretched by sqrt 2 about 1.
    """
    draws = draws_of_two_patients([1.0, 1.0, 1.0], [[0.0, 0.4], [0.2, 0.6], [0.5, 0.9]])
    constant = np.ones(4)
    found = estimate({0: 0 * constant, 1: 2 * constant}, draws)
    assert found.value == 1.0
    assert found.low == pytest.approx(1 - 0.95 * np.sqrt(2), abs=1e-6)
    assert found.high == pytest.approx(1 + 0.95 * np.sqrt(2), abs=1e-6)


def test_seeds_alone_spread_as_the_standard_error_of_their_mean() -> None:
    """Rao and Wu's factor: the resampled mean's variance is s^2 / k, s with k - 1."""
    rng, values = np.random.default_rng(3), np.array([0.1, 0.5, 0.9])
    draws = Draws(np.ones((20_001, 1)), rng.random((20_000, 64)))
    found = estimate({k: np.full(20_001, v) for k, v in enumerate(values)}, draws)
    assert found.low is not None
    assert found.high is not None
    error = values.std(ddof=1) / np.sqrt(3)
    picked = np.sort(rng.choice(values, (20_000, 3)).mean(1) - 0.5) * np.sqrt(1.5)
    assert picked.std() == pytest.approx(error, rel=0.03)
    assert found.high - 0.5 == pytest.approx(np.quantile(picked, 0.975), abs=0.02)


def test_a_model_against_itself_differs_by_nothing(labels: np.ndarray) -> None:
    draws = Draws.of(np.arange(200), resamples=100)
    values = {s: measured(predictions(labels, 1.0, s), labels, draws)["accuracy"] for s in (0, 1)}
    found = difference(values, values, draws)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_only_shared_seeds_count(labels: np.ndarray) -> None:
    draws = Draws.of(np.arange(200), resamples=10)
    one = {s: np.full(11, float(s)) for s in (0, 1, 2)}
    found = difference(one, {2: np.zeros(11)}, draws)
    assert (found.value, found.low, found.high) == (2.0, 2.0, 2.0)


def test_pairing_tightens_a_difference(labels: np.ndarray) -> None:
    """Two models that mostly agree: the paired interval is narrower than either's own."""
    draws = Draws.of(np.arange(200), resamples=500)
    p = predictions(labels, 1.0, 1)
    q = np.where(np.arange(200)[:, None] < 10, predictions(labels, 1.0, 2), p)
    one, other = ({0: measured(x, labels, draws)["accuracy"]} for x in (p, q))
    apart, own = difference(one, other, draws), estimate(one, draws)
    assert None not in (apart.low, apart.high, own.low, own.high)
    assert apart.high - apart.low < 0.5 * (own.high - own.low)  # type: ignore[operator]


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_a_figure_lies_in_its_own_interval(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(60) % 3)
    draws = Draws.of(np.arange(60), resamples=200, seed=seed)
    values = {s: measured(predictions(labels, 0.5, seed + s), labels, draws) for s in range(3)}
    for name in ("accuracy", "rps"):
        found = estimate({s: v[name] for s, v in values.items()}, draws)
        assert found.low is not None
        assert found.high is not None
        assert found.value is not None
        assert found.low <= found.value <= found.high
