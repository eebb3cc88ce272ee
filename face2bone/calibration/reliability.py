"""How far stated probabilities are from what happens: reliability, ECE, and a test.

**Reliability table and ECE.** Notation: conf_i = max_k p_ik, hit_i = 1 when the most probable class
is the true one, B equal-width bins (lower, upper] of confidence, n_b patients in bin b. ECE = sum_b
n_b / N * |mean hit in b - mean conf in b| (Naeini et al. 2015; Guo et al. 2017). With few patients
the ECE of a perfectly calibrated model is far from zero, so it is never given without its floor:
the ECE when labels are drawn from the predictions.

**Miscalibration.** A likelihood-ratio test against every map there is. Notation: l(m)
log-likelihood of the classes under the fitted map m, k its free numbers.

    LR(m) = 2 (l(m) - l(leave alone)) ~ chi-square with k degrees of freedom when nothing is wrong
    p = 4 min over m of P(chi-square_k > LR(m)), at most 1 (Bonferroni over the four maps)

Why not a paired test of the scores before and after: for a small shift its z is half that of
this test (with I the information of one patient and d the shift, the mean gain is d^2 I / 2 and
its spread d sqrt(I)), so it needs four times as many patients to see the same fault.
Sources: Cox, Biometrika 1958;45:562-565, for the test of stated probabilities; Wilks 1938.

**Losses.** Proper scores of one patient's probabilities: lower is better, honesty is optimal.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.calibration.calibrators import CALIBRATORS, calibrated
from face2bone.calibration.labelled import checked_labels, checked_probabilities, checked_scores

DEFAULT_BINS: Final = 15
CHUNK_ELEMENTS: Final = 4_000_000  # simulated outcomes held at once: 32 MB of uniforms


@dataclass(frozen=True)
class ReliabilityTable:
    """What happened in each bin of top-label confidence.

    Bin b is (``edges[b]``, ``edges[b + 1]``], ``edges`` (B + 1,) from 0 to 1; ``counts``
    (B,); ``confidence`` (mean) and ``accuracy`` (B,) are in [0, 1], NaN in an empty bin.
    """

    edges: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    accuracy: npt.NDArray[np.float64]

    @property
    def error(self) -> float:
        """Expected calibration error of the table, in [0, 1]."""
        used = self.counts > 0
        gaps = np.abs(self.accuracy[used] - self.confidence[used])
        return float((self.counts[used] * gaps).sum() / self.counts.sum())


@dataclass(frozen=True)
class EceFloor:
    """ECE a perfectly calibrated model shows at this sample size: mean, 95th percentile."""

    mean: float
    p95: float


def reliability_table(
    probabilities: npt.ArrayLike, labels: npt.ArrayLike, bins: int = DEFAULT_BINS
) -> ReliabilityTable:
    """Reliability table of probabilities (N, K) against class indices (N,).

    Raises ``TrainingError`` when shapes disagree or rows do not sum to 1.
    """
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, p)
    confidence = p.max(axis=1)
    hits = (p.argmax(axis=1) == y).astype(np.float64)
    edges = np.linspace(0.0, 1.0, bins + 1)
    index = bin_index(confidence, edges)
    counts = np.bincount(index, minlength=bins).astype(np.int64)
    return ReliabilityTable(
        edges=edges,
        counts=counts,
        confidence=_bin_means(confidence, index, counts),
        accuracy=_bin_means(hits, index, counts),
    )


def expected_calibration_error(
    probabilities: npt.ArrayLike, labels: npt.ArrayLike, bins: int = DEFAULT_BINS
) -> float:
    """Top-label ECE over equal-width bins, in [0, 1]."""
    return reliability_table(probabilities, labels, bins).error


def ece_floor(
    probabilities: npt.ArrayLike, bins: int = DEFAULT_BINS, draws: int = 1000, seed: int = 0
) -> EceFloor:
    """ECE of a perfectly calibrated model with the same predictions and the same N.

    Drawing y_i from p_i makes hit_i a Bernoulli(conf_i) variable, and the ECE depends on
    nothing else, so the hits are drawn at once for a block of repetitions.

    Args:
        probabilities: (N, K) predictions whose sample size and sharpness are kept.
        bins: equal-width bins of confidence.
        draws: simulated cohorts.
        seed: of numpy's default generator.
    """
    confidence = checked_probabilities(probabilities).max(axis=1)
    members = np.eye(bins)[bin_index(confidence, np.linspace(0.0, 1.0, bins + 1))]
    expected = confidence @ members
    rng = np.random.default_rng(seed)
    block = max(1, CHUNK_ELEMENTS // len(confidence))
    errors = [
        np.abs(
            (rng.random((min(block, draws - start), len(confidence))) < confidence) @ members
            - expected
        ).sum(axis=1)
        for start in range(0, draws, block)
    ]
    simulated = np.concatenate(errors) / len(confidence)
    return EceFloor(mean=float(simulated.mean()), p95=float(np.quantile(simulated, 0.95)))


def bin_index(confidence: npt.ArrayLike, edges: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Bin of each confidence in [0, 1] under (lower, upper]; 0 falls into the first."""
    index = np.searchsorted(edges, confidence, side="left") - 1
    return np.clip(index, 0, len(edges) - 2).astype(np.int64)


def _bin_means(
    values: npt.NDArray[np.float64], index: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    sums = np.bincount(index, weights=values, minlength=len(counts))
    means: npt.NDArray[np.float64] = np.full(len(counts), np.nan)
    return np.divide(sums, counts, out=means, where=counts > 0)


def miscalibration_p(scores: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """P-value in (0, 1] that scores (N, K), log-probabilities, fit classes (N,).

    Raises ``TrainingError`` when shapes disagree or a value is not finite.
    """
    from scipy.stats import chi2  # a second to import, and no assessment asks for it

    z = checked_scores(scores)
    y = checked_labels(labels, z)
    alone = log_losses(calibrated(z), y).sum()
    smallest = min(
        float(
            chi2.sf(
                2 * (alone - log_losses(calibrated(z, m.fit(z, y)), y).sum()),
                m.parameters(z.shape[1]),
            )
        )
        for m in CALIBRATORS.values()
    )
    return min(1.0, len(CALIBRATORS) * smallest)


def log_losses(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> Floats:
    """-log p(true class) in nats, (N,); infinite where the true class was given zero."""
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, p)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(p[np.arange(len(y)), y]))


def ranked_probability_scores(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> Floats:
    """1/(K-1) sum_j (P_j - Y_j)^2 over cumulative probabilities, (N,) (Epstein 1969).

    In [0, 1]. Unlike the Brier score it charges more for missing by two classes.
    """
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, p)
    gaps = (p - _one_hot(y, p)).cumsum(axis=1)[:, :-1]
    return np.asarray((gaps**2).sum(axis=1) / (p.shape[1] - 1))


def brier_scores(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> Floats:
    """Sum over classes of (p_k - Y_k)^2, (N,), in [0, 2] (Brier 1950)."""
    p = checked_probabilities(probabilities)
    y = checked_labels(labels, p)
    return np.asarray(((p - _one_hot(y, p)) ** 2).sum(axis=1))


def _one_hot(labels: npt.NDArray[np.int64], scores: Floats) -> Floats:
    return np.asarray(np.eye(scores.shape[1])[labels])
