"""Time to an event, such as a fracture, by the logarithm of a hazard.

Cox's partial likelihood (Cox 1972, J. R. Stat. Soc. B 34:187-220), ties by Breslow: with log
hazards r_i and those still at risk at i's event being the patients with time >= t_i,

    L = mean over events i of ( log sum_{j: t_j >= t_i} exp(r_j) - r_i )

Only differences of log hazards mean anything, so what is said of a patient is the log hazard
against the mean of the calibration patients. No probability by a year is said: that needs a
baseline hazard, which no cohort here has.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.errors import ManifestError, TrainingError
from face2bone.survival.concordance import harrell
from face2bone.survival.times import SurvivalTimes

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor


@dataclass(frozen=True)
class Centre:
    """The mean log hazard of ``patients`` calibration patients, which others are held against."""

    log_hazard: float
    patients: int


@dataclass(frozen=True)
class SurvivalTask:
    """A time, and whether the event came then or the patient was last seen without it.

    time_column: years, above 0. event_column: 1 for an event, 0 for a patient last seen.
    """

    time_column: str
    event_column: str

    classes: ClassVar[tuple[str, ...]] = ()
    outputs: ClassVar[int] = 1
    may_refer: ClassVar[bool] = False

    @property
    def label_columns(self) -> tuple[str, ...]:
        """Time, then event."""
        return self.time_column, self.event_column

    def labels(self, table: "pd.DataFrame") -> Floats:
        """Times and events (N, 2); ``ManifestError`` for a time or an event that is none."""
        columns = np.asarray(table[list(self.label_columns)], np.float64)
        times, events = columns.T
        if not (np.isfinite(times) & (times > 0) & np.isin(events, (0.0, 1.0))).all():
            raise ManifestError(
                "{time} must be above 0 and {event} 0 or 1 in every row. Correct the cell.",
                time=self.time_column,
                event=self.event_column,
            )
        return columns

    def loss(self, outputs: "Tensor", labels: "Tensor") -> "Tensor":
        """The module's L of outputs (B, 1) and labels (B, 2); 0 for a batch without an event."""
        import torch

        log_hazard, times, events = outputs[:, 0], labels[:, 0], labels[:, 1].bool()
        if not events.any():
            return log_hazard.sum() * 0.0
        at_risk = times[None, :] >= times[:, None]
        never = torch.full_like(log_hazard, -torch.inf)
        summed = torch.logsumexp(torch.where(at_risk, log_hazard[None, :], never[None, :]), dim=1)
        return (summed - log_hazard)[events].mean()

    def calibrate(self, outputs: npt.ArrayLike, labels: npt.ArrayLike, seed: int = 0) -> Centre:
        """The mean log hazard; nothing is drawn, so ``seed`` changes nothing."""
        log_hazard, _ = _checked(outputs, labels)
        return Centre(float(log_hazard.mean()), len(log_hazard))

    def summarise(self, outputs: npt.ArrayLike, fitted: Centre) -> dict[str, float]:
        """The log hazard against the mean of the calibration patients."""
        return {"log_hazard": float(np.asarray(outputs, np.float64)[0]) - fitted.log_hazard}

    def measures(
        self, outputs: npt.ArrayLike, labels: npt.ArrayLike, fitted: Centre
    ) -> dict[str, float]:
        """Harrell's concordance; NaN without a pair of whom it is known who came first."""
        log_hazard, (years, events) = _checked(outputs, labels)
        times = SurvivalTimes.of(years, events)
        return {"concordance": float(harrell(log_hazard, times)[0])}


def _checked(outputs: npt.ArrayLike, labels: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Log hazards (N,), and times and events (2, N); ``TrainingError`` for other shapes or NaN."""
    z, y = np.asarray(outputs, np.float64), np.asarray(labels, np.float64)
    if y.ndim != 2 or y.shape[1] != 2 or z.shape != (len(y), 1) or not len(y):
        raise TrainingError(
            "Outputs of shape {outputs} and labels of shape {labels} do not belong together. "
            "Pass one output, and one time with its event, per patient.",
            outputs=str(z.shape),
            labels=str(y.shape),
        )
    if not (np.isfinite(z).all() and np.isfinite(y).all()):
        raise TrainingError("Outputs or labels hold NaN or infinity. Correct them.")
    return z[:, 0], y.T
