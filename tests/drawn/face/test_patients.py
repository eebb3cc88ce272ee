"""The patient model: what it promises about seeds, marginals and the three worlds."""

from dataclasses import replace

import numpy as np
import pytest

from face2bone.arrays import Floats
from face2bone.bone import BoneClass, bone_class
from face2bone.drawn.face.oracle import ageing_array
from face2bone.drawn.face.parameters import AGEING_NAMES
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort, draw_patient, patient_face
from face2bone.drawn.face.worlds import HIGHEST, LOWEST, ageing_mean
from face2bone.drawn.people import (
    adiposity,
    clinical_arrays,
    patient_seed,
    permute_t_scores,
)
from face2bone.drawn.worlds import World
from face2bone.patient import Sex


def t_scores(cohort: tuple[DrawnPatient, ...]) -> Floats:
    return np.array([p.t_score for p in cohort])


def fractions(cohort: tuple[DrawnPatient, ...]) -> Floats:
    counted: Floats = np.bincount([p.bone_class for p in cohort], minlength=3) / len(cohort)
    return counted


def residuals(cohort: tuple[DrawnPatient, ...], values: Floats) -> Floats:
    """What is left of values after a least-squares fit on age, sex, BMI and sex times age."""
    age, female, bmi = clinical_arrays(cohort)
    X = np.column_stack([np.ones(len(age)), age, age**2, female, bmi, female * age])
    left: Floats = values - X @ np.linalg.lstsq(X, values, rcond=None)[0]
    return left


def test_a_patient_depends_on_seed_and_index_only() -> None:
    small, large = (draw_cohort(n, World.PLANTED, 400_001) for n in (3, 30))
    assert small == large[:3]
    assert small[2] == draw_patient(patient_seed(400_001, 2), World.PLANTED)
    assert small[2] != draw_cohort(3, World.PLANTED, 400_002)[2]


def test_a_seed_draws_the_patient_it_always_drew() -> None:
    drawn = draw_patient(123, World.PLANTED)
    assert (drawn.patient_id, drawn.patient.sex) == ("drawn-000000000000007b", Sex.FEMALE)
    assert drawn.patient.age_years == 71.5
    assert drawn.t_score == -1.6
    assert drawn.ageing.orbit == pytest.approx(3.3217155708, abs=1e-9)


def test_ageing_mean_broadcasts_and_rises_with_age_and_severity() -> None:
    means = ageing_mean(np.array([[50.0], [80.0]]), np.array([0.0, -1.75, -4.0]))
    assert means.shape == (2, 3, 6)
    assert (np.diff(means, axis=0) > 0).all()
    assert (np.diff(means, axis=1) > 0).all()


@pytest.mark.slow
def test_a_planted_face_knows_more_than_age_sex_and_bmi(
    planted: tuple[DrawnPatient, ...],
) -> None:
    left = residuals(planted, t_scores(planted))
    for column in ageing_array(planted)[:, :5].T:
        assert np.corrcoef(left, residuals(planted, column))[0, 1] < -0.6


@pytest.mark.slow
def test_a_null_face_knows_age_sex_and_bmi_and_nothing_more(
    planted: tuple[DrawnPatient, ...], null: tuple[DrawnPatient, ...]
) -> None:
    left = residuals(null, t_scores(null))
    for column in ageing_array(null).T:
        assert np.corrcoef(column, t_scores(null))[0, 1] < -0.2
        assert abs(np.corrcoef(left, residuals(null, column))[0, 1]) < 4 / np.sqrt(len(null))


def test_the_null_world_keeps_every_marginal(
    planted: tuple[DrawnPatient, ...], null: tuple[DrawnPatient, ...]
) -> None:
    assert [replace(p, ageing=q.ageing) for p, q in zip(planted, null, strict=True)] == list(null)
    for a, b in zip(ageing_array(planted).T, ageing_array(null).T, strict=True):
        assert np.quantile(a, [0.05, 0.5, 0.95]) == pytest.approx(
            np.quantile(b, [0.05, 0.5, 0.95]), abs=0.2
        )


def test_the_blank_world_permutes_t_scores_and_nothing_else(
    planted: tuple[DrawnPatient, ...],
) -> None:
    blank = permute_t_scores(planted, 5)
    assert sorted(t_scores(blank)) == sorted(t_scores(planted))
    assert all(p.bone_class is bone_class(p.t_score) for p in blank)
    for p, q in zip(planted, blank, strict=True):
        assert replace(q, t_score=p.t_score, bone_class=p.bone_class) == p
    bound = 4 / np.sqrt(len(blank))
    for column in (*ageing_array(blank).T, *clinical_arrays(blank)):
        assert abs(np.corrcoef(column, t_scores(blank))[0, 1]) < bound


def test_draw_cohort_blank_is_the_permuted_planted_cohort() -> None:
    planted = draw_cohort(20, World.PLANTED, 400_003)
    assert draw_cohort(20, World.BLANK, 400_003) == permute_t_scores(planted, 400_003)


def test_parameters_stay_where_the_renderer_can_draw_them(
    planted: tuple[DrawnPatient, ...],
) -> None:
    values = ageing_array(planted)
    assert (values >= LOWEST).all()
    assert (values <= HIGHEST).all()
    skeletal = values[:, :5]
    assert ((skeletal > -1.6) & (skeletal < 7.6)).mean() > 0.98
    assert ((values == LOWEST) | (values == HIGHEST)).mean() < 0.005
    severe = [p.bone_class is BoneClass.OSTEOPOROSIS for p in planted]
    healthy = [p.bone_class is BoneClass.NORMAL for p in planted]
    assert (skeletal[severe].mean(axis=0) - skeletal[healthy].mean(axis=0) > 3.5).all()


def test_the_face_carries_the_patient_and_no_t_score() -> None:
    drawn = draw_patient(7, World.PLANTED)
    face = patient_face(drawn)
    assert face.ageing == drawn.ageing
    assert face.age_years == drawn.patient.age_years
    assert face.adiposity == adiposity(drawn.patient)
    relabelled = replace(drawn, t_score=1.0, bone_class=BoneClass.NORMAL)
    assert patient_face(relabelled) == face


def test_identity_does_not_depend_on_the_world() -> None:
    planted, null = (draw_patient(8, w) for w in (World.PLANTED, World.NULL))
    assert planted.ageing != null.ageing
    assert replace(patient_face(null), ageing=planted.ageing) == patient_face(planted)


def test_ageing_names_are_the_fields_the_model_draws() -> None:
    assert tuple(vars(draw_patient(1, World.PLANTED).ageing)) == AGEING_NAMES
