from __future__ import annotations

import numpy as np
import pytest

from face2bone.calibration.reliability import ranked_probability_scores
from face2bone.errors import EvaluationError
from face2bone.evaluation.added_value import crossfit
from face2bone.evaluation.added_value.crossfit import cross_fit, ridge_path, stratified_folds
from face2bone.evaluation.added_value.rule import judge


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """One way of dealing the folds and two ridges are enough here."""
    monkeypatch.setattr(crossfit, "REPEATS", 1)
    monkeypatch.setattr(crossfit, "PENALTIES", (10.0, 1.0))


def cohort(n: int, signal: float, seed: int = 0):
    """One clinical column, eight features of which the first carries ``signal``, and classes."""
    rng = np.random.default_rng(seed)
    clinical, features = rng.normal(size=(n, 1)), rng.normal(size=(n, 8))
    latent = clinical[:, 0] + signal * features[:, 0] + rng.logistic(size=n)
    return clinical, features, (latent > -1.0).astype(np.int64) + (latent > 1.0)


def test_folds_hold_each_class_evenly() -> None:
    labels = np.repeat([0, 1, 2], [11, 25, 40])
    fold = stratified_folds(labels, 5, np.random.default_rng(0))
    counts = np.array([[((fold == k) & (labels == c)).sum() for c in range(3)] for k in range(5)])
    assert (counts.max(axis=0) - counts.min(axis=0)).max() <= 1
    assert counts.sum() == 76


def test_a_face_with_signal_is_found_and_one_without_is_not() -> None:
    found = judge(cross_fit(*cohort(300, 1.5)))
    assert found.found
    assert found.both < found.clinical
    silent = judge(cross_fit(*cohort(300, 0.0)))
    assert not silent.found


def test_the_path_begins_with_the_clinical_model() -> None:
    clinical, features, labels = cohort(200, 0.5)
    columns = np.hstack([clinical, features])
    path = ridge_path(columns, 1, labels)
    assert len(path) == 1 + len(crossfit.PENALTIES)
    assert not path[0].slopes[1:].any()
    grown = [float((m.slopes[1:] ** 2).sum()) for m in path]
    assert grown == sorted(grown)


def test_a_patients_own_label_never_reaches_its_prediction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change the labels of one fold: predictions inside that fold stay the same."""
    clinical, features, labels = cohort(150, 1.0)
    fold = np.arange(len(labels)) % 5

    def fixed(y: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
        return fold if len(y) == len(fold) else np.arange(len(y)) % folds

    monkeypatch.setattr(crossfit, "stratified_folds", fixed)
    before = cross_fit(clinical, features, labels)
    turned = np.where(fold == 2, np.roll(labels, 7), labels)
    after = cross_fit(clinical, features, turned)
    same, other = fold == 2, fold == 3
    for name in ("clinical", "face", "both"):
        one, two = before.models[name], after.models[name]
        np.testing.assert_array_equal(one[same], two[same])
        assert np.abs(one[other] - two[other]).max() > 0


def test_when_the_face_is_left_out_everywhere_the_gain_is_exactly_zero(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crossfit, "PENALTIES", (1e12,))
    clinical, features, labels = cohort(200, 0.0, seed=4)
    monkeypatch.setattr(
        crossfit, "ranked_probability_scores", lambda p, y: ranked_probability_scores(p, y).round(6)
    )
    fitted = cross_fit(clinical, features, labels)
    gain = judge(fitted)
    assert fitted.left_out == 1.0
    assert (gain.gain, gain.z, gain.found) == (0.0, 0.0, False)


def test_too_few_patients_of_a_class_are_an_error() -> None:
    clinical, features, labels = cohort(60, 0.0)
    with pytest.raises(EvaluationError, match="smallest class"):
        cross_fit(clinical, features, labels)


def test_the_verdict_is_the_paired_t_test_of_scipy() -> None:
    from scipy import stats

    fitted = cross_fit(*cohort(200, 0.8))
    gain = judge(fitted)
    old, new = (ranked_probability_scores(p, fitted.labels) for p in (fitted.clinical, fitted.both))
    theirs = stats.ttest_rel(old, new, alternative="greater")
    assert gain.z == pytest.approx(theirs.statistic)
    assert gain.p_value == pytest.approx(theirs.pvalue)
    low, high = stats.ttest_rel(old, new).confidence_interval(0.95)
    assert (gain.lower, gain.upper) == (pytest.approx(low), pytest.approx(high))
