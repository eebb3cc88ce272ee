"""Differences between two models on the same patients, with intervals that know two chances.

A figure would have come out differently with other patients and with other seeds. Both are
resampled: patients with replacement, the same draw for every model (paired), and seeds with
replacement, the same draw for both models of a difference.

Notation: k seeds, f_s(w) a figure of seed s under patient weights w, f(w) its mean over seeds.
One resample draws w* and seeds s*_1 .. s*_k and gives

    f(w*) + sqrt(k / (k - 1)) (mean_j f_{s*_j}(w*) - f(w*))

The factor is Rao and Wu's (JASA 83, 1988, section 2): the mean of k draws from k values has a
variance (k - 1) / k times too small, for three seeds by a third. With one seed the interval is of
patients alone. Intervals are the middle 95% (``evaluation.bootstrap``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats, Integers
from face2bone.calibration.losses import ranked_probability_scores
from face2bone.evaluation.bootstrap import (
    RESAMPLES,
    Estimate,
    interval,
    patient_weights,
    unit_weights,
)
from face2bone.evaluation.confusion import accuracy, confusions, f1
from face2bone.evaluation.ranking import macro_auc
from face2bone.tasks import BONE_MASS

FIGURES: Final = ("accuracy", "macro_auc", "rps", "osteopenia_f1")
SEEDS_AT_MOST: Final = 64


@dataclass(frozen=True)
class Draws:
    """What every model of a table is measured with.

    weights: (R + 1, N) how often each photo counts, the first row once each: the figure itself.
    picks: (R, 64) numbers in [0, 1) that pick seeds, whatever their number.
    """

    weights: Floats
    picks: Floats

    @classmethod
    def of(cls, patients: npt.ArrayLike, resamples: int = RESAMPLES, seed: int = 0) -> "Draws":
        """Draw patients, with all photos of each; ``patients`` (N,) names each row's."""
        codes = np.unique(np.asarray(patients).astype(str), return_inverse=True)[1]
        drawn = patient_weights(codes.astype(np.int64), resamples, seed)
        weights = np.concatenate([unit_weights(len(codes)), *drawn])
        return cls(weights, np.random.default_rng(seed).random((resamples, SEEDS_AT_MOST)))


def measured(probabilities: Floats, labels: Integers, draws: Draws) -> dict[str, Floats]:
    """Every figure of ``FIGURES`` under every row of weights; (R + 1,) each."""
    matrix = confusions(probabilities, labels, draws.weights)
    terms = ranked_probability_scores(probabilities, labels)
    return {
        "accuracy": accuracy(matrix),
        "macro_auc": macro_auc(probabilities, labels, draws.weights),
        "rps": draws.weights @ terms / draws.weights.sum(axis=1),
        "osteopenia_f1": f1(matrix)[:, BONE_MASS.classes.index("osteopenia")],
    }


def estimate(by_seed: Mapping[int, Floats], draws: Draws) -> Estimate:
    """Mean over seeds of a figure's (R + 1,) values, with its interval."""
    return _estimate(np.stack([by_seed[seed] for seed in sorted(by_seed)]), draws)


def difference(one: Mapping[int, Floats], other: Mapping[int, Floats], draws: Draws) -> Estimate:
    """Mean over the seeds both have of one's figure minus the other's; they share one at least."""
    common = sorted(one.keys() & other.keys())
    return _estimate(np.stack([one[seed] - other[seed] for seed in common]), draws)


def _estimate(values: Floats, draws: Draws) -> Estimate:
    """values: (k, R + 1), the first column with every photo once."""
    k = len(values)
    centre, resampled = values.mean(axis=0), values[:, 1:]
    spread = np.zeros(resampled.shape[1])
    if k > 1:
        picked = np.floor(draws.picks[:, :k] * k).astype(np.int64)
        drawn = np.take_along_axis(resampled, picked.T, axis=0).mean(axis=0)
        spread = np.sqrt(k / (k - 1)) * (drawn - centre[1:])
    return interval(float(centre[0]), centre[1:] + spread)
