"""The oracle: exact where it can be checked, calibrated, and inside the promised bands."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from face2bone.arrays import Floats
from face2bone.drawn.face.oracle import ageing_array, cohort_oracle, oracle_probabilities
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort
from face2bone.drawn.face.worlds import HIGHEST, ageing_log_likelihood, ageing_mean
from face2bone.drawn.odds import clinical_probabilities
from face2bone.drawn.people import T_SCORE_SD, clinical_arrays, permute_t_scores, t_score_mean
from face2bone.drawn.worlds import World

N = 20_000


def macro_auc(probabilities: Floats, labels: Floats) -> float:
    return float(np.mean([roc_auc_score(labels == k, probabilities[:, k]) for k in range(3)]))


def labels_of(cohort: tuple[DrawnPatient, ...]) -> Floats:
    return np.array([p.bone_class for p in cohort])


@pytest.fixture(scope="module")
def large() -> tuple[DrawnPatient, ...]:
    return draw_cohort(N, World.PLANTED, 400_010)


@pytest.fixture(scope="module")
def oracle(large: tuple[DrawnPatient, ...]) -> Floats:
    return cohort_oracle(large, World.PLANTED)


@pytest.fixture(scope="module")
def clinical(large: tuple[DrawnPatient, ...]) -> Floats:
    return cohort_oracle(large, World.NULL)


@pytest.mark.slow
def test_the_oracle_reaches_the_planted_band(
    large: tuple[DrawnPatient, ...], oracle: Floats
) -> None:
    assert 0.963 < macro_auc(oracle, labels_of(large)) < 0.973


@pytest.mark.slow
def test_age_sex_and_bmi_alone_reach_the_clinical_band(
    large: tuple[DrawnPatient, ...], clinical: Floats
) -> None:
    assert 0.77 < macro_auc(clinical, labels_of(large)) < 0.80


@pytest.mark.parametrize("which", ["oracle", "clinical"])
def test_probabilities_are_calibrated(
    which: str, large: tuple[DrawnPatient, ...], request: pytest.FixtureRequest
) -> None:
    """In each tenth of each class's probability the frequency lies within 4 standard errors."""
    probabilities = request.getfixturevalue(which)
    labels = labels_of(large)
    for k in range(3):
        p = probabilities[:, k]
        for part in np.array_split(np.argsort(p), 10):
            error = np.sqrt((p[part] * (1 - p[part])).sum()) / len(part)
            assert abs((labels[part] == k).mean() - p[part].mean()) < 4 * error + 1e-4


@pytest.mark.parametrize("which", ["oracle", "clinical"])
def test_probabilities_are_probabilities(which: str, request: pytest.FixtureRequest) -> None:
    probabilities = request.getfixturevalue(which)
    assert probabilities.shape == (N, 3)
    assert (probabilities >= 0).all()
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(N))


def test_the_oracle_equals_counting_simulated_patients() -> None:
    """Bayes' rule by rejection: patients whose one face lies within a small distance of x."""
    rng = np.random.default_rng(0)
    age, bmi = 68.0, 22.0
    t = t_score_mean(age, True, bmi) + T_SCORE_SD * rng.standard_normal(2_000_000)
    x = ageing_mean(age, -2.3)
    weight = np.exp(ageing_log_likelihood(x[None], np.array([age]), t)[0])
    rounded = np.round(t, 1)
    of_class = [rounded >= -1.0, (rounded < -1.0) & (rounded > -2.5), rounded <= -2.5]
    counted = [weight[c].sum() / weight.sum() for c in of_class]
    exact = oracle_probabilities(x[None], [age], [True], [bmi])[0]
    assert exact == pytest.approx(counted, abs=0.004)


def test_a_clipped_parameter_counts_as_beyond_its_limit() -> None:
    x = ageing_mean(65.0, -4.0)[None]
    x[0, 0] = HIGHEST[0]
    log_likelihood = ageing_log_likelihood(x, np.array([65.0]), np.array([-6.0, 0.0]))
    inside = x.copy()
    inside[0, 0] = HIGHEST[0] - 1e-9
    density = ageing_log_likelihood(inside, np.array([65.0]), np.array([-6.0, 0.0]))
    assert np.diff(log_likelihood) != pytest.approx(np.diff(density))
    assert np.diff(log_likelihood)[0] < 0


def test_worse_faces_never_lower_the_risk() -> None:
    faces = ageing_mean(65.0, np.linspace(1, -5, 25))
    risk = oracle_probabilities(faces, np.full(25, 65.0), np.full(25, True), np.full(25, 23.5))
    assert (np.diff(risk[:, 2]) > 0).all()
    assert (np.diff(risk[:, 0]) < 0).all()


def test_reading_the_face_in_the_null_world_as_if_it_were_planted_makes_things_worse(
    null: tuple[DrawnPatient, ...],
) -> None:
    labels = labels_of(null)
    misled = macro_auc(oracle_probabilities(ageing_array(null), *clinical_arrays(null)), labels)
    assert misled < macro_auc(cohort_oracle(null, World.NULL), labels) - 0.05


def test_in_the_blank_world_only_the_class_fractions_are_left(
    planted: tuple[DrawnPatient, ...],
) -> None:
    blank = permute_t_scores(planted, 1)
    known = cohort_oracle(blank, World.BLANK)
    assert known[0] == pytest.approx(np.bincount(labels_of(blank)) / len(blank))
    assert (known == known[0]).all()
    age, female, bmi = clinical_arrays(blank)
    clinical = clinical_probabilities(age, female, bmi)
    assert macro_auc(clinical, labels_of(blank)) == pytest.approx(0.5, abs=0.02)
