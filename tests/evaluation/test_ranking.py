import numpy as np
import pytest
import torch
from sklearn import metrics as sk
from torchmetrics.functional import classification as tm

from face2bone.bone import BoneClass
from face2bone.evaluation.bootstrap import unit_weights
from face2bone.evaluation.ranking import auc, cut_auc, macro_auc, roc_curve


def scores(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < 0.3
    return np.round(rng.normal(positive, 1.0), 1), positive  # rounding makes ties


def test_hand_computed_areas() -> None:
    def area(score: list[float], positive: list[int]) -> float:
        return float(auc(np.array(score), np.array(positive, bool), unit_weights(len(score)))[0])

    assert area([1, 2, 3], [0, 0, 1]) == 1.0
    assert area([1, 2, 3], [1, 0, 0]) == 0.0
    assert area([1, 1], [0, 1]) == 0.5
    assert area([1, 2, 2, 3], [0, 1, 0, 1]) == 0.875  # pairs: 1, 1/2, 1, 1


@pytest.mark.parametrize("seed", range(3))
def test_weighted_areas_equal_scikit_learn(seed: int) -> None:
    score, positive = scores(200, seed)
    weights = np.random.default_rng(seed).integers(0, 4, (6, 200)).astype(float)
    expected = [sk.roc_auc_score(positive, score, sample_weight=row) for row in weights]
    assert auc(score, positive, weights) == pytest.approx(expected)


def test_cuts_and_macro_equal_their_definitions() -> None:
    rng = np.random.default_rng(4)
    y = rng.integers(0, 3, 300)
    p = rng.dirichlet([1, 1, 1], 300) + 0.2 * np.eye(3)[y]
    p /= p.sum(axis=1, keepdims=True)
    one = unit_weights(300)
    low = sk.roc_auc_score(y >= 1, p[:, 1] + p[:, 2])
    assert cut_auc(p, y, BoneClass.OSTEOPENIA, one)[0] == pytest.approx(low)
    assert cut_auc(p, y, BoneClass.OSTEOPOROSIS, one)[0] == pytest.approx(
        sk.roc_auc_score(y == 2, p[:, 2])
    )
    theirs = tm.multiclass_auroc(torch.tensor(p), torch.tensor(y), 3, average="macro")
    assert macro_auc(p, y, one)[0] == pytest.approx(float(theirs), abs=1e-6)


def test_a_missing_kind_is_nan_in_its_resample_only() -> None:
    score, positive = np.array([1.0, 2.0, 3.0]), np.array([False, True, True])
    found = auc(score, positive, np.array([[1.0, 1, 1], [0, 1, 1], [1, 0, 0]]))
    assert found[0] == 1.0
    assert np.isnan(found[1:]).all()
    assert roc_curve("osteoporosis", score, np.zeros(3, bool)) is None


def test_the_curve_encloses_the_area() -> None:
    score, positive = scores(5_000, 6)
    curve = roc_curve("osteoporosis", score, positive)
    assert curve is not None
    xs, ys = np.array(curve.false_positive_share), np.array(curve.sensitivity)
    assert ((np.diff(xs) > 0) & (np.diff(ys) >= 0)).all()
    assert (xs[0], xs[-1], ys[-1]) == (0.0, 1.0, 1.0)
    area = float((np.diff(xs) * (ys[1:] + ys[:-1]) / 2).sum())
    assert area == pytest.approx(auc(score, positive, unit_weights(5_000))[0], abs=2e-3)
