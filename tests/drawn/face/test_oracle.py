"""The oracle: exact where it can be checked, calibrated, and inside the promised bands."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from face2bone.drawn.face.oracle import (
    GRID,
    ageing_array,
    clinical_arrays,
    clinical_probabilities,
    cohort_oracle,
    oracle_probabilities,
)
from face2bone.drawn.face.patients import (
    T_SCORE_SD,
    DrawnPatient,
    draw_cohort,
    permute_t_scores,
    t_score_mean,
)
from face2bone.drawn.face.worlds import HIGHEST, Floats, World, ageing_log_likelihood, ageing_mean

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


def test_the_oracle_reaches_the_planted_band(
    large: tuple[DrawnPatient, ...], oracle: Floats
) -> None:
    assert 0.963 < macro_auc(oracle, labels_of(large)) < 0.973


def test_age_sex_and_bmi_alone_reach_the_clinical_band(
    large: tuple[DrawnPatient, ...], clinical: Floats
) -> None:
    assert 0.77 < macro_auc(clinical, labels_of(large)) < 0.80


def test_a_fitted_logistic_model_finds_no_more_than_the_clinical_oracle(
    large: tuple[DrawnPatient, ...], clinical: Floats
) -> None:
    age, female, bmi = clinical_arrays(large)
    X = np.column_stack([(age - 65) / 10, female, (bmi - 23.5) / 3, female * (age - 65) / 10])
    labels = labels_of(large)
    fitted = LogisticRegression(max_iter=500).fit(X, labels).predict_proba(X)
    assert macro_auc(fitted, labels) == pytest.approx(macro_auc(clinical, labels), abs=0.005)


def test_osta_is_as_good_as_in_real_cohorts(large: tuple[DrawnPatient, ...]) -> None:
    """Beijing women: AUC 0.776 to 0.824 by site (doi:10.1186/1471-2474-14-271)."""
    age, female, _ = clinical_arrays(large)
    weight = np.array([p.patient.weight_kg for p in large])
    auc = roc_auc_score(labels_of(large)[female] == 2, -0.2 * (weight - age)[female])
    assert 0.77 < auc < 0.84


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
