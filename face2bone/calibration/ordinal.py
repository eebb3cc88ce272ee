"""Recalibration that respects the order of the classes: one slope, one intercept per cut.

Notation: K classes, cut j = 1 ... K - 1 between class j - 1 and class j; q_j = logit P(class >= j)
as they are (q_1 >= q_2 >= ...); the recalibrated cumulative logits are u_j = s q_j + a_j with
s > 0 and a_1 >= a_2 >= ..., so they never cross. Of bone mass the cuts are T <= -1 and T <= -2.5.
These are the slope and intercepts of calibration per cumulative cut (Cox 1958, Biometrika 45:562;
McCullagh 1980 for cumulative logits), fitted together.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict
from scipy.special import expit, log_expit, log_softmax

from face2bone.arrays import Floats
from face2bone.calibration.labelled import checked_labels, checked_scores
from face2bone.errors import TrainingError

SLOPE_RANGE: Final = (0.05, 20.0)  # the inverse of the temperatures allowed
INTERCEPT_SD: Final = 2.0  # of a weak normal prior, which keeps an unseen class finite
SMALLEST_GAP: Final = 1e-9  # between the two logits, so that a class between keeps a logarithm


@dataclass(frozen=True)
class Ordinal:
    """Cumulative logits scaled by one slope and shifted per cut.

    Raises ``TrainingError`` when a number is not finite, the slope is not positive or the
    intercepts would let the cuts cross.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    slope: float
    intercepts: tuple[float, ...]
    method: Literal["ordinal"] = "ordinal"

    def __post_init__(self) -> None:
        if not (np.isfinite((self.slope, *self.intercepts)).all() and self.slope > 0):
            raise TrainingError(
                "The ordinal calibration has no positive slope or no finite intercept. "
                "Fit it to labelled scores again."
            )
        if (np.diff(self.intercepts) > 0).any():
            raise TrainingError(
                "The ordinal calibration's cuts would cross. Fit it to labelled scores again."
            )

    def logits(self, scores: Floats) -> Floats:
        """Log-probabilities (..., K) after recalibration."""
        return _log_probabilities(
            cumulative_logits(scores) * self.slope + np.asarray(self.intercepts)
        )

    @staticmethod
    def parameters(classes: int) -> int:
        """How many numbers are estimated for so many classes."""
        return classes

    @classmethod
    def fit(cls, scores: npt.ArrayLike, labels: npt.ArrayLike) -> Self:
        """Slope and intercepts of least log loss; arguments and errors as ``Temperature.fit``."""
        from scipy.optimize import (
            minimize,  # half a second to import, and a result needs none of it
        )

        z = checked_scores(scores)
        y = checked_labels(labels, z)
        q = cumulative_logits(z)
        cuts = q.shape[1]

        def objective(x: Floats) -> tuple[float, Floats]:
            intercepts = _intercepts(x)
            u = q * x[0] + intercepts
            loss = -_log_probabilities(u)[np.arange(len(y)), y].mean()
            pull = intercepts / (INTERCEPT_SD**2 * len(y))
            by_u = _gradient(u, y)
            by_intercept = by_u.mean(0) + pull
            of_sums = np.cumsum(by_intercept)[::-1]  # the lowest moves all, a gap those above it
            slopes = np.array([(by_u * q).sum() / len(y), *of_sums])
            return float(loss + (pull * intercepts).sum() / 2), slopes

        start = np.array([1.0, *[0.0] * cuts])
        bounds = [SLOPE_RANGE, (None, None), *[(0.0, None)] * (cuts - 1)]
        found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds)
        return cls(float(found.x[0]), tuple(_intercepts(found.x).tolist()))


def cumulative_logits(scores: Floats) -> Floats:
    """logit P(class >= j) for every cut j, (..., K - 1), of scores (..., K)."""
    log_p = log_softmax(scores, axis=-1)
    cuts = range(1, log_p.shape[-1])
    beyond = [np.logaddexp.reduce(log_p[..., j:], axis=-1) for j in cuts]
    before = [np.logaddexp.reduce(log_p[..., :j], axis=-1) for j in cuts]
    return np.asarray(np.stack(beyond, axis=-1) - np.stack(before, axis=-1))


def _intercepts(x: Floats) -> Floats:
    """(K - 1,), falling, of x = slope, the lowest intercept, then the gaps upwards from it."""
    return np.asarray(np.cumsum(x[1:])[::-1])


def _log_probabilities(u: Floats) -> Floats:
    """log of 1 - F(u_1), F(u_1) - F(u_2), ..., F(u_K-1) with F the logistic, (..., K)."""
    gap = np.maximum(u[..., :-1] - u[..., 1:], SMALLEST_GAP)
    between = log_expit(u[..., :-1]) + log_expit(-u[..., 1:]) + np.log(-np.expm1(-gap))
    return np.concatenate([log_expit(-u[..., :1]), between, log_expit(u[..., -1:])], axis=-1)


def _gradient(u: Floats, y: npt.NDArray[np.int64]) -> Floats:
    """Of the log loss by u, (N, K - 1); d/du log(F(u_j) - F(u_j+1)) splits into three terms."""
    last = u.shape[1]
    by_u = np.zeros_like(u)
    by_u[:, 0] += np.where(y == 0, expit(u[:, 0]), 0.0)
    by_u[:, -1] += np.where(y == last, -expit(-u[:, -1]), 0.0)
    for k in range(1, last):
        above, below, inside = u[:, k - 1], u[:, k], y == k
        ratio = 1.0 / np.expm1(np.maximum(above - below, SMALLEST_GAP))
        by_u[:, k - 1] -= inside * (expit(-above) + ratio)
        by_u[:, k] += inside * (expit(below) + ratio)
    return by_u
