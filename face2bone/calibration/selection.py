"""Which calibrator: compared by cross-fitting, the simplest that is not worse.

The rule, written before it was run: every method is fitted on four fifths of the patients
and scored on the fifth it has not seen, five times; per patient the score is the ranked
probability score. The winner is the method with the fewest numbers to estimate whose mean
score exceeds the best method's by at most one standard error of the paired difference
(the one-standard-error rule of Breiman et al. 1984, on pairs).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.calibration.calibrators import (
    CALIBRATORS,
    Calibrator,
    Method,
    calibrated,
    fit,
)
from face2bone.calibration.labelled import checked_labels, checked_scores
from face2bone.calibration.reliability import ranked_probability_scores
from face2bone.errors import TrainingError

FOLDS: Final = 5
NETWORK_METHODS: Final[tuple[Method, ...]] = ("temperature", "ordinal", "vector")
"""What a network's own calibration split may choose from; its base rates need no update."""


@dataclass(frozen=True)
class Choice:
    """The winner, fitted on everybody, and how the methods compared.

    method: the winner's name. calibrator: fitted on all patients.
    scores: method -> mean cross-fitted ranked probability score, in [0, 1].
    probabilities: (N, K), each row from a winner fitted without that patient.
    """

    method: Method
    calibrator: Calibrator
    scores: Mapping[Method, float]
    probabilities: Floats


def choose(
    scores: npt.ArrayLike,
    labels: npt.ArrayLike,
    methods: Sequence[Method] = NETWORK_METHODS,
    seed: int = 0,
) -> Choice:
    """Compare methods on scores (N, K) and classes (N,), and fit the winner on all of them.

    ``seed`` orders the folds. Raises ``TrainingError`` for fewer patients than folds.
    """
    z = checked_scores(scores)
    y = checked_labels(labels, z)
    fold = folds(y, seed)
    predicted = {method: cross_fitted(method, z, y, fold) for method in methods}
    losses = {m: ranked_probability_scores(p, y) for m, p in predicted.items()}
    winner = simplest_not_worse(losses)
    means = {method: float(loss.mean()) for method, loss in losses.items()}
    return Choice(winner, fit(winner, z, y), means, predicted[winner])


def simplest_not_worse(losses: Mapping[Method, Floats]) -> Method:
    """The rule above, from each method's losses (N,) on the same patients."""
    best = min(losses, key=lambda method: float(losses[method].mean()))
    for method in (method for method in CALIBRATORS if method in losses):
        excess = losses[method] - losses[best]
        if excess.mean() <= excess.std(ddof=1) / np.sqrt(len(excess)):
            return method
    return best


def cross_fitted(
    method: Method, scores: Floats, labels: npt.NDArray[np.int64], fold: npt.NDArray[np.int64]
) -> Floats:
    """Probabilities (N, K), each row from a calibrator fitted on the other folds."""
    found = np.empty_like(scores)
    for k in np.unique(fold):
        held_out = fold == k
        step = fit(method, scores[~held_out], labels[~held_out])
        found[held_out] = calibrated(scores[held_out], step)
    return found


def folds(labels: npt.NDArray[np.int64], seed: int) -> npt.NDArray[np.int64]:
    """A fold in 0 ... FOLDS - 1 for every patient, each class spread evenly over them.

    Raises ``TrainingError`` for fewer patients than folds.
    """
    if len(labels) < FOLDS:
        raise TrainingError(
            "{count} patients cannot be split into {folds} folds. Collect more results.",
            count=len(labels),
            folds=FOLDS,
        )
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(labels))
    by_class = order[np.argsort(labels[order], kind="stable")]
    fold = np.empty(len(labels), dtype=np.int64)
    fold[by_class] = np.arange(len(labels)) % FOLDS
    return fold
