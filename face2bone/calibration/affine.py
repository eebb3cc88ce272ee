"""Recalibration by a weight and a shift per class: of the base rates alone, or of both.

Notation: l = log softmax(z) the log-probabilities (N, K) as they are, p = softmax(w * l + b).
Intercept: w = 1. It multiplies the probability of each class by exp(b_k) and renormalises,
which is what another mix of patients does to them (Saerens, Latinne, Decaestecker 2002,
doi 10.1162/089976602753284446), with b estimated from labelled patients.
Vector: w and b free (vector scaling; Guo et al. 2017, arXiv 1706.04599).
A weak normal prior (standard deviations below) keeps both finite when classes are few or
separated; it makes sum(b) = 0, which the likelihood leaves open.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict
from scipy.special import log_softmax

from face2bone.arrays import Floats
from face2bone.calibration.labelled import checked_labels, checked_scores
from face2bone.calibration.temperature import Temperature
from face2bone.errors import TrainingError

PerClass = tuple[float, ...]

SHIFT_SD: Final = 2.0  # in log-odds: a base rate seven times higher or lower is one of these
SCALE_SD: Final = 0.5  # of a weight, as a share of the weight temperature scaling would give


@dataclass(frozen=True)
class Intercept:
    """Log-probabilities plus a shift per class; raises ``TrainingError`` unless finite."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    shifts: PerClass
    method: Literal["intercept"] = "intercept"

    def __post_init__(self) -> None:
        _check_finite(*self.shifts)

    def logits(self, scores: Floats) -> Floats:
        """Scores (..., K) whose softmax is calibrated."""
        return scores + np.asarray(self.shifts, dtype=np.float64)

    @staticmethod
    def parameters(classes: int) -> int:
        """How many numbers are estimated for so many classes."""
        return classes - 1

    @classmethod
    def fit(cls, scores: npt.ArrayLike, labels: npt.ArrayLike) -> Self:
        """Shifts that maximise the posterior; arguments and errors as ``Temperature.fit``."""
        log_p, targets = _prepared(scores, labels)

        def objective(b: Floats) -> tuple[float, Floats]:
            loss, gap = _loss(log_p + b, targets)
            return loss + _penalty(b / SHIFT_SD, gap), gap.mean(0) + b / (SHIFT_SD**2 * len(gap))

        return cls(_plain(_minimum(objective, np.zeros(log_p.shape[1]))))


@dataclass(frozen=True)
class Vector:
    """Log-probabilities weighted and shifted per class.

    Raises ``TrainingError`` when a number is not finite or a weight negative.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    scales: PerClass
    shifts: PerClass
    method: Literal["vector"] = "vector"

    def __post_init__(self) -> None:
        _check_finite(*self.scales, *self.shifts)
        if min(self.scales) < 0:
            raise TrainingError(
                "A weight of the calibration is negative. Fit it to labelled scores."
            )

    def logits(self, scores: Floats) -> Floats:
        """Scores (..., K) whose softmax is calibrated."""
        log_p: Floats = log_softmax(scores, axis=-1)
        scales, shifts = np.asarray([self.scales, self.shifts], dtype=np.float64)
        return np.asarray(log_p * scales + shifts)

    @staticmethod
    def parameters(classes: int) -> int:
        """How many numbers are estimated for so many classes."""
        return 2 * classes - 1

    @classmethod
    def fit(cls, scores: npt.ArrayLike, labels: npt.ArrayLike) -> Self:
        """Weights, shrunk towards temperature scaling of the same data, and shifts."""
        log_p, targets = _prepared(scores, labels)
        classes = log_p.shape[1]
        centre = 1.0 / Temperature.fit(scores, labels).temperature

        def objective(x: Floats) -> tuple[float, Floats]:
            u, b = x[:classes], x[classes:]  # weight = centre * (1 + u)
            loss, gap = _loss(log_p * centre * (1.0 + u) + b, targets)
            whitened = np.concatenate([u / SCALE_SD, b / SHIFT_SD])
            slope = np.concatenate([(gap * log_p).mean(0) * centre, gap.mean(0)])
            prior = np.concatenate([u / SCALE_SD**2, b / SHIFT_SD**2]) / len(gap)
            return loss + _penalty(whitened, gap), slope + prior

        bounds = [*[(-1.0, None)] * classes, *[(None, None)] * classes]
        x = _minimum(objective, np.zeros(2 * classes), bounds)
        return cls(_plain(centre * (1.0 + x[:classes])), _plain(x[classes:]))


def _prepared(scores: npt.ArrayLike, labels: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Log-probabilities and one-hot labels, both (N, K)."""
    z = checked_scores(scores)
    return log_softmax(z, axis=1), np.eye(z.shape[1])[checked_labels(labels, z)]


def _loss(logits: Floats, targets: Floats) -> tuple[float, Floats]:
    """Log loss, and p - y (N, K), its gradient by the logits times N."""
    log_p = log_softmax(logits, axis=1)
    return float(-(log_p * targets).sum() / len(log_p)), np.exp(log_p) - targets


def _penalty(whitened: Floats, gap: Floats) -> float:
    """Of a standard normal prior on ``whitened``, per patient."""
    return float((whitened**2).sum() / (2 * len(gap)))


def _minimum(
    objective: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    bounds: Sequence[tuple[float | None, None]] | None = None,
) -> Floats:
    from scipy.optimize import minimize  # half a second to import, and a result needs none of it

    found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, dtype=np.float64)


def _plain(values: Floats) -> PerClass:
    return tuple(values.tolist())


def _check_finite(*values: float) -> None:
    if not np.isfinite(values).all():
        raise TrainingError(
            "A number of the calibration is not finite. Fit it to labelled scores again."
        )
