"""Do the probabilities mean what they say? Errors with their floors, slopes, and one test.

Notation: p (N,) stated probability of an event, o (N,) whether it happened, w (R, N)
weights of R resamples. Binned error: bins (lower, upper] of p, ECE = sum_b |sum_i w_i
(o_i - p_i)| / sum_i w_i. Slope and intercept: logit P(o) = a + b logit p; a well
calibrated model has b = 1 and, with b fixed at 1, a = 0 (Cox 1958; Van Calster 2016).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import logit
from scipy.stats import chi2

from face2bone.arrays import Flags, Floats
from face2bone.calibration.reliability import DEFAULT_BINS, EceFloor, bin_index
from face2bone.evaluation.logistic import logistic_intercept, logistic_slope

SMALLEST: Final = 1e-6  # probabilities closer to 0 or 1 have no useful logit
HL_GROUPS: Final = 10
BLOCK: Final = 2_000_000  # simulated patients held at once
FEWEST_EXPECTED: Final = 1e-9


@dataclass(frozen=True)
class HosmerLemeshow:
    """The test at one cut; None where a group leaves it undefined.

    ``degrees_of_freedom`` equals the number of groups, as for patients the model was not
    fitted on (it would be two fewer on the patients it was fitted on).
    """

    cut: str
    statistic: float | None
    degrees_of_freedom: int
    p_value: float | None


def binned_error(stated: Floats, happened: Flags, weights: Floats) -> Floats:
    """Expected calibration error of one event over 15 bins, under each weights' row; (R,)."""
    members = _members(stated)
    gaps = weights @ (members * (happened - stated)[:, None])
    error: Floats = np.abs(gaps).sum(axis=1) / weights.sum(axis=1)
    return error


def top_label_error(probabilities: Floats, labels: npt.NDArray[np.int64], w: Floats) -> Floats:
    """ECE of the probability of the class that is named; (R,)."""
    return binned_error(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels, w)


def classwise_error(probabilities: Floats, labels: npt.NDArray[np.int64], w: Floats) -> Floats:
    """Mean over the classes of the ECE of that class's probability; (R,)."""
    errors = [binned_error(p, labels == k, w) for k, p in enumerate(probabilities.T)]
    mean: Floats = np.mean(errors, axis=0)
    return mean


def classwise_floor(probabilities: Floats, draws: int = 1000, seed: int = 0) -> EceFloor:
    """The classwise ECE a perfectly calibrated model would show: classes drawn from p."""
    n = len(probabilities)
    cumulative = probabilities.cumsum(axis=1)[:, :-1]
    bins = [_members(p) for p in probabilities.T]
    expected = [p @ members for p, members in zip(probabilities.T, bins, strict=True)]
    rng = np.random.default_rng(seed)
    block = max(1, BLOCK // n)
    simulated = []
    for start in range(0, draws, block):
        u = rng.random((min(block, draws - start), n))
        drawn = np.sum([u > cut for cut in cumulative.T], axis=0, dtype=np.int8)
        gaps = [
            np.abs((drawn == k) @ members - expected[k]).sum(axis=1)
            for k, members in enumerate(bins)
        ]
        simulated.append(np.mean(gaps, axis=0) / n)
    errors = np.concatenate(simulated)
    return EceFloor(mean=float(errors.mean()), p95=float(np.quantile(errors, 0.95)))


def calibration_slope(stated: Floats, happened: Flags, weights: Floats) -> Floats:
    """Slope b, (R,): below 1 probabilities are too extreme, above 1 too timid.

    NaN where only one outcome occurs or a threshold parts the outcomes without error.
    """
    return logistic_slope(_logits(stated), happened, weights)


def calibration_intercept(stated: Floats, happened: Flags, weights: Floats) -> Floats:
    """Intercept a at slope 1, (R,), in logits: above 0, events are more common than stated.

    NaN where only one outcome occurs.
    """
    return logistic_intercept(_logits(stated), happened, weights)


def hosmer_lemeshow(cut: str, stated: Floats, happened: Flags) -> HosmerLemeshow:
    """Ten groups of equal size by stated risk; sum of (O - E)^2 / (E (1 - E/n)).

    Patients of one stated risk share a group, that of their middle one: were they split, the
    result would depend on the order of the rows. With such ties groups differ in size or fall
    together, and the degrees of freedom are the groups that are left.
    For comparison with published tables only: a large p-value is no evidence of
    calibration, and the result depends on the groups and on n.
    """
    risks, which, counts = np.unique(stated, return_inverse=True, return_counts=True)
    group = _tenths(counts)
    n = np.bincount(group, weights=counts)
    expected = np.bincount(group, weights=risks * counts)
    observed = np.bincount(group[which], weights=happened)
    variance = expected * (1.0 - expected / n)
    if len(stated) < HL_GROUPS or (variance < FEWEST_EXPECTED).any():
        return HosmerLemeshow(cut, None, len(n), None)
    statistic = float(((observed - expected) ** 2 / variance).sum())
    return HosmerLemeshow(cut, statistic, len(n), float(chi2.sf(statistic, len(n))))


def _tenths(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Group of each distinct risk, given how many patients have it; no group is empty."""
    n = int(counts.sum())
    ends = np.cumsum(n // HL_GROUPS + (np.arange(HL_GROUPS) < n % HL_GROUPS))
    middle = np.cumsum(counts) - counts / 2.0
    tenth = np.searchsorted(ends, middle, side="right")
    groups: npt.NDArray[np.int64] = np.unique(tenth, return_inverse=True)[1]
    return groups


def _members(stated: Floats) -> Floats:
    edges = np.linspace(0.0, 1.0, DEFAULT_BINS + 1)
    return np.eye(DEFAULT_BINS)[bin_index(stated, edges)]


def _logits(stated: Floats) -> Floats:
    x: Floats = logit(np.clip(stated, SMALLEST, 1.0 - SMALLEST))
    return x
