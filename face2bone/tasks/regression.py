"""A number with a unit, such as an age in years, and an interval with a coverage promise.

Split conformal (Lei, G'Sell, Rinaldo, Tibshirani, Wasserman 2018, doi
10.1080/01621459.2017.1307116): of n calibration patients with absolute errors e_i, the half width
is the ceil((n + 1)(1 - a))-th smallest. The value of a new patient, exchangeable with those, lies
within it of what is predicted with probability at least 1 - a, on average over patients.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from face2bone.calibration.conformal import DEFAULT_ALPHA, ROUNDING, minimum_per_class
from face2bone.errors import ManifestError, TrainingError

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """Half the width of every interval in the task's unit, from ``patients`` at ``alpha``."""

    half_width: float
    alpha: float
    patients: int


@dataclass(frozen=True)
class RegressionTask:
    """One number a patient.

    label_column: of the manifest. unit: as printed behind the number.
    low, high: the range in which a label, and what is said, must lie.

    Raises ``ValueError`` when the range is empty.
    """

    label_column: str
    unit: str
    low: float
    high: float

    classes: ClassVar[tuple[str, ...]] = ()
    outputs: ClassVar[int] = 1
    may_refer: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError("the range of a regression task runs from low to high")

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The one column of numbers."""
        return (self.label_column,)

    def labels(self, table: "pd.DataFrame") -> Floats:
        """Values (N,) in the task's unit; ``ManifestError`` for one outside its range."""
        values = np.asarray(table[self.label_column], np.float64)
        if not ((values >= self.low) & (values <= self.high)).all():
            raise ManifestError(
                f"{self.label_column}: a value is missing or not between {self.low:g} and "
                f"{self.high:g} {self.unit}. Correct the cell."
            )
        return values

    def loss(self, outputs: "Tensor", labels: "Tensor") -> "Tensor":
        """Mean absolute error of outputs (B, 1) and values (B,)."""
        import torch.nn.functional as F

        return F.l1_loss(outputs[:, 0], labels)

    def calibrate(self, outputs: npt.ArrayLike, labels: npt.ArrayLike, seed: int = 0) -> Interval:
        """The half width at ``DEFAULT_ALPHA``; nothing is drawn, so ``seed`` changes nothing."""
        errors = np.sort(_errors(outputs, labels))
        needed = minimum_per_class(DEFAULT_ALPHA)
        if len(errors) < needed:
            raise TrainingError(
                f"The calibration split has {len(errors)} patients where level "
                f"{DEFAULT_ALPHA:g} needs {needed}. Enlarge the split."
            )
        rank = math.ceil(round((len(errors) + 1) * (1.0 - DEFAULT_ALPHA), ROUNDING))
        return Interval(float(errors[rank - 1]), DEFAULT_ALPHA, len(errors))

    def summarise(self, outputs: npt.ArrayLike, fitted: Interval) -> dict[str, float]:
        """The value and both ends of its interval, none of them outside the task's range."""
        value = float(np.asarray(outputs, np.float64)[0])
        ends = (value, value - fitted.half_width, value + fitted.half_width)
        within = np.clip(ends, self.low, self.high).tolist()
        return dict(zip(("value", "low", "high"), within, strict=True))

    def measures(
        self, outputs: npt.ArrayLike, labels: npt.ArrayLike, fitted: Interval
    ) -> dict[str, float]:
        """Mean absolute error in the unit, and the share of patients inside their interval."""
        errors = _errors(outputs, labels)
        return {
            "absolute_error": float(errors.mean()),
            "coverage": float((errors <= fitted.half_width).mean()),
        }


def _errors(outputs: npt.ArrayLike, labels: npt.ArrayLike) -> Floats:
    """Absolute errors (N,) of outputs (N, 1); ``TrainingError`` for other shapes and for NaN."""
    z, y = np.asarray(outputs, np.float64), np.asarray(labels, np.float64)
    if z.shape != (len(y), 1) or y.ndim != 1 or not len(y):
        raise TrainingError(
            f"Outputs of shape {z.shape} and labels of shape {y.shape} do not belong together. "
            "Pass one output and one value per patient."
        )
    if not (np.isfinite(z).all() and np.isfinite(y).all()):
        raise TrainingError("Outputs or labels hold NaN or infinity. Correct them.")
    return np.asarray(np.abs(z[:, 0] - y))
