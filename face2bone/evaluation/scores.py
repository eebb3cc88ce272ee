"""Proper scores of one patient's probabilities: lower is better, honesty is optimal.

Notation: p (N, 3) probabilities, Y (N, 3) the true class as 0 and 1, K = 3 classes,
capitals with a bar below j the sums up to class j.
"""

import numpy as np
import numpy.typing as npt

from face2bone.calibration.labelled import N_CLASSES
from face2bone.evaluation.table import Floats


def rps_terms(probabilities: Floats, labels: npt.NDArray[np.int64]) -> Floats:
    """Ranked probability score of each patient, in [0, 1]: 1/(K-1) sum_j (P_j - Y_j)^2.

    Cumulative probabilities (Epstein 1969): a miss by two classes costs more than by one.
    """
    gaps = (probabilities - np.eye(N_CLASSES)[labels]).cumsum(axis=1)[:, :-1]
    terms: Floats = (gaps**2).sum(axis=1) / (N_CLASSES - 1)
    return terms


def brier_terms(probabilities: Floats, labels: npt.NDArray[np.int64]) -> Floats:
    """Brier score of each patient, summed over classes, in [0, 2]: sum_k (p_k - Y_k)^2."""
    terms: Floats = ((probabilities - np.eye(N_CLASSES)[labels]) ** 2).sum(axis=1)
    return terms
