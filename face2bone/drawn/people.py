"""Draw people as a DXA department meets them: sex, age, height, weight and T-score.

One generative model, every distribution stated (BMI is body mass index, kg/m2; N+ a normal
truncated to 40 to 90 years):

    sex     female with probability 0.72
    age     N+(64, 11) women, N+(66, 12) men, years
    height  N(157.5 - 0.12 (age - 45), 5.4) women, N(168.5 - 0.10 (age - 45), 6.0) men, cm
    BMI     exp N(ln 23.4, 0.145) women, exp N(ln 23.8, 0.145) men, clipped to 15 to 40
    T       N(m, 0.90),  m = -2.00 - 0.074 (age - 65) + 0.125 (BMI - 23.5)   women
                         m = -1.25 - 0.050 (age - 65) + 0.125 (BMI - 23.5)   men

Values are rounded as a form would hold them (age, height, weight and T-score to 0.1); m is
computed from the rounded age and BMI, so the oracles are exact. The same seed gives the same
person whatever is drawn of them: a face, a knee or a hand.

Heights and weights at the mean age match the means China's 2015 report on nutrition and chronic
disease gives for adults (155.8 cm and 57.3 kg women, 167.1 cm and 66.2 kg men). The share of
women, the ages, the T-score's slopes and its SD are assumptions, chosen for class fractions of
a referred cohort and for an OSTA as good as in Beijing women (AUC 0.78 to 0.82 by site,
doi:10.1186/1471-2474-14-271); docs/research/cohorts.md compares them with surveys.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from face2bone.arrays import Floats
from face2bone.bone import BoneClass, bone_class
from face2bone.drawn.worlds import World
from face2bone.patient import Patient, Sex

# Seeds of cohorts, so that nobody evaluates on what a model was trained on.
# Seeds below 100,000 are anybody's.
TRAINING_SEED_RANGE: Final = range(100_000, 200_000)
PRETRAINING_SEED_RANGE: Final = range(200_000, 300_000)  # identities only, never bone
DEMONSTRATION_SEED_RANGE: Final = range(300_000, 400_000)  # sample patients on the screen
TEST_SEED_RANGE: Final = range(400_000, 500_000)  # the test suite's own cohorts
EVALUATION_SEED_RANGE: Final = range(900_000, 1_000_000)  # reserved: never training, never tuning

FEMALE_FRACTION: Final = 0.72
AGE_LIMITS: Final = (40.0, 90.0)  # years
BMI_LIMITS: Final = (15.0, 40.0)  # kg/m2
BMI_LOG_SD: Final = 0.145
T_SCORE_SD: Final = 0.90
FIRST_DAY: Final = date(2025, 1, 6)
DAYS: Final = 180


@dataclass(frozen=True)
class _SexModel:
    """The constants of the module's equations for one sex."""

    age_mean: float
    age_sd: float
    height_at_45: float
    height_per_year: float
    height_sd: float
    bmi_median: float
    t_at_65: float
    t_per_year: float
    t_per_bmi: float = 0.125
    bmi_centre: float = 23.5


_MODELS: Final = {
    Sex.FEMALE: _SexModel(64.0, 11.0, 157.5, -0.12, 5.4, 23.4, -2.00, -0.074),
    Sex.MALE: _SexModel(66.0, 12.0, 168.5, -0.10, 6.0, 23.8, -1.25, -0.050),
}


@dataclass(frozen=True, kw_only=True)
class DrawnSubject:
    """What every drawn patient is, whatever picture is taken of them.

    ``seed`` alone reproduces everything but a permuted T-score. ``t_score`` is in SD with one
    decimal (lowest site), ``bone_class`` follows the WHO rule.
    """

    patient_id: str
    patient: Patient
    t_score: float
    bone_class: BoneClass
    acquired_on: date
    seed: int


Subject = TypeVar("Subject", bound=DrawnSubject)


