"""The people model: what it promises about seeds and marginals, whatever is drawn of them."""

import itertools

import numpy as np
import pytest

from face2bone.arrays import Floats
from face2bone.bone import bone_class
from face2bone.drawn import people as module
from face2bone.drawn.people import (
    AGE_LIMITS,
    DrawnSubject,
    adiposity,
    clinical_arrays,
    draw_subject,
    patient_seed,
    permute_t_scores,
    stream,
    t_score_mean,
)
from face2bone.drawn.worlds import World
from face2bone.patient import Patient, Sex

N = 5_000


@pytest.fixture(scope="module")
def planted() -> tuple[DrawnSubject, ...]:
    seeds = [patient_seed(400_000, i) for i in range(N)]
    return tuple(draw_subject(stream(s, 0), s, World.PLANTED)[0] for s in seeds)


def t_scores(cohort: tuple[DrawnSubject, ...]) -> Floats:
    return np.array([p.t_score for p in cohort])


def fractions(cohort: tuple[DrawnSubject, ...]) -> Floats:
    counted: Floats = np.bincount([p.bone_class for p in cohort], minlength=3) / len(cohort)
    return counted


def test_seeds_do_not_collide(planted: tuple[DrawnSubject, ...]) -> None:
    assert len({p.seed for p in planted}) == len(planted)
    assert all(0 <= p.seed < 2**63 for p in planted)


def test_reserved_seed_ranges_do_not_overlap() -> None:
    ranges = [v for k, v in vars(module).items() if k.endswith("_SEED_RANGE")]
    assert len(ranges) == 5
    ordered = sorted(ranges, key=lambda r: r.start)
    assert all(a.stop <= b.start for a, b in itertools.pairwise(ordered))
    assert ordered[0].start >= 100_000


def test_marginals_are_those_of_a_referred_cohort(planted: tuple[DrawnSubject, ...]) -> None:
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


def test_women_and_the_old_have_lower_t_scores(planted: tuple[DrawnSubject, ...]) -> None:
    age, female, _ = clinical_arrays(planted)
    scores = t_scores(planted)
    assert scores[female].mean() < scores[~female].mean() - 0.4
    assert np.corrcoef(age, scores)[0, 1] < -0.4


def test_values_are_rounded_as_a_form_holds_them(planted: tuple[DrawnSubject, ...]) -> None:
    for p in planted[:200]:
        person = p.patient
        for value in (person.age_years, person.height_cm, person.weight_kg, p.t_score):
            assert value == round(value, 1)
        assert p.bone_class is bone_class(p.t_score)


def test_t_score_mean_equals_the_documented_equation() -> None:
    assert t_score_mean(75.0, True, 25.5) == pytest.approx(-2.00 - 0.74 + 0.25)
    assert t_score_mean(55.0, False, 21.5) == pytest.approx(-1.25 + 0.50 - 0.25)
    assert t_score_mean([60, 60], [True, False], [23.5, 23.5]).shape == (2,)


def test_residual_t_score_has_the_documented_spread(planted: tuple[DrawnSubject, ...]) -> None:
    age, female, bmi = clinical_arrays(planted)
    left = t_scores(planted) - t_score_mean(age, female, bmi)
    assert left.mean() == pytest.approx(0.0, abs=0.02)
    assert left.std() == pytest.approx(0.90, abs=0.02)


def test_adiposity_is_a_z_score_within_each_sex(planted: tuple[DrawnSubject, ...]) -> None:
    for sex in Sex:
        scores = [adiposity(p.patient) for p in planted if p.patient.sex is sex]
        assert np.mean(scores) == pytest.approx(0, abs=0.06)
        assert np.std(scores) == pytest.approx(1, abs=0.05)
    assert adiposity(Patient(60, Sex.FEMALE, 160, 90)) > 2


@pytest.mark.parametrize("seed", [3, 2**62 + 1])
def test_a_person_is_the_same_in_both_worlds_and_only_the_pictures_t_score_differs(
    seed: int,
) -> None:
    planted, own = draw_subject(stream(seed, 0), seed, World.PLANTED)
    null, stranger = draw_subject(stream(seed, 0), seed, World.NULL)
    assert planted == null
    assert round(own, 1) == planted.t_score
    assert own != stranger


def test_permuting_moves_t_scores_and_nothing_else(planted: tuple[DrawnSubject, ...]) -> None:
    blank = permute_t_scores(planted, 5)
    assert sorted(t_scores(blank)) == sorted(t_scores(planted))
    assert [p.patient for p in blank] == [p.patient for p in planted]
    assert (t_scores(blank) != t_scores(planted)).mean() > 0.9
