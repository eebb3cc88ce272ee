"""What an evaluation reads: one row a photo, with what the model said and what was true."""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.bone import BoneClass
from face2bone.calibration.labelled import checked_labels, checked_probabilities
from face2bone.errors import EvaluationError

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]

CUTS: Final = {"low_bone_mass": BoneClass.OSTEOPENIA, "osteoporosis": BoneClass.OSTEOPOROSIS}
"""The two questions asked of ordered classes: T <= -1 (osteopenia or worse) and T <= -2.5."""


@dataclass(frozen=True)
class PredictionTable:
    """Predictions on N photos, checked.

    probabilities: (N, 3), calibrated; labels: (N,) class indices.
    patients: (N,) identifiers; resampling draws patients, and takes all photos of one.
    sets: (N, 3) membership of the prediction sets, or None when the model gives none.
    about: N rows with any of ``sex`` ("F", "M"), ``age_years``, ``height_cm``,
        ``weight_kg``, ``site``, ``device``; what is absent has no subgroups.

    Raises ``EvaluationError`` when lengths differ, and ``TrainingError`` for
    probabilities or labels that are none.
    """

    probabilities: Floats
    labels: npt.NDArray[np.int64]
    patients: Texts
    about: pd.DataFrame
    sets: npt.NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        p = checked_probabilities(self.probabilities)
        checked_labels(self.labels, len(p))
        sets = p if self.sets is None else self.sets
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
    ) -> Self:
        """A table from arrays and, in the same order, a manifest's or crop store's rows.

        Patients come from ``about``'s column ``patient_id``; without it, each row is a
        patient of its own.
        """
        p = checked_probabilities(probabilities)
        y = checked_labels(labels, len(p))
        rows = pd.DataFrame(index=range(len(p))) if about is None else about.reset_index(drop=True)
        own: Any = rows.get("patient_id", pd.Series(range(len(p))))
        return cls(p, y, own.astype(str).to_numpy(object), rows, sets)

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
        return PredictionTable(
            self.probabilities[chosen], self.labels[chosen], self.patients[chosen], about, sets
        )


def beyond(probabilities: Floats, cut: BoneClass) -> Floats:
    """P(class >= cut) of each row, in [0, 1]; (N,)."""
    total: Floats = np.clip(probabilities[:, cut:].sum(axis=1), 0.0, 1.0)
    return total
