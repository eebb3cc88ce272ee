"""Figures against hand-made cases and scikit-learn; predictions are given, nothing is fitted."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from face2bone.evaluation.added_value import measures
from face2bone.evaluation.added_value.crossfit import CrossFitted
from face2bone.evaluation.added_value.measures import (
    AGE_CALIPER,
    age_matched,
    benefits,
    discrimination,
    reclassification,
)
from face2bone.evaluation.bootstrap import estimates


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "RESAMPLES", 200)


def fitted(n: int = 300, seed: int = 0) -> CrossFitted:
    """A clinical model that guesses, a face that knows a little, both that knows more."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)

    def model(knowledge: float) -> np.ndarray:
        p = np.exp(knowledge * np.eye(3)[labels] + rng.normal(0, 0.7, (n, 3)))
        return p / p.sum(axis=1, keepdims=True)

    return CrossFitted(labels, model(0.0), model(0.5), model(1.5), 0.0)


def test_areas_are_scikit_learns() -> None:
    one = fitted()
    found = discrimination(one)
    for name in ("clinical", "face", "both"):
        p = one.models[name]
        theirs = roc_auc_score(one.labels, p, multi_class="ovr")
        assert found[f"macro_auc_{name}"].value == pytest.approx(theirs, abs=1e-5)
        osteoporosis = roc_auc_score(one.labels == 2, p[:, 2])
        assert found[f"auc_osteoporosis_{name}"].value == pytest.approx(osteoporosis, abs=1e-5)


def test_gains_are_differences_and_their_intervals_are_paired() -> None:
    found = discrimination(fitted())
    both, clinical, gain = (found[f"macro_auc_{k}"] for k in ("both", "clinical", "gain"))
    assert gain.value == pytest.approx(both.value - clinical.value, abs=1e-5)
    assert gain.low > 0
    rps = found["rps_gain"].value
    assert rps == pytest.approx(found["rps_clinical"].value - found["rps_both"].value, abs=1e-5)
    assert rps > 0


def test_a_model_gains_nothing_over_itself() -> None:
    one = fitted()
    same = CrossFitted(one.labels, one.both, one.picture, one.both, 1.0)
    values = [e for k, e in discrimination(same).items() if k.endswith("_gain")]
    values += [*benefits(same).values(), *reclassification(same).values()]
    assert {(e.value, e.low, e.high) for e in values} == {(0.0, 0.0, 0.0)}


def hand_made() -> CrossFitted:
    """Two with osteoporosis, two without; risks .2 .6 | .2 .6 become .7 .5 | .1 .7."""

    def of(risks: list[float]) -> np.ndarray:
        r = np.array(risks)
        return np.column_stack([(1 - r) / 2, (1 - r) / 2, r])

    old, new = of([0.2, 0.6, 0.2, 0.6]), of([0.7, 0.5, 0.1, 0.7])
    return CrossFitted(np.array([2, 2, 0, 1]), old, old, new, 0.0)


def test_reclassification_by_hand() -> None:
    """Of two ill one rises and one falls; of two well one falls and one rises. The share of the
    ill, 0.5, is crossed by one ill upwards; the other keeps its side, and so do the well.
    """
    found = {name: e.value for name, e in reclassification(hand_made()).items()}
    assert found == {
        "any_movement_with": 0.0,
        "any_movement_without": 0.0,
        "any_movement_sum": 0.0,
        "across_share_with": 0.5,
        "across_share_without": 0.0,
        "across_share_sum": 0.5,
    }


def test_net_benefit_by_hand() -> None:
    """At 50% both models refer one well person; the new one finds one more of four."""
    found = benefits(hand_made())
    assert found["0.5"].value == pytest.approx(0.25)
    assert found["0.1"].value == pytest.approx(0.0)


def test_age_matched_pairs_by_hand() -> None:
    """Only pairs of one sex and near ages count: here (0, 2), of which clinical ties."""
    ages, female = np.array([60.0, 80.0, 61.0, 60.5]), np.array([True, True, True, False])
    found = age_matched(hand_made(), ages, female)
    assert found["auc_osteoporosis_clinical"].value == 0.5
    assert found["auc_osteoporosis_both"].value == 1.0


def test_a_score_that_reads_age_alone_is_left_with_little_among_matched_pairs() -> None:
    rng = np.random.default_rng(1)
    age, female = rng.uniform(45, 85, 400), rng.random(400) < 0.5
    latent = (age - 65) / 8 + rng.logistic(size=400)
    labels = (latent > -1).astype(np.int64) + (latent > 1)
    risk = 1 / (1 + np.exp(-(age - 65) / 8))
    p = np.column_stack([1 - risk, risk / 2, risk / 2])
    one = CrossFitted(labels, p, p, p, 0.0)
    plain = discrimination(one)["auc_osteoporosis_face"].value
    matched = age_matched(one, age, female)["auc_osteoporosis_face"].value
    assert plain > 0.75
    assert abs(matched - 0.5) < 0.1
    assert AGE_CALIPER < 5


def test_resamples_are_those_of_the_evaluation() -> None:
    one = fitted()
    ours = discrimination(one)["rps_both"]
    from face2bone.calibration.reliability import ranked_probability_scores

    terms = ranked_probability_scores(one.both, one.labels)
    theirs = estimates(
        lambda w: {"rps": w @ terms / w.sum(axis=1)}, np.arange(len(terms)), resamples=200
    )
    assert ours == theirs["rps"]
