"""The best any model could do on drawn faces: Bayes' rule (``drawn.odds``) with their ageing."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.drawn.face.parameters import AGEING_NAMES
from face2bone.drawn.face.patients import DrawnPatient
from face2bone.drawn.face.worlds import ageing_log_likelihood
from face2bone.drawn.odds import GRID, class_probabilities, known_without_the_picture
from face2bone.drawn.people import clinical_arrays
from face2bone.drawn.worlds import World


def oracle_probabilities(
    ageing: npt.ArrayLike, age_years: npt.ArrayLike, female: npt.ArrayLike, bmi: npt.ArrayLike
) -> Floats:
    """P(normal, osteopenia, osteoporosis | face, age, sex, BMI) in the planted world; (N, 3).

    ``ageing`` is (N, 6) in the order of ``AGEING_NAMES``, the others (N,): years, True for
    female, kg/m2.
    """
    faces, ages = np.asarray(ageing, np.float64), np.asarray(age_years, np.float64)
    return class_probabilities(
        lambda block: ageing_log_likelihood(faces[block], ages[block], GRID), ages, female, bmi
    )


def cohort_oracle(patients: Sequence[DrawnPatient], world: World) -> Floats:
    """What an oracle can know about each patient of a world; (N, 3).

    Planted: the face, age, sex and BMI. Null and blank: ``known_without_the_picture``.
    """
    if world is not World.PLANTED:
        return known_without_the_picture(patients, world)
    return oracle_probabilities(ageing_array(patients), *clinical_arrays(patients))


def ageing_array(patients: Sequence[DrawnPatient]) -> Floats:
    """The six ageing parameters of each patient, (N, 6) in the order of ``AGEING_NAMES``."""
    return np.array([[getattr(p.ageing, name) for name in AGEING_NAMES] for p in patients])
