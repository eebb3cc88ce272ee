"""One check for the pair every calibration function takes: scores and their true classes."""

from typing import Any

import numpy as np
import numpy.typing as npt

from face2bone.errors import TrainingDiverged, TrainingError

SUM_TOLERANCE = 1e-4  # float32 softmax of a few logits sums to 1 within 1e-6


def checked_scores(scores: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Scores (logits or probabilities) as finite float64 (N, K), N >= 1 and K >= 2.

    Raises ``TrainingError`` for any other shape, ``TrainingDiverged`` for NaN or infinity.
    """
    array = np.asarray(scores, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] < 2 or len(array) == 0:
        raise TrainingError(
            "Scores have shape {shape} where (N, K) with N >= 1 and K >= 2 is needed. Pass "
            "one row per patient, with one score for each class.",
            shape=str(array.shape),
        )
    if not np.isfinite(array).all():
        raise TrainingDiverged(
            "Scores hold NaN or infinity. Look for a diverged training run and train again."
        )
    return array


def checked_probabilities(probabilities: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Probabilities as float64 (N, K), non-negative rows that sum to 1.

    Raises ``TrainingError`` when they are not.
    """
    array = checked_scores(probabilities)
    if array.min() < 0 or np.abs(array.sum(axis=1) - 1.0).max() > SUM_TOLERANCE:
        raise TrainingError(
            "Probabilities are negative or do not sum to 1 in every row. "
            "Pass the output of `calibrated`, not logits."
        )
    return array


def checked_labels(labels: npt.ArrayLike, scores: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """True classes as int64 (N,), each in 0 ... K - 1, of patients with ``scores`` (N, K).

    Raises ``TrainingError`` when there are not N of them or one is no class.
    """
    array, (count, classes) = np.asarray(labels), scores.shape
    if array.shape != (count,):
        raise TrainingError(
            "Labels have shape {shape} where ({count},) is needed. Pass one class index "
            "per row of scores.",
            shape=str(array.shape),
            count=count,
        )
    if not np.isin(array, np.arange(classes)).all():
        raise TrainingError(
            "A label is none of the class indices 0 to {last}. Turn measured values "
            "into classes first.",
            last=classes - 1,
        )
    return array.astype(np.int64)
