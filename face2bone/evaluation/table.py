"""What an evaluation reads: one row a photo, with what the model said and what was true."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.arrays import Floats
from face2bone.calibration.labelled import checked_labels, checked_probabilities
from face2bone.errors import EvaluationError
from face2bone.tasks import BONE_MASS, OrdinalTask

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class PredictionTable:
    """Predictions on N photos, checked.

    probabilities: (N, K), calibrated; labels: (N,) class indices.
    patients: (N,) identifiers; resampling draws patients, and takes all photos of one.
    sets: (N, K) membership of the prediction sets, or None when the model gives none.
    about: N rows with any of ``sex`` ("F", "M"), ``age_years``, ``height_cm``,
        ``weight_kg``, ``site``, ``device``; what is absent has no subgroups.
    task: whose classes and cuts the figures are named by.

    Raises ``EvaluationError`` when lengths differ, and ``TrainingError`` for
    probabilities or labels that are none.
    """

    probabilities: Floats
    labels: npt.NDArray[np.int64]
    patients: Texts
    about: pd.DataFrame
    sets: npt.NDArray[np.bool_] | None = None
    task: OrdinalTask = BONE_MASS

    def __post_init__(self) -> None:
        p = checked_probabilities(self.probabilities)
        checked_labels(self.labels, p)
        sets = p if self.sets is None else self.sets
        if p.shape[1] != self.task.outputs:
            raise EvaluationError(
                "The predictions name {count} classes and the task {needed}. Evaluate them "
                "with the task of their study.",
                count=p.shape[1],
                needed=self.task.outputs,
            )
        if not len(p) == len(self.patients) == len(self.about) == len(sets):
            raise EvaluationError(
                "The predictions, patients and details do not have the same number of rows. "
                "Pass one row of each for every photo."
            )

    @classmethod
    def of(
        cls,
        probabilities: npt.ArrayLike,
        labels: npt.ArrayLike,
        about: pd.DataFrame | None = None,
        sets: npt.NDArray[np.bool_] | None = None,
        task: OrdinalTask = BONE_MASS,
    ) -> Self:
        """A table from arrays and, in the same order, a manifest's or crop store's rows.

        Patients come from ``about``'s column ``patient_id``; without it, each row is a
        patient of its own.
        """
        p = checked_probabilities(probabilities)
        y = checked_labels(labels, p)
        rows = pd.DataFrame(index=range(len(p))) if about is None else about.reset_index(drop=True)
        own: Any = rows.get("patient_id", pd.Series(range(len(p))))
        return cls(p, y, own.astype(str).to_numpy(object), rows, sets, task)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def patient_codes(self) -> npt.NDArray[np.int64]:
        """Number of each row's patient, 0 to P - 1; (N,)."""
        codes: npt.NDArray[np.int64] = np.unique(self.patients.astype(str), return_inverse=True)[1]
        return codes

    def rows(self, chosen: npt.NDArray[np.bool_]) -> "PredictionTable":
        """The rows where ``chosen`` (N,) is true; there must be one."""
        sets = None if self.sets is None else self.sets[chosen]
        about = self.about[chosen].reset_index(drop=True)
        return replace(
            self,
            probabilities=self.probabilities[chosen],
            labels=self.labels[chosen],
            patients=self.patients[chosen],
            about=about,
            sets=sets,
        )


def beyond(probabilities: Floats, cut: int) -> Floats:
    """P(class >= cut) of each row, in [0, 1]; (N,)."""
    total: Floats = np.clip(probabilities[:, cut:].sum(axis=1), 0.0, 1.0)
    return total
