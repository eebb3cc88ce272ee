"""How well scores order patients: areas under ROC curves, plain and resampled."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.evaluation.confusion import ratio
from face2bone.evaluation.table import beyond

ROC_POINTS: Final = 101  # enough for a curve on a page


@dataclass(frozen=True)
class RocCurve:
    """Sensitivity against one minus specificity, both rising from 0 to 1."""

    cut: str
    false_positive_share: tuple[float, ...]
    sensitivity: tuple[float, ...]


def auc(score: Floats, positive: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """Area under the ROC curve under each row of weights (R, N); (R,), ties count one half.

    Mann-Whitney's form: the share of pairs of one positive and one negative patient in
    which the positive scores higher. NaN where one of the two kinds is missing.
    """
    order = np.argsort(score, kind="stable")
    starts = np.flatnonzero(np.diff(score[order], prepend=-np.inf))
    sorted_weights = weights[:, order]
    up = np.add.reduceat(sorted_weights * positive[order], starts, axis=1)
    down = np.add.reduceat(sorted_weights * ~positive[order], starts, axis=1)
    below = np.cumsum(down, axis=1) - down / 2
    return ratio((up * below).sum(axis=1), up.sum(axis=1) * down.sum(axis=1))


def macro_auc(probabilities: Floats, labels: npt.NDArray[np.int64], weights: Floats) -> Floats:
    """Unweighted mean over classes of one-versus-rest areas; NaN when a class is missing; (R,)."""
    areas = [auc(p, labels == k, weights) for k, p in enumerate(probabilities.T)]
    mean: Floats = np.mean(areas, axis=0)
    return mean


def cut_auc(
    probabilities: Floats, labels: npt.NDArray[np.int64], cut: int, weights: Floats
) -> Floats:
    """Area for telling class >= cut from the rest by P(class >= cut); (R,)."""
    return auc(beyond(probabilities, cut), labels >= cut, weights)


def roc_curve(name: str, score: Floats, positive: npt.NDArray[np.bool_]) -> RocCurve | None:
    """The curve at evenly spaced false positive shares; None where it is not defined."""
    if positive.all() or not positive.any():
        return None
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hits = np.cumsum(positive[order])[last] / positive.sum()
    false = np.cumsum(~positive[order])[last] / (~positive).sum()
    grid = np.linspace(0.0, 1.0, ROC_POINTS)
    curve = np.interp(grid, np.append(0.0, false), np.append(0.0, hits))
    return RocCurve(name, _tuple(grid), _tuple(curve))


def _tuple(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(v), 6) for v in values)
