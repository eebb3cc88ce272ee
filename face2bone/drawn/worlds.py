"""What a drawn picture may know about a drawn patient's bone: three worlds.

Let t be a T-score (SD). A picture's values follow a severity

    s(t) = tanh((-1.75 - t) / 1.5),   strictly falling in t,

of the T-score t* that the picture carries. In the planted world t* is the patient's own: the
picture carries signal beyond age, sex and body mass index (BMI). In the null world t* is an
independent draw of T given the same age, sex and BMI: every marginal is the same, and given
these three the picture says nothing about bone. The blank world is the planted one with the
T-scores permuted between patients.
"""

from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats


class World(Enum):
    """What the picture of a drawn patient carries; see the module's text."""

    PLANTED = "planted"
    NULL = "null"
    BLANK = "blank"


SEVERITY_CENTRE: Final = -1.75  # midway between the two class boundaries
SEVERITY_WIDTH: Final = 1.5


def severity(t_score: npt.ArrayLike) -> Floats:
    """Severity s(t) in (-1, 1): 0 midway between the class boundaries, higher when bone is lost."""
    bounded: Floats = np.tanh((SEVERITY_CENTRE - np.asarray(t_score, np.float64)) / SEVERITY_WIDTH)
    return bounded
