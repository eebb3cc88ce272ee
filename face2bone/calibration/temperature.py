"""Temperature scaling: one scalar that makes a network's probabilities honest.

Notation: z scores (N, K), y true classes (N,), T > 0 the temperature,
p = softmax(z / T). T > 1 softens an over-confident network; order and accuracy of the
classes stay as they were. Source: Guo, Pleiss, Sun, Weinberger (2017), arXiv 1706.04599,
section 4.2.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict
from scipy.special import log_softmax

from face2bone.calibration.labelled import checked_labels, checked_scores
from face2bone.errors import TrainingError

# Outside these a network is constant or separates the split perfectly: no T is then
# identified, and the bound keeps log-likelihoods finite.
TEMPERATURE_RANGE: Final = (0.05, 20.0)


@dataclass(frozen=True)
class Temperature:
    """Scores divided by one number; raises ``TrainingError`` when it is not positive."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    temperature: float
    method: Literal["temperature"] = "temperature"

    def __post_init__(self) -> None:
        if not 0 < self.temperature < np.inf:
            raise TrainingError(
                "The temperature {temperature} is not positive. Fit it to labelled scores.",
                temperature=f"{self.temperature:g}",
            )

    def logits(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Scores (..., K) whose softmax is calibrated."""
        return scores / self.temperature

    @staticmethod
    def parameters(_classes: int) -> int:
        """How many numbers are estimated, whatever the number of classes."""
        return 1

    @classmethod
    def fit(cls, scores: npt.ArrayLike, labels: npt.ArrayLike) -> Self:
        """The temperature in ``TEMPERATURE_RANGE`` with the least log loss.

        The search runs over 1/T, in which the likelihood is convex, so the bounded minimum
        is the global one.

        Args:
            scores: (N, K) logits or log-probabilities of patients not used in training.
            labels: (N,) class indices, 0 to K - 1.

        Raises:
            TrainingError: when shapes disagree or a value is not finite.
        """
        from scipy.optimize import (
            minimize_scalar,  # half a second to import, and a result needs none of it
        )

        z = checked_scores(scores)
        y = checked_labels(labels, z)
        rows = np.arange(len(y))
        low, high = TEMPERATURE_RANGE
        found = minimize_scalar(
            lambda inverse: -log_softmax(z * inverse, axis=1)[rows, y].mean(),
            bounds=(1.0 / high, 1.0 / low),
            method="bounded",
            options={"xatol": 1e-8},
        )
        return cls(float(np.clip(1.0 / found.x, low, high)))
