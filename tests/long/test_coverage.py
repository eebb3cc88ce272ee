"""Prediction sets keep their promise, class by class, over 200 resplits.

Split a pool of patients at random into n_k calibration and m_k test patients of class k.
Whatever the scores, the number of test patients whose own score is within the threshold
follows a beta-binomial law (Vovk 2012, arXiv 1209.2673): with rank r = ceil((n_k + 1)(1 - a)),
BetaBinomial(m_k, r, n_k + 1 - r). The sets shown are enlarged (never empty, no gap), so
they may only cover more.
"""

import math

import numpy as np
import pytest
from scipy.stats import betabinom, binom

from face2bone.calibration import (
    calibrated,
    choose,
    class_coverage,
    fit_conformal,
    prediction_sets,
)
from face2bone.drawn.face.oracle import cohort_oracle
from face2bone.drawn.face.patients import draw_cohort
from face2bone.drawn.people import TEST_SEED_RANGE
from face2bone.drawn.worlds import World

ALPHA = 0.1
RESPLITS = 200
CONFIDENCE = 0.95  # of the interval each resplit should fall into
LEAST_INSIDE = int(binom.ppf(0.001, RESPLITS, CONFIDENCE))  # of 200, by chance once in a thousand

Pool = tuple[np.ndarray, np.ndarray]


def simulated() -> Pool:
    """An over-confident network's logits of 1,500 patients."""
    rng = np.random.default_rng(1)
    labels = rng.choice(3, 1500, p=[0.3, 0.42, 0.28])
    x = 1.5 * labels + rng.normal(size=1500)
    return -0.9 * (x[:, None] - 1.5 * np.arange(3)) ** 2, labels


def drawn() -> Pool:
    """The exact posterior of 1,500 drawn patients, made over-confident."""
    patients = draw_cohort(1500, World.PLANTED, TEST_SEED_RANGE.start + 77_000)
    p = cohort_oracle(patients, World.PLANTED)
    labels = np.array([int(patient.bone_class) for patient in patients])
    return 1.6 * np.log(np.maximum(p, 1e-9)), labels


@pytest.fixture(scope="module", params=[simulated, drawn], ids=["simulated", "drawn"])
def pool(request: pytest.FixtureRequest) -> Pool:
    made: Pool = request.param()
    return made


def halves(labels: np.ndarray, seed: int) -> np.ndarray:
    """True for the calibration half of every class."""
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(labels), dtype=bool)
    for k in range(3):
        members = rng.permutation(np.flatnonzero(labels == k))
        chosen[members[: len(members) // 2]] = True
    return chosen


def test_own_scores_stay_within_the_exact_law(pool: Pool) -> None:
    logits, labels = pool
    # ties would make coverage larger than the law; scores are continuous, so there are none
    p = calibrated(logits + 1e-9 * np.random.default_rng(3).normal(size=logits.shape))
    inside = np.zeros((RESPLITS, 3), dtype=bool)
    for seed in range(RESPLITS):
        half = halves(labels, seed)
        fitted = fit_conformal(p[half], labels[half], ALPHA)
        for k in range(3):
            own = 1.0 - p[~half & (labels == k), k]
            n, m = fitted.counts[k], len(own)
            rank = math.ceil((n + 1) * (1 - ALPHA))
            low, high = betabinom.interval(CONFIDENCE, m, rank, n + 1 - rank)
            inside[seed, k] = low <= (own <= fitted.scores[k]).sum() <= high
    assert (inside.sum(axis=0) >= LEAST_INSIDE).all(), inside.sum(axis=0)


def test_the_sets_shown_are_never_below_the_law(pool: Pool) -> None:
    """The whole way: calibrator chosen and thresholds fitted on one half, sets on the other."""
    logits, labels = pool
    above = np.zeros((RESPLITS, 3), dtype=bool)
    coverages = np.zeros((RESPLITS, 3))
    for seed in range(RESPLITS):
        half = halves(labels, seed)
        choice = choose(logits[half], labels[half], seed=seed)
        fitted = fit_conformal(choice.probabilities, labels[half], ALPHA)
        sets = prediction_sets(calibrated(logits[~half], choice.calibrator), fitted)
        coverages[seed] = class_coverage(sets, labels[~half])
        for k in range(3):
            n, m = fitted.counts[k], int((labels[~half] == k).sum())
            rank = math.ceil((n + 1) * (1 - ALPHA))
            low, _ = betabinom.interval(CONFIDENCE, m, rank, n + 1 - rank)
            above[seed, k] = round(coverages[seed, k] * m) >= low
    print("mean coverage", coverages.mean(axis=0).round(4), "above", above.sum(axis=0))
    assert (above.sum(axis=0) >= LEAST_INSIDE).all(), above.sum(axis=0)
    assert (coverages.mean(axis=0) >= 1 - ALPHA - 0.01).all(), coverages.mean(axis=0)