def t_score_mean(age_years: npt.ArrayLike, female: npt.ArrayLike, bmi: npt.ArrayLike) -> Floats:
    """Mean T-score m given age (years), sex (True is female) and BMI (kg/m2); broadcasts."""
    age, weight = np.asarray(age_years, np.float64), np.asarray(bmi, np.float64)
    women, men = (
        m.t_at_65 + m.t_per_year * (age - 65.0) + m.t_per_bmi * (weight - m.bmi_centre)
        for m in (_MODELS[Sex.FEMALE], _MODELS[Sex.MALE])
    )
    mean: Floats = np.where(np.asarray(female, bool), women, men)
    return mean


def adiposity(patient: Patient) -> float:
    """Z-score of log BMI among drawn patients of the same sex: what a picture shows of it."""
    return float(np.log(patient.bmi / _MODELS[patient.sex].bmi_median)) / BMI_LOG_SD


def patient_seed(cohort_seed: int, index: int) -> int:
    """Seed (63 bit) of patient ``index`` of a cohort, whatever the cohort's size."""
    sequence = np.random.SeedSequence(cohort_seed, spawn_key=(index,))
    return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(1))


def stream(seed: int, key: int) -> np.random.Generator:
    """Independent random streams of one patient: 0 draws the person, 1 the looks of a picture."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(key,)))


def draw_subject(
    rng: np.random.Generator, seed: int, world: Literal[World.PLANTED, World.NULL]
) -> tuple[DrawnSubject, float]:
    """A person of the stream ``stream(seed, 0)``, and t*: the T-score their picture carries.

    The same seed gives the same person in both worlds. The blank world exists only for a cohort,
    because it permutes T-scores: ``permute_t_scores``.
    """
    patient = _draw_person(rng)
    mean = float(t_score_mean(patient.age_years, patient.sex is Sex.FEMALE, patient.bmi))
    own, stranger = (mean + T_SCORE_SD * rng.standard_normal(2)).tolist()
    day = FIRST_DAY + timedelta(days=int(rng.integers(DAYS)))
    subject = DrawnSubject(
        patient_id=f"drawn-{seed:016x}",
        patient=patient,
        t_score=round(own, 1),
        bone_class=bone_class(round(own, 1)),
        acquired_on=day,
        seed=seed,
    )
    return subject, {World.PLANTED: own, World.NULL: stranger}[world]


def permute_t_scores(patients: tuple[Subject, ...], seed: int) -> tuple[Subject, ...]:
    """The same patients with their T-scores and classes permuted between them."""
    order = np.random.default_rng([seed, len(patients)]).permutation(len(patients))
    return tuple(
        replace(p, t_score=patients[j].t_score, bone_class=patients[j].bone_class)
        for p, j in zip(patients, order.tolist(), strict=True)
    )


def clinical_arrays(
    patients: Sequence[DrawnSubject],
) -> tuple[Floats, npt.NDArray[np.bool_], Floats]:
    """Age (years), sex (True is female) and BMI (kg/m2) of each patient; (N,) each."""
    age = np.array([p.patient.age_years for p in patients])
    female = np.array([p.patient.sex is Sex.FEMALE for p in patients])
    return age, female, np.array([p.patient.bmi for p in patients])


def _draw_person(rng: np.random.Generator) -> Patient:
    """Sex, age, height and weight, rounded to 0.1."""
    sex = Sex.FEMALE if rng.random() < FEMALE_FRACTION else Sex.MALE
    m = _MODELS[sex]
    low, high = (float(ndtr((limit - m.age_mean) / m.age_sd)) for limit in AGE_LIMITS)
    age = round(m.age_mean + m.age_sd * float(ndtri(rng.uniform(low, high))), 1)
    height_mean = m.height_at_45 + m.height_per_year * (age - 45.0)
    height = round(height_mean + m.height_sd * rng.standard_normal(), 1)
    bmi = float(np.clip(m.bmi_median * np.exp(BMI_LOG_SD * rng.standard_normal()), *BMI_LIMITS))
    weight = round(bmi * (height / 100.0) ** 2, 1)
    return Patient(age_years=age, sex=sex, height_cm=height, weight_kg=weight)
