"""Recalibration that respects the order of the classes: one slope, one intercept per cut.

Notation: q_1 = logit P(T <= -1), q_2 = logit P(T <= -2.5) as they are (q_1 >= q_2);
the recalibrated cumulative logits are u_j = s q_j + a_j with s > 0 and a_1 >= a_2, so they
never cross. These are the slope and intercepts of calibration per cumulative cut
(Cox 1958, Biometrika 45:562; McCullagh 1980 for cumulative logits), fitted together.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict
from scipy.special import expit, log_expit, log_softmax

from face2bone.bone import BoneClass
from face2bone.calibration.labelled import checked_labels, checked_scores
from face2bone.errors import TrainingError

Floats = npt.NDArray[np.float64]

SLOPE_RANGE: Final = (0.05, 20.0)  # the inverse of the temperatures allowed
INTERCEPT_SD: Final = 2.0  # of a weak normal prior, which keeps an unseen class finite
SMALLEST_GAP: Final = 1e-9  # between the two logits, so that osteopenia keeps a logarithm


@dataclass(frozen=True)
class Ordinal:
    """Cumulative logits scaled by one slope and shifted per cut (T <= -1, T <= -2.5).

    Raises ``TrainingError`` when a number is not finite, the slope is not positive or the
    intercepts would let the cuts cross.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)
    parameters: ClassVar[int] = 3

    slope: float
    intercepts: tuple[float, float]
    method: Literal["ordinal"] = "ordinal"

    def __post_init__(self) -> None:
        upper, lower = self.intercepts
        if not (np.isfinite((self.slope, upper, lower)).all() and self.slope > 0):
            raise TrainingError(
                "The ordinal calibration has no positive slope or no finite intercept. "
                "Fit it to labelled scores again."
            )
        if upper < lower:
            raise TrainingError(
                "The ordinal calibration's cuts would cross. Fit it to labelled scores again."
            )

    def logits(self, scores: Floats) -> Floats:
        """Log-probabilities (..., 3) after recalibration."""
        return _log_probabilities(
            cumulative_logits(scores) * self.slope + np.asarray(self.intercepts)
        )

    @classmethod
    def fit(cls, scores: npt.ArrayLike, labels: npt.ArrayLike) -> Self:
        """Slope and intercepts of least log loss; arguments and errors as ``Temperature.fit``."""
        from scipy.optimize import (
            minimize,  # half a second to import, and a result needs none of it
        )

        z = checked_scores(scores)
        y = checked_labels(labels, len(z))
        q = cumulative_logits(z)

        def objective(x: Floats) -> tuple[float, Floats]:
            slope, lower, gap = x
            intercepts = np.array([lower + gap, lower])
            u = q * slope + intercepts
            loss = -_log_probabilities(u)[np.arange(len(y)), y].mean()
            pull = intercepts / (INTERCEPT_SD**2 * len(y))
            by_u = _gradient(u, y)
            by_intercept = by_u.mean(0) + pull
            slopes = np.array([(by_u * q).sum() / len(y), by_intercept.sum(), by_intercept[0]])
            return float(loss + (pull * intercepts).sum() / 2), slopes

        bounds = [SLOPE_RANGE, (None, None), (0.0, None)]
        found = minimize(
            objective, np.array([1.0, 0.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds
        )
        slope, lower, gap = (float(value) for value in found.x)
        return cls(slope, (lower + gap, lower))


def cumulative_logits(scores: Floats) -> Floats:
    """logit P(T <= -1) and logit P(T <= -2.5), (..., 2), of scores (..., 3)."""
    log_p = log_softmax(scores, axis=-1)
    below_first = np.logaddexp(log_p[..., 1], log_p[..., 2]) - log_p[..., 0]
    below_second = log_p[..., 2] - np.logaddexp(log_p[..., 0], log_p[..., 1])
    return np.stack([below_first, below_second], axis=-1)


def _log_probabilities(u: Floats) -> Floats:
    """log of 1 - F(u_1), F(u_1) - F(u_2), F(u_2) with F the logistic, (..., 3)."""
    first, second = u[..., 0], u[..., 1]
    gap = np.maximum(first - second, SMALLEST_GAP)
    between = log_expit(first) + log_expit(-second) + np.log(-np.expm1(-gap))
    return np.stack([log_expit(-first), between, log_expit(second)], axis=-1)


def _gradient(u: Floats, y: npt.NDArray[np.int64]) -> Floats:
    """Of the log loss by u, (N, 2); d/du log(F(u_1) - F(u_2)) splits into three terms."""
    first, second = u[:, 0], u[:, 1]
    ratio = 1.0 / np.expm1(np.maximum(first - second, SMALLEST_GAP))
    osteopenia = y == BoneClass.OSTEOPENIA
    by_first = np.where(y == BoneClass.NORMAL, expit(first), 0.0)
    by_first -= osteopenia * (expit(-first) + ratio)
    by_second = np.where(y == BoneClass.OSTEOPOROSIS, -expit(-second), 0.0)
    by_second += osteopenia * (expit(second) + ratio)
    return np.stack([by_first, by_second], axis=1)
