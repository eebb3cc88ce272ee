import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from face2bone.calibration.reliability import brier_scores, ranked_probability_scores
from face2bone.errors import TrainingError
from face2bone.evaluation.metrics import macro_auc, performance


def predictions(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    logits = rng.normal(0.0, 1.0, (n, 3)) + 0.8 * np.eye(3)[y]
    p = np.exp(logits)
    return np.round(p / p.sum(axis=1, keepdims=True), 2), y  # rounding makes ties


def normalised(p: np.ndarray) -> np.ndarray:
    return p / p.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("seed", range(5))
def test_every_figure_equals_scikit_learn(seed: int) -> None:
    p, y = predictions(400, seed)
    p = normalised(p)
    found = performance(p, y)
    predicted = p.argmax(axis=1)
    assert found.n == 400
    assert found.accuracy == pytest.approx(sk.accuracy_score(y, predicted))
    assert found.macro_auc == pytest.approx(sk.roc_auc_score(y, p, multi_class="ovr"))
    assert found.quadratic_kappa == pytest.approx(
        sk.cohen_kappa_score(y, predicted, weights="quadratic")
    )
    assert (found.confusion == sk.confusion_matrix(y, predicted)).all()
    one_hot = np.eye(3)[y]
    assert found.brier_sum == pytest.approx(3 * sk.mean_squared_error(one_hot, p))
    assert found.brier_per_class == pytest.approx(sk.mean_squared_error(one_hot, p))


def test_rps_is_the_mean_brier_score_of_the_two_cumulative_cuts() -> None:
    p, y = predictions(300, seed=11)
    p = normalised(p)
    cuts = [sk.brier_score_loss(y <= j, np.minimum(p[:, : j + 1].sum(axis=1), 1)) for j in (0, 1)]
    assert performance(p, y).rps == pytest.approx(np.mean(cuts))


def test_rps_charges_more_for_a_miss_by_two_classes_where_brier_does_not() -> None:
    near, far, normal = np.eye(3)[[1]], np.eye(3)[[2]], np.array([0])
    assert brier_scores(near, normal) == brier_scores(far, normal) == 2.0
    assert ranked_probability_scores(near, normal) == 0.5
    assert ranked_probability_scores(far, normal) == 1.0


def counted_error(p: np.ndarray, y: np.ndarray) -> float:
    """The calibration error of Naeini et al. 2015, patient by patient in fifteen bins."""
    gaps = dict.fromkeys(range(1, 16), 0.0)
    for row, label in zip(p, y, strict=True):
        gaps[math.ceil(15 * row.max())] += (row.argmax() == label) - row.max()
    return sum(abs(gap) for gap in gaps.values()) / len(y)


def test_ece_is_what_counting_finds_and_its_floor_what_drawing_finds() -> None:
    rng = np.random.default_rng(12)
    p = rng.dirichlet((0.8, 0.6, 0.5), 150)

    def labels() -> np.ndarray:
        return (rng.random((150, 1)) > p.cumsum(axis=1)[:, :2]).sum(axis=1)

    y = labels()
    found = performance(p, y, seed=7)
    assert found.ece == pytest.approx(counted_error(p, y))
    drawn = [counted_error(p, labels()) for _ in range(300)]
    assert found.ece_floor.mean == pytest.approx(np.mean(drawn), abs=0.004)
    assert found.ece_floor.p95 == pytest.approx(np.quantile(drawn, 0.95), abs=0.008)
    assert performance(p, y, seed=8).ece_floor != found.ece_floor


def test_perfect_and_reversed_predictions() -> None:
    y = np.array([0, 1, 2, 0, 2, 1])
    assert performance(np.eye(3)[y], y).quadratic_kappa == 1.0
    assert performance(np.eye(3)[y], y).macro_auc == 1.0
    assert performance(np.eye(3)[2 - y], y).quadratic_kappa == pytest.approx(-1.0)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_figures_ignore_the_order_of_patients(seed: int) -> None:
    p, y = predictions(40, seed=13)
    p = normalised(p)
    order = np.random.default_rng(seed).permutation(40)
    assert macro_auc(p[order], y[order]) == pytest.approx(macro_auc(p, y))
    assert ranked_probability_scores(p[order], y[order]).mean() == pytest.approx(
        ranked_probability_scores(p, y).mean()
    )


@given(st.lists(st.integers(1, 63), min_size=40, max_size=40), st.floats(0.2, 5.0))
@settings(max_examples=50)
def test_auc_ignores_any_rising_map_of_a_score(grid: list[int], power: float) -> None:
    y = np.arange(40) % 3
    score = np.array(grid) / 64  # far enough apart that a power merges no two of them
    straight = np.stack([score, 1 - score, np.zeros(40)], axis=1)
    curved = np.stack([score**power, 1 - score**power, np.zeros(40)], axis=1)
    assert macro_auc(curved, y) == pytest.approx(macro_auc(straight, y))


def test_figures_the_patients_cannot_define_are_nan() -> None:
    p = normalised(np.array([[0.8, 0.1, 0.1], [0.3, 0.6, 0.1]]))
    assert math.isnan(macro_auc(p, [0, 1]))
    assert math.isnan(performance(p[:1], [0]).quadratic_kappa)
    assert performance(p, [0, 1]).accuracy == 1.0


def test_mapping_holds_plain_types_and_every_figure() -> None:
    p, y = predictions(60, seed=14)
    found = performance(normalised(p), y)
    plain = found.as_mapping()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["ece_floor_p95"] == found.ece_floor.p95
    assert plain["brier_per_class"] == found.brier_per_class


def test_logits_are_refused() -> None:
    with pytest.raises(TrainingError, match="not logits"):
        performance([[3.0, -1.0, 0.5]], [0])
