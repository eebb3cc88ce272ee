"""The best any model could do on drawn patients: class probabilities from the generative model.

Bayes' rule on a grid of the unrounded T-score t (midpoint rule, step 0.05, cells that end
exactly where rounding to 0.1 changes the class):

    P(class | x, z) = sum over t in class of N(t; m(z), sd) p(x | a, t) / the same over all t

with x the six ageing parameters, z = (age, sex, BMI); m, sd from ``patients``, p from ``worlds``.
Without x the same sum gives what age, sex and BMI alone can say.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.drawn.face.parameters import AGEING_NAMES
from face2bone.drawn.face.patients import T_SCORE_SD, DrawnPatient, t_score_mean
from face2bone.drawn.face.worlds import Floats, World, ageing_log_likelihood
from face2bone.patient import Sex

STEP: Final = 0.05
# Rounded to 0.1 (half to even never matters: the draw is continuous), T <= -2.5 means t < -2.45
# and, by the WHO rule, T < -1.0 means t < -1.05.
OSTEOPOROSIS_BELOW: Final = -2.45
OSTEOPENIA_BELOW: Final = -1.05
GRID: Final[Floats] = -10.05 + STEP * (np.arange(340, dtype=np.float64) + 0.5)
_CLASS_OF_GRID: Final = np.where(
    GRID < OSTEOPOROSIS_BELOW, 2, np.where(GRID < OSTEOPENIA_BELOW, 1, 0)
)
_CHUNK: Final = 2_000  # patients at a time: about 40 MB


def oracle_probabilities(
    ageing: npt.ArrayLike, age_years: npt.ArrayLike, female: npt.ArrayLike, bmi: npt.ArrayLike
) -> Floats:
    """P(normal, osteopenia, osteoporosis | face, age, sex, BMI) in the planted world; (N, 3).

    ``ageing`` is (N, 6) in the order of ``AGEING_NAMES``, the others (N,): years, True for
    female, kg/m2.
    """
    faces, ages = np.asarray(ageing, np.float64), np.asarray(age_years, np.float64)
    prior = _log_prior(ages, female, bmi)
    blocks = [slice(i, i + _CHUNK) for i in range(0, len(faces), _CHUNK)]
    return np.concatenate(
        [_classes(prior[b] + ageing_log_likelihood(faces[b], ages[b], GRID)) for b in blocks]
    )


def clinical_probabilities(
    age_years: npt.ArrayLike, female: npt.ArrayLike, bmi: npt.ArrayLike
) -> Floats:
    """P(normal, osteopenia, osteoporosis | age, sex, BMI), with no face; (N, 3)."""
    return _classes(_log_prior(np.asarray(age_years, np.float64), female, bmi))


def cohort_oracle(patients: Sequence[DrawnPatient], world: World) -> Floats:
    """What an oracle can know about each patient of a world; (N, 3).

    Planted: the face, age, sex and BMI. Null: age, sex and BMI, because the face adds nothing.
    Blank: the cohort's class fractions, because nothing is left.
    """
    age, female, bmi = clinical_arrays(patients)
    if world is World.BLANK:
        counts = np.bincount([p.bone_class for p in patients], minlength=3)
        return np.tile(counts / len(patients), (len(patients), 1))
    if world is World.NULL:
        return clinical_probabilities(age, female, bmi)
    return oracle_probabilities(ageing_array(patients), age, female, bmi)


def ageing_array(patients: Sequence[DrawnPatient]) -> Floats:
    """The six ageing parameters of each patient, (N, 6) in the order of ``AGEING_NAMES``."""
    return np.array([[getattr(p.ageing, name) for name in AGEING_NAMES] for p in patients])


def clinical_arrays(
    patients: Sequence[DrawnPatient],
) -> tuple[Floats, npt.NDArray[np.bool_], Floats]:
    """Age (years), sex (True is female) and BMI (kg/m2) of each patient; (N,) each."""
    age = np.array([p.patient.age_years for p in patients])
    female = np.array([p.patient.sex is Sex.FEMALE for p in patients])
    return age, female, np.array([p.patient.bmi for p in patients])


def _log_prior(age: Floats, female: npt.ArrayLike, bmi: npt.ArrayLike) -> Floats:
    """Log N(t; m, sd) on the grid up to a constant; (N, G)."""
    mean = t_score_mean(age, female, bmi)[:, None]
    log_density: Floats = -0.5 * ((GRID[None, :] - mean) / T_SCORE_SD) ** 2
    return log_density


def _classes(log_weight: Floats) -> Floats:
    """Normalise (N, G) log weights and add them up by class; (N, 3)."""
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    return np.stack([weight[:, k == _CLASS_OF_GRID].sum(axis=1) for k in range(3)], axis=1)
