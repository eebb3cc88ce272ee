"""Draw patients as a DXA department meets them: sex, age, height, weight, T-score and a face.

One generative model, every distribution stated (BMI is body mass index, kg/m2; N+ a normal
truncated to 40 to 90 years):

    sex     female with probability 0.72
    age     N+(64, 11) women, N+(66, 12) men, years
    height  N(157.5 - 0.12 (age - 45), 5.4) women, N(168.5 - 0.10 (age - 45), 6.0) men, cm
    BMI     exp N(ln 23.4, 0.145) women, exp N(ln 23.8, 0.145) men, clipped to 15 to 40
    T       N(m, 0.90),  m = -2.00 - 0.074 (age - 65) + 0.125 (BMI - 23.5)   women
                         m = -1.25 - 0.050 (age - 65) + 0.125 (BMI - 23.5)   men
    face    ``worlds.draw_ageing``

Values are rounded as a form would hold them (age, height, weight and T-score to 0.1); m is
computed from the rounded age and BMI, so the oracle in ``oracle.py`` is exact.

Heights and weights at the mean age match the means China's 2015 report on nutrition and chronic
disease gives for adults (155.8 cm and 57.3 kg women, 167.1 cm and 66.2 kg men). The share of
women, the ages, the T-score's slopes and its SD are assumptions, chosen for class fractions of
a referred cohort and for an OSTA as good as in Beijing women (AUC 0.78 to 0.82 by site,
doi:10.1186/1471-2474-14-271); docs/cohorts.md compares them with surveys.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from face2bone.bone import BoneClass, bone_class
from face2bone.drawn.face.parameters import Ageing, FaceParameters, draw_parameters
from face2bone.drawn.face.worlds import Floats, World, draw_ageing
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


@dataclass(frozen=True)
class DrawnPatient:
    """One drawn patient; ``seed`` alone reproduces everything but a permuted T-score.

    ``t_score`` is in SD with one decimal (lowest site), ``bone_class`` follows the WHO rule,
    ``ageing`` is what the face shows (mm; wrinkle 0 to 1.4).
    """

    patient_id: str
    patient: Patient
    t_score: float
    bone_class: BoneClass
    ageing: Ageing
    acquired_on: date
    seed: int


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
    """Z-score of log BMI among drawn patients of the same sex: what the face's fullness shows."""
    return float(np.log(patient.bmi / _MODELS[patient.sex].bmi_median)) / BMI_LOG_SD


def patient_seed(cohort_seed: int, index: int) -> int:
    """Seed (63 bit) of patient ``index`` of a cohort, whatever the cohort's size."""
    sequence = np.random.SeedSequence(cohort_seed, spawn_key=(index,))
    return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(1))


def draw_patient(seed: int, world: Literal[World.PLANTED, World.NULL]) -> DrawnPatient:
    """Draw one patient; the same seed gives the same patient in both worlds but for the face.

    The blank world exists only for a cohort, because it permutes T-scores: ``draw_cohort``.
    """
    rng = _stream(seed, 0)
    patient = _draw_person(rng)
    mean = float(t_score_mean(patient.age_years, patient.sex is Sex.FEMALE, patient.bmi))
    own, stranger = (mean + T_SCORE_SD * rng.standard_normal(2)).tolist()
    day = FIRST_DAY + timedelta(days=int(rng.integers(DAYS)))
    face_t_score = {World.PLANTED: own, World.NULL: stranger}[world]
    return DrawnPatient(
        patient_id=f"drawn-{seed:016x}",
        patient=patient,
        t_score=round(own, 1),
        bone_class=bone_class(round(own, 1)),
        ageing=draw_ageing(rng, patient.age_years, face_t_score),
        acquired_on=day,
        seed=seed,
    )


def draw_cohort(n: int, world: World, seed: int) -> tuple[DrawnPatient, ...]:
    """Draw patients 0 to n - 1 of the cohort with this seed.

    A patient does not depend on n, except for the T-score of the blank world.
    """
    base = World.PLANTED if world is World.BLANK else world
    patients = tuple(draw_patient(patient_seed(seed, i), base) for i in range(n))
    return permute_t_scores(patients, seed) if world is World.BLANK else patients


def permute_t_scores(patients: tuple[DrawnPatient, ...], seed: int) -> tuple[DrawnPatient, ...]:
    """The same patients with their T-scores and classes permuted between them."""
    order = np.random.default_rng([seed, len(patients)]).permutation(len(patients))
    return tuple(
        replace(p, t_score=patients[j].t_score, bone_class=patients[j].bone_class)
        for p, j in zip(patients, order.tolist(), strict=True)
    )


def patient_face(drawn: DrawnPatient) -> FaceParameters:
    """Everything the picture of this patient needs; the identity depends on the seed alone."""
    person = drawn.patient
    return draw_parameters(
        _stream(drawn.seed, 1), person.sex, person.age_years, adiposity(person), drawn.ageing
    )


def _stream(seed: int, key: int) -> np.random.Generator:
    """Independent random streams of one patient: 0 draws the person, 1 the face."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(key,)))


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
