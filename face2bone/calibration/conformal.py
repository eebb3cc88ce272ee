"""Prediction sets with a coverage promise for every class, contiguous in severity.

Notation: p (3,) probabilities, y the true class, s_y = 1 - p_y the score (LAC; Sadinle,
Lei, Wasserman 2019), a the level, n_k the number of calibration patients of class k.

Class-conditional split conformal (Mondrian; Vovk et al. 2005): threshold q_k is the
ceil((n_k + 1)(1 - a))-th smallest score among the patients of class k, and class k enters
the set when 1 - p_k <= q_k. A new patient of class k, exchangeable with those, is then
covered with probability at least 1 - a: on average over patients of that class, not for
one given patient. Two steps only ever enlarge a set, so the promise stands: the most
probable class is always in, and a set {normal, osteoporosis} takes osteopenia in, because
bone mass is one ordered scale.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.bone import BoneClass
from face2bone.calibration.labelled import (
    N_CLASSES,
    checked_labels,
    checked_probabilities,
)
from face2bone.errors import TrainingError

DEFAULT_ALPHA: Final = 0.1
ROUNDING: Final = 9  # decimals that absorb binary rounding of (n + 1)(1 - a) before ceil


@dataclass(frozen=True)
class ConformalThresholds:
    """Fitted thresholds: ``scores[k]`` in [0, 1] from ``counts[k]`` patients of class k."""

    alpha: float
    scores: tuple[float, ...]
    counts: tuple[int, ...]


def minimum_per_class(alpha: float) -> int:
    """Fewest patients per class for a finite threshold: ceil((n + 1)(1 - a)) <= n.

    Raises ``TrainingError`` when ``alpha`` is not strictly between 0 and 1.

    >>> minimum_per_class(0.05), minimum_per_class(0.1), minimum_per_class(0.01)
    (19, 9, 99)
    """
    if not 0.0 < alpha < 1.0:
        raise TrainingError(
            f"The level {alpha:g} is not between 0 and 1. Choose one such as 0.1, for 90% coverage."
        )
    return math.ceil(round((1.0 - alpha) / alpha, ROUNDING))


def fit_conformal(
    probabilities: npt.ArrayLike, labels: npt.ArrayLike, alpha: float = DEFAULT_ALPHA
) -> ConformalThresholds:
    """Class-conditional thresholds from the calibration split.

    Args:
        probabilities: (N, 3) after temperature scaling.
        labels: (N,) class indices.
        alpha: share of each class that may be missed, in (0, 1).

    Raises:
        TrainingError: when a class has fewer patients than ``minimum_per_class(alpha)``.
    """
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, len(p))
    needed = minimum_per_class(alpha)
    scores, counts = [], []
    for bone_class in BoneClass:
        own = np.sort(1.0 - p[y == bone_class, bone_class])
        if len(own) < needed:
            raise TrainingError(
                f"The calibration split has {len(own)} patients with {bone_class.label} where "
                f"level {alpha:g} needs {needed}. Enlarge the split or choose a larger level."
            )
        rank = math.ceil(round((len(own) + 1) * (1.0 - alpha), ROUNDING))
        scores.append(float(own[rank - 1]))
        counts.append(len(own))
    return ConformalThresholds(
        alpha, (scores[0], scores[1], scores[2]), (counts[0], counts[1], counts[2])
    )


def prediction_sets(
    probabilities: npt.ArrayLike, thresholds: ConformalThresholds
) -> npt.NDArray[np.bool_]:
    """Membership (N, 3): true where the class belongs to the patient's set.

    Every row is non-empty and contiguous, and holds the row's most probable class.
    """
    p = checked_probabilities(probabilities)
    sets: npt.NDArray[np.bool_] = (1.0 - p) <= np.asarray(thresholds.scores)
    sets[np.arange(len(p)), p.argmax(axis=1)] = True
    sets[:, BoneClass.OSTEOPENIA] |= sets[:, BoneClass.NORMAL] & sets[:, BoneClass.OSTEOPOROSIS]
    return sets


def prediction_set(
    probabilities: npt.ArrayLike, thresholds: ConformalThresholds
) -> tuple[BoneClass, ...]:
    """The set of one patient, probabilities (3,), as classes in order of severity."""
    row = prediction_sets(np.asarray(probabilities)[None], thresholds)[0]
    return tuple(bone_class for bone_class in BoneClass if row[bone_class])


def class_coverage(
    sets: npt.NDArray[np.bool_], labels: npt.ArrayLike
) -> tuple[float, float, float]:
    """Share of each true class whose set holds it, in [0, 1]; NaN for a class not seen."""
    y = checked_labels(labels, len(sets))
    shares = [
        float(sets[y == k, k].mean()) if (y == k).any() else math.nan for k in range(N_CLASSES)
    ]
    return shares[0], shares[1], shares[2]
