"""Ordered classes, any number of them: bone mass by T-score, a grade of arthrosis.

    L = mean over patients of w_y (-log softmax(z + log w))_y

w (K,) are class weights with mean 1 over the training patients. Weighted cross-entropy alone
would teach the class frequencies of a cohort nobody has: its optimum is z_k = log(w_k p_k) + const.
Adding log w inside gives z_k = log p_k + const, so rare classes weigh more while the logits stay
those of the cohort and a single temperature can calibrate them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.bone import CLASS_LABELS, BoneClass
from face2bone.calibration import (
    Choice,
    ConformalThresholds,
    calibrated,
    choose,
    fit_conformal,
    log_losses,
    ranked_probability_scores,
)
from face2bone.errors import ManifestError, TrainingError

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor


@dataclass(frozen=True)
class OrdinalCalibration:
    """The chosen calibrator with its comparison, and the thresholds of the prediction sets."""

    choice: Choice
    conformal: ConformalThresholds


@dataclass(frozen=True)
class OrdinalTask:
    """K >= 2 classes in order of severity.

    classes: their names. label_column: of the manifest, which holds a name a row.
    cuts: the yes-or-no questions asked of the classes, by name: the first class that is a yes.
    may_refer: whether a prediction set may add a referral.

    Raises ``ValueError`` for fewer than two classes, a name twice, or a cut that asks nothing.
    """

    classes: tuple[str, ...]
    label_column: str
    cuts: Mapping[str, int]
    may_refer: bool = False

    def __post_init__(self) -> None:
        if len(self.classes) < 2 or len(set(self.classes)) < len(self.classes):
            raise ValueError("an ordinal task has at least two classes, each with its own name")
        if not all(0 < cut < len(self.classes) for cut in self.cuts.values()):
            raise ValueError("a cut of an ordinal task lies between two of its classes")

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The one column of class names."""
        return (self.label_column,)

    @property
    def outputs(self) -> int:
        """One logit a class."""
        return len(self.classes)

    def labels(self, table: "pd.DataFrame") -> npt.NDArray[np.int64]:
        """Class indices (N,); ``ManifestError`` naming the first value that is no class."""
        index = {name: k for k, name in enumerate(self.classes)}
        unknown = [name for name in table[self.label_column] if name not in index]
        if unknown:
            raise ManifestError(
                "{column}: {cell} is none of {classes}. Correct the cell.",
                column=self.label_column,
                cell=f"{unknown[0]!r}",
                classes=tuple(self.classes),
            )
        return np.array([index[name] for name in table[self.label_column]], np.int64)

    def class_weights(self, labels: npt.NDArray[np.int64], power: float) -> Floats:
        """Weights (K,) proportional to frequency ** -power, with mean 1 over ``labels``.

        Raises ``TrainingError`` when a class has no patient.
        """
        counts = np.bincount(labels, minlength=len(self.classes)).astype(np.float64)
        if not counts.all():
            missing = self.classes[int(counts.argmin())]
            raise TrainingError(
                "No training patient has {group}. Add some or change the split's seed.",
                group=missing,
            )
        weights = (counts / counts.sum()) ** -power
        return np.asarray(weights * counts.sum() / (weights * counts).sum())

    def loss(
        self,
        outputs: "Tensor",
        labels: "Tensor",
        weights: "Tensor | None" = None,
        smoothing: float = 0.0,
        gamma: float = 0.0,
    ) -> "Tensor":
        """The module's L of logits (B, K) and classes (B,); without weights, cross-entropy.

        gamma: of the focal loss (Lin et al. 2017): each patient's term times (1 - p) ** gamma, p
        the probability of its own class. Beside weights it corrects an imbalance twice.
        """
        import torch.nn.functional as F

        if weights is None:
            weights = outputs.new_ones(outputs.shape[1])
        shifted = outputs + weights.log()
        each = F.cross_entropy(shifted, labels, reduction="none", label_smoothing=smoothing)
        if gamma:
            own = shifted.softmax(dim=1).gather(1, labels[:, None])[:, 0]
            each = (1 - own) ** gamma * each
        return (weights[labels] * each).mean()

    def calibrate(
        self, outputs: npt.ArrayLike, labels: npt.ArrayLike, seed: int = 0
    ) -> OrdinalCalibration:
        """The simplest calibrator that is not worse, and thresholds from patients it left out."""
        choice = choose(outputs, labels, seed=seed)
        conformal = fit_conformal(choice.probabilities, labels, classes=self.classes)
        return OrdinalCalibration(choice, conformal)

    def summarise(self, outputs: npt.ArrayLike, fitted: OrdinalCalibration) -> dict[str, float]:
        """The calibrated probability of each class."""
        return self.by_name(calibrated(outputs, fitted.choice.calibrator))

    def measures(
        self, outputs: npt.ArrayLike, labels: npt.ArrayLike, fitted: OrdinalCalibration
    ) -> dict[str, float]:
        """Accuracy, log loss in nats and ranked probability score, after calibration."""
        p = calibrated(outputs, fitted.choice.calibrator)
        return {
            "accuracy": float((p.argmax(axis=1) == np.asarray(labels)).mean()),
            "log_loss": float(log_losses(p, labels).mean()),
            "rps": float(ranked_probability_scores(p, labels).mean()),
        }

    def by_name(self, values: npt.ArrayLike) -> dict[str, Any]:
        """One number a class (K,), each under its class's name."""
        return dict(zip(self.classes, np.asarray(values).tolist(), strict=True))


BONE_MASS: Final = OrdinalTask(
    classes=CLASS_LABELS,
    label_column="bone_mass_class",
    cuts={"low_bone_mass": BoneClass.OSTEOPENIA, "osteoporosis": BoneClass.OSTEOPOROSIS},
    may_refer=True,
)
"""Bone mass by DXA: the cuts are T <= -1 (osteopenia or worse) and T <= -2.5."""
