"""Prediction sets with a coverage promise for every class, contiguous in severity.

Notation: p (K,) probabilities, y the true class, s_y = 1 - p_y the score (LAC; Sadinle,
Lei, Wasserman 2019), a the level, n_k the number of calibration patients of class k.

Class-conditional split conformal (Mondrian; Vovk et al. 2005): threshold q_k is the
ceil((n_k + 1)(1 - a))-th smallest score among the patients of class k, and class k enters
the set when 1 - p_k <= q_k. A new patient of class k, exchangeable with those, is then
covered with probability at least 1 - a: on average over patients of that class, not for
one given patient. Two steps only ever enlarge a set, so the promise stands: the most
probable class is always in, and a set with a gap, such as {normal, osteoporosis}, takes in what
lies between, because the classes are one ordered scale.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.calibration.labelled import checked_labels, checked_probabilities
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
            "The level {level} is not between 0 and 1. Choose one such as 0.1, for 90% coverage.",
            level=f"{alpha:g}",
        )
    return math.ceil(round((1.0 - alpha) / alpha, ROUNDING))


def fit_conformal(
    probabilities: npt.ArrayLike,
    labels: npt.ArrayLike,
    alpha: float = DEFAULT_ALPHA,
    classes: Sequence[str] = (),
) -> ConformalThresholds:
    """Class-conditional thresholds from the calibration split.

    Args:
        probabilities: (N, K), calibrated.
        labels: (N,) class indices.
        alpha: share of each class that may be missed, in (0, 1).
        classes: the K names, for the error's sentence; without them, the class's index.

    Raises:
        TrainingError: when a class has fewer patients than ``minimum_per_class(alpha)``.
    """
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, p)
    needed = minimum_per_class(alpha)
    scores, counts = [], []
    for k, name in enumerate(classes or [f"class {k}" for k in range(p.shape[1])]):
        own = np.sort(1.0 - p[y == k, k])
        if len(own) < needed:
            raise TrainingError(
                "The calibration split has {count} patients with {group} where level {level} "
                "needs {needed}. Enlarge the split or choose a larger level.",
                count=len(own),
                group=name,
                level=f"{alpha:g}",
                needed=needed,
            )
        rank = math.ceil(round((len(own) + 1) * (1.0 - alpha), ROUNDING))
        scores.append(float(own[rank - 1]))
        counts.append(len(own))
    return ConformalThresholds(alpha, tuple(scores), tuple(counts))


def prediction_sets(
    probabilities: npt.ArrayLike, thresholds: ConformalThresholds
) -> npt.NDArray[np.bool_]:
    """Membership (N, K): true where the class belongs to the patient's set.

    Every row is non-empty and contiguous, and holds the row's most probable class.
    """
    p = checked_probabilities(probabilities)
    sets: npt.NDArray[np.bool_] = (1.0 - p) <= np.asarray(thresholds.scores)
    sets[np.arange(len(p)), p.argmax(axis=1)] = True
    from_below = np.logical_or.accumulate(sets, axis=1)
    from_above = np.logical_or.accumulate(sets[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(from_below & from_above)


def prediction_set(
    probabilities: npt.ArrayLike, thresholds: ConformalThresholds
) -> tuple[int, ...]:
    """The set of one patient, probabilities (K,), as class indices in order of severity."""
    row = prediction_sets(np.asarray(probabilities)[None], thresholds)[0]
    return tuple(np.flatnonzero(row).tolist())


def class_coverage(sets: npt.NDArray[np.bool_], labels: npt.ArrayLike) -> tuple[float, ...]:
    """Share of each true class whose set holds it, in [0, 1]; NaN for a class not seen."""
    y = checked_labels(labels, sets)
    members = [sets[y == k, k] for k in range(sets.shape[1])]
    return tuple(float(own.mean()) if len(own) else math.nan for own in members)
