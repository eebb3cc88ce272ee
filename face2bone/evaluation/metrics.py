"""The figures reported for one set of predictions: discrimination, order, calibration.

Notation: p (N, 3) calibrated probabilities, y (N,) true classes 0 < 1 < 2 in severity,
K = 3 classes, predicted class = argmax p.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from face2bone.calibration.labelled import N_CLASSES, checked_labels, checked_probabilities
from face2bone.calibration.reliability import EceFloor, ece_floor, expected_calibration_error


@dataclass(frozen=True)
class Performance:
    """All figures of one set of predictions on ``n`` patients.

    ``accuracy``, ``macro_auc`` and ``ece`` lie in [0, 1]; ``quadratic_kappa`` in [-1, 1];
    ``rps`` in [0, 1]; ``brier_sum`` in [0, 2] sums over the classes and
    ``brier_per_class`` is a third of it (papers use both: the name says which).
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
        """Brier score averaged over the classes, in [0, 2/3]."""
        return self.brier_sum / N_CLASSES

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
    """Every figure of ``Performance`` from probabilities (N, 3) and classes (N,).

    ``seed`` drives the simulated ECE floor only.

    Raises ``TrainingError`` when shapes disagree or rows do not sum to 1.
    """
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, len(p))
    confusion = confusion_matrix(p, y)
    return Performance(
        n=len(y),
        accuracy=float(np.trace(confusion) / len(y)),
        macro_auc=macro_auc(p, y),
        quadratic_kappa=quadratic_kappa(confusion),
        confusion=confusion,
        ece=expected_calibration_error(p, y),
        ece_floor=ece_floor(p, seed=seed),
        rps=ranked_probability_score(p, y),
        brier_sum=brier_sum(p, y),
    )


def confusion_matrix(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Counts (3, 3): row true class, column most probable class."""
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, len(p))
    counts = np.bincount(y * N_CLASSES + p.argmax(axis=1), minlength=N_CLASSES**2)
    return counts.reshape(N_CLASSES, N_CLASSES).astype(np.int64)


def macro_auc(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Unweighted mean over classes of the one-versus-rest area under the ROC curve.

    NaN when a class has no patient or every patient.
    """
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, len(p))
    return float(np.mean([_auc(p[:, k], y == k) for k in range(N_CLASSES)]))


def quadratic_kappa(confusion: npt.NDArray[np.int64]) -> float:
    """Cohen's kappa with quadratic weights (Cohen 1968) from a confusion matrix (3, 3).

    1 - sum(w * observed) / sum(w * expected), w_ij = (i - j)^2, expected from the margins.
    NaN when all patients are of one class and predicted so.
    """
    classes = np.arange(len(confusion))
    weights = (classes[:, None] - classes[None, :]) ** 2
    expected = np.outer(confusion.sum(axis=1), confusion.sum(axis=0)) / confusion.sum()
    disagreement = float((weights * expected).sum())
    if disagreement == 0:
        return math.nan
    return 1.0 - float((weights * confusion).sum()) / disagreement


def ranked_probability_score(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Mean of 1/(K-1) sum_j (P_j - Y_j)^2 over cumulative probabilities (Epstein 1969).

    Proper, and unlike the Brier score it charges more for missing by two classes.
    """
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, len(p))
    gaps = (p - np.eye(N_CLASSES)[y]).cumsum(axis=1)[:, :-1]
    return float((gaps**2).sum(axis=1).mean() / (N_CLASSES - 1))


def brier_sum(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Mean over patients of sum_k (p_k - y_k)^2, in [0, 2] (Brier 1950)."""
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, len(p))
    return float(((p - np.eye(N_CLASSES)[y]) ** 2).sum(axis=1).mean())


def _auc(score: npt.NDArray[np.float64], positive: npt.NDArray[np.bool_]) -> float:
    """Mann-Whitney form of the area under the curve; ties count one half."""
    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if n_positive == 0 or n_negative == 0:
        return math.nan
    rank_sum = float(rankdata(score)[positive].sum())
    return (rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative)
