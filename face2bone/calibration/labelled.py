"""One check for the pair every calibration function takes: scores and their true classes."""

import numpy as np
import numpy.typing as npt

from face2bone.bone import CLASS_LABELS
from face2bone.errors import TrainingDiverged, TrainingError

N_CLASSES = len(CLASS_LABELS)
SUM_TOLERANCE = 1e-4  # float32 softmax of three logits sums to 1 within 1e-6


def checked_scores(scores: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Scores (logits or probabilities) as finite float64 (N, 3) with N >= 1.

    Raises ``TrainingError`` for any other shape, ``TrainingDiverged`` for NaN or infinity.
    """
    array = np.asarray(scores, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != N_CLASSES or len(array) == 0:
        raise TrainingError(
            f"Scores have shape {array.shape} where (N, {N_CLASSES}) with N >= 1 is needed. "
            "Pass one row of three scores per patient."
        )
    if not np.isfinite(array).all():
        raise TrainingDiverged(
            "Scores hold NaN or infinity. Look for a diverged training run and train again."
        )
    return array


def checked_probabilities(probabilities: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Probabilities as float64 (N, 3), non-negative rows that sum to 1.

    Raises ``TrainingError`` when they are not.
    """
    array = checked_scores(probabilities)
    if array.min() < 0 or np.abs(array.sum(axis=1) - 1.0).max() > SUM_TOLERANCE:
        raise TrainingError(
            "Probabilities are negative or do not sum to 1 in every row. "
            "Pass the output of `calibrated`, not logits."
        )
    return array


def checked_labels(labels: npt.ArrayLike, count: int) -> npt.NDArray[np.int64]:
    """True classes as int64 (N,), each 0, 1 or 2.

    Raises ``TrainingError`` when there are not ``count`` of them or one is no class.
    """
    array = np.asarray(labels)
    if array.shape != (count,):
        raise TrainingError(
            f"Labels have shape {array.shape} where ({count},) is needed. "
            "Pass one class index per row of scores."
        )
    if not np.isin(array, np.arange(N_CLASSES)).all():
        raise TrainingError(
            "A label is not 0, 1 or 2. Turn T-scores into classes with `bone_class` first."
        )
    return array.astype(np.int64)
