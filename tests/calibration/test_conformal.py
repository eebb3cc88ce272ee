from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.bone import CLASS_LABELS, BoneClass
from face2bone.calibration.conformal import (
    ConformalThresholds,
    class_coverage,
    fit_conformal,
    minimum_per_class,
    prediction_set,
    prediction_sets,
)
from face2bone.errors import TrainingError

NORMAL, OSTEOPENIA, OSTEOPOROSIS = BoneClass


def cohort(per_class: tuple[int, int, int], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, 3) of an imperfect model, and the true classes."""
    rng = np.random.default_rng(seed)
    labels = np.repeat([0, 1, 2], per_class)
    logits = rng.normal(0.0, 1.0, (len(labels), 3)) + 1.2 * np.eye(3)[labels]
    p = np.exp(logits)
    return p / p.sum(axis=1, keepdims=True), labels


def smallest_covering_threshold(scores: np.ndarray, alpha: Fraction) -> float:
    """Brute force: least score t with at least (n + 1)(1 - alpha) scores <= t."""
    enough = ceil((len(scores) + 1) * (1 - alpha))
    return min(float(t) for t in scores if (scores <= t).sum() >= enough)


@pytest.mark.parametrize("alpha", [Fraction(1, 20), Fraction(1, 10), Fraction(1, 5)])
def test_thresholds_equal_brute_force(alpha: Fraction) -> None:
    p, y = cohort((19, 40, 137), seed=4)
    fitted = fit_conformal(p, y, float(alpha))
    for k in range(3):
        assert fitted.scores[k] == smallest_covering_threshold(1.0 - p[y == k, k], alpha)
    assert fitted.counts == (19, 40, 137)


def test_minimum_is_the_least_n_with_a_finite_threshold() -> None:
    for alpha in (Fraction(1, 100), Fraction(1, 20), Fraction(1, 10), Fraction(3, 10)):
        brute = next(n for n in range(1, 1000) if ceil((n + 1) * (1 - alpha)) <= n)
        assert minimum_per_class(float(alpha)) == brute


def test_too_few_of_one_class_are_refused_and_named() -> None:
    p, y = cohort((30, 30, 18), seed=5)
    with pytest.raises(TrainingError, match=r"18 patients with osteoporosis.*needs 19"):
        fit_conformal(p, y, 0.05, CLASS_LABELS)
    assert fit_conformal(p, y, 0.1).counts[2] == 18


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, float("nan")])
def test_a_level_outside_0_and_1_is_refused(alpha: float) -> None:
    with pytest.raises(TrainingError, match="not between 0 and 1"):
        minimum_per_class(alpha)


def test_every_class_is_covered_on_average_over_many_splits() -> None:
    alpha, coverages = 0.2, []
    for seed in range(300):
        p, y = cohort((50, 60, 20), seed)
        fresh_p, fresh_y = cohort((200, 200, 200), 10_000 + seed)
        sets = prediction_sets(fresh_p, fit_conformal(p, y, alpha))
        coverages.append(class_coverage(sets, fresh_y))
    assert (np.mean(coverages, axis=0) >= 1 - alpha - 0.005).all()


@given(
    st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3).filter(lambda v: sum(v) > 1e-3),
    st.tuples(*[st.floats(0.0, 1.0)] * 3),
)
@settings(max_examples=500)
def test_sets_hold_the_top_class_and_have_no_gap(
    weights: list[float], scores: tuple[float, float, float]
) -> None:
    p = np.array(weights) / sum(weights)
    found = prediction_set(p, ConformalThresholds(0.1, scores, (20, 20, 20)))
    assert BoneClass(int(p.argmax())) in found
    assert list(found) == list(range(found[0], found[-1] + 1))
    own = {k for k in range(3) if 1.0 - p[k] <= scores[k]}
    assert own <= {int(k) for k in found}


@pytest.mark.parametrize(
    ("p", "scores", "expected"),
    [
        ((0.5, 0.1, 0.4), (0.6, 0.6, 0.6), (NORMAL, OSTEOPENIA, OSTEOPOROSIS)),  # the gap is filled
        ((0.5, 0.1, 0.4), (0.5, 0.5, 0.5), (NORMAL,)),
        ((0.4, 0.3, 0.3), (0.0, 0.0, 0.0), (NORMAL,)),  # never empty
        ((0.1, 0.5, 0.4), (0.0, 0.6, 0.7), (OSTEOPENIA, OSTEOPOROSIS)),
        (
            (0.4, 0.3, 0.3),
            (0.0, 0.0, 0.7),
            (NORMAL, OSTEOPENIA, OSTEOPOROSIS),
        ),  # top class and a far one
    ],
)
def test_known_sets(
    p: tuple[float, ...], scores: tuple[float, float, float], expected: tuple[BoneClass, ...]
) -> None:
    assert prediction_set(p, ConformalThresholds(0.1, scores, (20, 20, 20))) == expected


def test_coverage_of_a_class_not_seen_is_nan() -> None:
    sets = np.array([[True, False, False], [True, True, False]])
    coverage = class_coverage(sets, [0, 1])
    assert coverage[:2] == (1.0, 1.0)
    assert np.isnan(coverage[2])


def test_a_set_of_five_classes_has_no_gap() -> None:
    thresholds = ConformalThresholds(0.1, (0.7, 0.0, 0.0, 0.7, 0.0), (20,) * 5)
    assert prediction_set((0.35, 0.05, 0.05, 0.45, 0.1), thresholds) == (0, 1, 2, 3)
