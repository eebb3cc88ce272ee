"""One way to fit and one way to apply, whichever map makes probabilities honest.

A calibration is a chain of calibrators. The first reads a network's logits, each next one
the log-probabilities of the one before; so a clinic's own recalibration stands behind the
one a bundle came with, and both can be read.
"""

from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from face2bone.calibration.affine import Intercept, Vector
from face2bone.calibration.labelled import checked_probabilities
from face2bone.calibration.ordinal import Ordinal
from face2bone.calibration.temperature import Temperature

Calibrator = Temperature | Intercept | Ordinal | Vector
Method = Literal["temperature", "intercept", "ordinal", "vector"]

CALIBRATORS: Final[dict[Method, type[Calibrator]]] = {
    "temperature": Temperature,
    "intercept": Intercept,
    "ordinal": Ordinal,
    "vector": Vector,
}
"""From the simplest to the richest: 1, K - 1, K and 2K - 1 numbers to estimate for K classes."""

SMALLEST: Final = 1e-6  # probabilities are stored with six digits, so zero means below this


def fit(method: Method, scores: npt.ArrayLike, labels: npt.ArrayLike) -> Calibrator:
    """A calibrator from scores (N, K), logits or log-probabilities, and classes (N,).

    Raises ``TrainingError`` when shapes disagree or a value is not finite.
    """
    return CALIBRATORS[method].fit(scores, labels)


def is_for(step: Calibrator, classes: int) -> bool:
    """Whether a calibrator reads scores of so many classes; a temperature reads any."""
    match step:
        case Temperature():
            return True
        case Ordinal():
            return len(step.intercepts) == classes - 1
        case Intercept():
            return len(step.shifts) == classes
        case Vector():
            return len(step.shifts) == len(step.scales) == classes


def calibrated(scores: npt.ArrayLike, *steps: Calibrator) -> npt.NDArray[np.float64]:
    """Probabilities after every step, of the same shape (..., K); rows sum to 1.

    >>> calibrated([0.0, 0.0, 0.0], Temperature(2.0)).round(3).tolist()
    [0.333, 0.333, 0.333]
    """
    z = np.asarray(scores, dtype=np.float64)
    for step in steps:
        z = step.logits(z)
    return np.asarray(softmax(z, axis=-1), dtype=np.float64)


def log_scores(probabilities: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Probabilities (N, K) as log-probabilities a calibrator can read; zeros become 1e-6.

    Raises ``TrainingError`` when a row is no distribution.
    """
    return np.asarray(np.log(np.maximum(checked_probabilities(probabilities), SMALLEST)))
