"""Bayes' rule over the T-score: what is known of a drawn patient, added up by bone class.

On a grid of the unrounded T-score t (midpoint rule, step 0.05, cells that end exactly where
rounding to 0.1 changes the class):

    P(class | x, z) = sum over t in class of N(t; m(z), sd) p(x | t) / the same over all t

with x what a picture shows, z = (age, sex, BMI); m, sd from ``people``. Without x the same sum
gives what age, sex and BMI alone can say.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.bone import BoneClass
from face2bone.drawn.people import T_SCORE_SD, DrawnSubject, clinical_arrays, t_score_mean
from face2bone.drawn.worlds import World

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


def class_probabilities(
    log_likelihood: Callable[[slice], Floats],
    age_years: npt.ArrayLike,
    female: npt.ArrayLike,
    bmi: npt.ArrayLike,
) -> Floats:
    """P(normal, osteopenia, osteoporosis | picture, age, sex, BMI); (N, 3).

    ``log_likelihood`` gives log p(x | t) on ``GRID`` of a slice of the patients; (n, G).
    """
    prior = _log_prior(np.asarray(age_years, np.float64), female, bmi)
    blocks = [slice(i, i + _CHUNK) for i in range(0, len(prior), _CHUNK)]
    return np.concatenate([_classes(prior[b] + log_likelihood(b)) for b in blocks])


def clinical_probabilities(
    age_years: npt.ArrayLike, female: npt.ArrayLike, bmi: npt.ArrayLike
) -> Floats:
    """P(normal, osteopenia, osteoporosis | age, sex, BMI), with no picture; (N, 3)."""
    return _classes(_log_prior(np.asarray(age_years, np.float64), female, bmi))


def known_without_the_picture(patients: Sequence[DrawnSubject], world: World) -> Floats:
    """What is left to know where the picture adds nothing; (N, 3).

    Null: age, sex and BMI. Blank: the cohort's class fractions, because nothing is left.
    """
    if world is World.BLANK:
        counts = np.bincount([p.bone_class for p in patients], minlength=3)
        return np.tile(counts / len(patients), (len(patients), 1))
    return clinical_probabilities(*clinical_arrays(patients))


def _log_prior(age: Floats, female: npt.ArrayLike, bmi: npt.ArrayLike) -> Floats:
    """Log N(t; m, sd) on the grid up to a constant; (N, G)."""
    mean = t_score_mean(age, female, bmi)[:, None]
    log_density: Floats = -0.5 * ((GRID[None, :] - mean) / T_SCORE_SD) ** 2
    return log_density


def _classes(log_weight: Floats) -> Floats:
    """Normalise (N, G) log weights and add them up by class; (N, 3)."""
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    return np.stack([weight[:, k == _CLASS_OF_GRID].sum(axis=1) for k in BoneClass], axis=1)
