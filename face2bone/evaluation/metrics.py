"""The short list of figures a bundle's card and a training loop need, without intervals.

Notation: p (N, K) calibrated probabilities, y (N,) true classes 0 < 1 < ... in severity,
predicted class = argmax p. ``result.evaluate_predictions`` gives every figure with its
interval; both come from the same functions.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from face2bone.calibration.labelled import checked_labels, checked_probabilities
from face2bone.calibration.reliability import (
    EceFloor,
    brier_scores,
    ece_floor,
    expected_calibration_error,
    ranked_probability_scores,
)
from face2bone.evaluation import confusion as con
from face2bone.evaluation import ranking
from face2bone.evaluation.bootstrap import unit_weights


@dataclass(frozen=True)
class Performance:
    """All figures of one set of predictions on ``n`` patients.

    ``accuracy``, ``macro_auc`` and ``ece`` lie in [0, 1]; ``quadratic_kappa`` in [-1, 1];
    ``rps`` in [0, 1]; ``brier_sum`` in [0, 2] sums over the classes and
    ``brier_per_class`` is its Kth part (papers use both: the name says which).
    ``confusion[i, j]`` counts patients of true class i predicted as j. A figure that the
    patients cannot define (no patient of some class) is NaN.
    """

    n: int
    accuracy: float
    macro_auc: float
    quadratic_kappa: float
    confusion: npt.NDArray[np.int64]
    ece: float
    ece_floor: EceFloor
    rps: float
    brier_sum: float

    @property
    def brier_per_class(self) -> float:
        """Brier score averaged over the classes, in [0, 2/K]."""
        return self.brier_sum / len(self.confusion)

    def as_mapping(self) -> dict[str, int | float | list[list[int]]]:
        """The same figures in plain types, as a bundle's card and JSON files hold them."""
        return {
            "n": self.n,
            "accuracy": self.accuracy,
            "macro_auc": self.macro_auc,
            "quadratic_kappa": self.quadratic_kappa,
            "confusion": self.confusion.tolist(),
            "ece": self.ece,
            "ece_floor_mean": self.ece_floor.mean,
            "ece_floor_p95": self.ece_floor.p95,
            "rps": self.rps,
            "brier_sum": self.brier_sum,
            "brier_per_class": self.brier_per_class,
        }


def performance(probabilities: npt.ArrayLike, labels: npt.ArrayLike, seed: int = 0) -> Performance:
    """Every figure of ``Performance`` from probabilities (N, K) and classes (N,).

    ``seed`` drives the simulated ECE floor only.

    Raises ``TrainingError`` when shapes disagree or rows do not sum to 1.
    """
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, p)
    matrix = con.confusions(p, y, unit_weights(len(y)))[0]
    return Performance(
        n=len(y),
        accuracy=float(con.accuracy(matrix)),
        macro_auc=macro_auc(p, y),
        quadratic_kappa=float(con.quadratic_kappa(matrix)),
        confusion=matrix.astype(np.int64),
        ece=expected_calibration_error(p, y),
        ece_floor=ece_floor(p, seed=seed),
        rps=float(ranked_probability_scores(p, y).mean()),
        brier_sum=float(brier_scores(p, y).mean()),
    )


def macro_auc(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Unweighted mean over classes of the one-versus-rest area under the ROC curve.

    NaN when a class has no patient or every patient.
    """
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, p)
    return float(ranking.macro_auc(p, y, unit_weights(len(y)))[0])
