"""Bayes' rule over the T-score: exact where it can be checked, and no better than it should be."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from face2bone.arrays import Floats
from face2bone.drawn.odds import (
    GRID,
    class_probabilities,
    clinical_probabilities,
    known_without_the_picture,
)
from face2bone.drawn.people import (
    T_SCORE_SD,
    DrawnSubject,
    clinical_arrays,
    draw_subject,
    patient_seed,
    stream,
    t_score_mean,
)
from face2bone.drawn.worlds import World

N = 20_000


def macro_auc(probabilities: Floats, labels: Floats) -> float:
    return float(np.mean([roc_auc_score(labels == k, probabilities[:, k]) for k in range(3)]))


def labels_of(cohort: tuple[DrawnSubject, ...]) -> Floats:
    return np.array([p.bone_class for p in cohort])


@pytest.fixture(scope="module")
def large() -> tuple[DrawnSubject, ...]:
    seeds = [patient_seed(400_010, i) for i in range(N)]
    return tuple(draw_subject(stream(s, 0), s, World.PLANTED)[0] for s in seeds)


@pytest.fixture(scope="module")
def clinical(large: tuple[DrawnSubject, ...]) -> Floats:
    return known_without_the_picture(large, World.NULL)


@pytest.mark.slow
def test_a_fitted_logistic_model_finds_no_more_than_the_clinical_oracle(
    large: tuple[DrawnSubject, ...], clinical: Floats
) -> None:
    age, female, bmi = clinical_arrays(large)
    X = np.column_stack([(age - 65) / 10, female, (bmi - 23.5) / 3, female * (age - 65) / 10])
    labels = labels_of(large)
    fitted = LogisticRegression(max_iter=500).fit(X, labels).predict_proba(X)
    assert macro_auc(fitted, labels) == pytest.approx(macro_auc(clinical, labels), abs=0.005)


@pytest.mark.slow
def test_osta_is_as_good_as_in_real_cohorts(large: tuple[DrawnSubject, ...]) -> None:
    """Beijing women: AUC 0.776 to 0.824 by site (doi:10.1186/1471-2474-14-271)."""
    age, female, _ = clinical_arrays(large)
    weight = np.array([p.patient.weight_kg for p in large])
    auc = roc_auc_score(labels_of(large)[female] == 2, -0.2 * (weight - age)[female])
    assert 0.77 < auc < 0.84


def test_clinical_probabilities_equal_the_normal_distribution() -> None:
    from scipy.stats import norm

    mean = t_score_mean(70.0, True, 22.0)
    below = norm.cdf([-2.45, -1.05], mean, T_SCORE_SD)
    exact = [1 - below[1], below[1] - below[0], below[0]]
    assert clinical_probabilities([70.0], [True], [22.0])[0] == pytest.approx(exact, abs=2e-4)


def test_the_grid_covers_every_t_score_and_ends_where_rounding_changes_the_class() -> None:
    step = GRID[1] - GRID[0]
    assert GRID[0] < -9
    assert GRID[-1] > 6
    for cut in (-2.45, -1.05):
        assert np.abs((GRID - step / 2) - cut).min() < 1e-9


def test_a_picture_that_says_nothing_changes_nothing(
    large: tuple[DrawnSubject, ...], clinical: Floats
) -> None:
    few = large[:7]
    silent = class_probabilities(
        lambda block: np.zeros((len(few[block]), len(GRID))), *clinical_arrays(few)
    )
    assert silent == pytest.approx(clinical[:7])


def test_in_the_blank_world_the_class_fractions_are_left(large: tuple[DrawnSubject, ...]) -> None:
    known = known_without_the_picture(large, World.BLANK)
    assert known[0] == pytest.approx(np.bincount(labels_of(large)) / len(large))
    assert (known == known[0]).all()
