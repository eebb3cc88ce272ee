"""The patient model: what it promises about seeds, marginals and the three worlds."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from face2bone.bone import BoneClass, bone_class
from face2bone.drawn.face import patients as module
from face2bone.drawn.face.oracle import ageing_array, clinical_arrays
from face2bone.drawn.face.parameters import AGEING_NAMES
from face2bone.drawn.face.patients import (
    AGE_LIMITS,
    DrawnPatient,
    adiposity,
    draw_cohort,
    draw_patient,
    patient_face,
    patient_seed,
    permute_t_scores,
    t_score_mean,
)
from face2bone.drawn.face.worlds import (
    HIGHEST,
    LOWEST,
    SEVERITY_CENTRE,
    Floats,
    World,
    ageing_mean,
    severity,
)
from face2bone.patient import Patient, Sex


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


def test_seeds_do_not_collide(planted: tuple[DrawnPatient, ...]) -> None:
    assert len({p.seed for p in planted}) == len(planted)
    assert all(0 <= p.seed < 2**63 for p in planted)


def test_reserved_seed_ranges_do_not_overlap() -> None:
    ranges = [v for k, v in vars(module).items() if k.endswith("_SEED_RANGE")]
    assert len(ranges) == 5
    ordered = sorted(ranges, key=lambda r: r.start)
    assert all(a.stop <= b.start for a, b in itertools.pairwise(ordered))
    assert ordered[0].start >= 100_000


def test_marginals_are_those_of_a_referred_cohort(planted: tuple[DrawnPatient, ...]) -> None:
    age, female, bmi = clinical_arrays(planted)
    height = np.array([p.patient.height_cm for p in planted])
    weight = np.array([p.patient.weight_kg for p in planted])
    assert 0.70 < female.mean() < 0.74
    assert AGE_LIMITS[0] <= age.min()
    assert age.max() <= AGE_LIMITS[1]
    assert height[female].mean() == pytest.approx(155.2, abs=0.5)
    assert height[~female].mean() == pytest.approx(166.5, abs=0.5)
    assert weight[female].mean() == pytest.approx(57.0, abs=0.6)
    assert weight[~female].mean() == pytest.approx(67.0, abs=0.8)
    assert 3.2 < bmi.std() < 3.7
    assert fractions(planted) == pytest.approx([0.30, 0.42, 0.28], abs=0.015)


def test_women_and_the_old_have_lower_t_scores(planted: tuple[DrawnPatient, ...]) -> None:
    age, female, _ = clinical_arrays(planted)
    scores = t_scores(planted)
    assert scores[female].mean() < scores[~female].mean() - 0.4
    assert np.corrcoef(age, scores)[0, 1] < -0.4


def test_values_are_rounded_as_a_form_holds_them(planted: tuple[DrawnPatient, ...]) -> None:
    for p in planted[:200]:
        person = p.patient
        for value in (person.age_years, person.height_cm, person.weight_kg, p.t_score):
            assert value == round(value, 1)
        assert p.bone_class is bone_class(p.t_score)


def test_t_score_mean_equals_the_documented_equation() -> None:
    assert t_score_mean(75.0, True, 25.5) == pytest.approx(-2.00 - 0.74 + 0.25)
    assert t_score_mean(55.0, False, 21.5) == pytest.approx(-1.25 + 0.50 - 0.25)
    assert t_score_mean([60, 60], [True, False], [23.5, 23.5]).shape == (2,)


def test_residual_t_score_has_the_documented_spread(planted: tuple[DrawnPatient, ...]) -> None:
    age, female, bmi = clinical_arrays(planted)
    left = t_scores(planted) - t_score_mean(age, female, bmi)
    assert left.mean() == pytest.approx(0.0, abs=0.02)
    assert left.std() == pytest.approx(0.90, abs=0.02)


def test_severity_falls_with_the_t_score_and_is_centred() -> None:
    grid = np.linspace(-6, 3, 500)
    assert (np.diff(severity(grid)) < 0).all()
    assert severity(SEVERITY_CENTRE) == 0
    assert severity(-1.0) == pytest.approx(-severity(-2.5))


def test_ageing_mean_broadcasts_and_rises_with_age_and_severity() -> None:
    means = ageing_mean(np.array([[50.0], [80.0]]), np.array([0.0, -1.75, -4.0]))
    assert means.shape == (2, 3, 6)
    assert (np.diff(means, axis=0) > 0).all()
    assert (np.diff(means, axis=1) > 0).all()


def test_a_planted_face_knows_more_than_age_sex_and_bmi(
    planted: tuple[DrawnPatient, ...],
) -> None:
    left = residuals(planted, t_scores(planted))
    for column in ageing_array(planted)[:, :5].T:
        assert np.corrcoef(left, residuals(planted, column))[0, 1] < -0.6


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


def test_adiposity_is_a_z_score_within_each_sex(planted: tuple[DrawnPatient, ...]) -> None:
    for sex in Sex:
        scores = [adiposity(p.patient) for p in planted if p.patient.sex is sex]
        assert np.mean(scores) == pytest.approx(0, abs=0.06)
        assert np.std(scores) == pytest.approx(1, abs=0.05)
    assert adiposity(Patient(60, Sex.FEMALE, 160, 90)) > 2


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
