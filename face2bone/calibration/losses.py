"""Proper scores of one patient's probabilities: lower is better, honesty is optimal."""

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.calibration.labelled import checked_labels, checked_probabilities


def log_losses(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> Floats:
    """-log p(true class) in nats, (N,); infinite where the true class was given zero."""
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, p)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(p[np.arange(len(y)), y]))


def ranked_probability_scores(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> Floats:
    """1/(K-1) sum_j (P_j - Y_j)^2 over cumulative probabilities, (N,) (Epstein 1969).

    In [0, 1]. Unlike the Brier score it charges more for missing by two classes.
    """
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, p)
    gaps = (p - _one_hot(y, p)).cumsum(axis=1)[:, :-1]
    return np.asarray((gaps**2).sum(axis=1) / (p.shape[1] - 1))


def brier_scores(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> Floats:
    """Sum over classes of (p_k - Y_k)^2, (N,), in [0, 2] (Brier 1950)."""
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, p)
    return np.asarray(((p - _one_hot(y, p)) ** 2).sum(axis=1))


def _one_hot(labels: npt.NDArray[np.int64], scores: Floats) -> Floats:
    return np.asarray(np.eye(scores.shape[1])[labels])
