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
from scipy.special import expit, logit
from scipy.stats import chi2

from face2bone.calibration.labelled import N_CLASSES
from face2bone.calibration.reliability import DEFAULT_BINS, EceFloor, bin_index
from face2bone.evaluation.table import Floats

Events = npt.NDArray[np.bool_]

SMALLEST: Final = 1e-6  # probabilities closer to 0 or 1 have no useful logit
STEPS: Final = 30
SETTLED: Final = 1e-8
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


def binned_error(stated: Floats, happened: Events, weights: Floats) -> Floats:
    """Expected calibration error of one event over 15 bins, under each weights' row; (R,)."""
    members = _members(stated)
    gaps = weights @ (members * (happened - stated)[:, None])
    error: Floats = np.abs(gaps).sum(axis=1) / weights.sum(axis=1)
    return error


def top_label_error(probabilities: Floats, labels: npt.NDArray[np.int64], w: Floats) -> Floats:
    """ECE of the probability of the class that is named; (R,)."""
    return binned_error(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels, w)


def classwise_error(probabilities: Floats, labels: npt.NDArray[np.int64], w: Floats) -> Floats:
    """Mean over the three classes of the ECE of that class's probability; (R,)."""
    errors = [binned_error(probabilities[:, k], labels == k, w) for k in range(N_CLASSES)]
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
        drawn = (u > cumulative[:, 0]).astype(np.int8) + (u > cumulative[:, 1])
        gaps = [np.abs((drawn == k) @ bins[k] - expected[k]).sum(axis=1) for k in range(N_CLASSES)]
        simulated.append(np.mean(gaps, axis=0) / n)
    errors = np.concatenate(simulated)
    return EceFloor(mean=float(errors.mean()), p95=float(np.quantile(errors, 0.95)))


def calibration_slope(stated: Floats, happened: Events, weights: Floats) -> Floats:
    """Slope b, (R,): below 1 probabilities are too extreme, above 1 too timid.

    NaN where only one outcome occurs or a threshold parts the outcomes without error.
    """
    x = _logits(stated)
    a, b = np.zeros(len(weights)), np.ones(len(weights))
    step = np.full((2, len(weights)), np.inf)
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            mean = expit(a[:, None] + b[:, None] * x)
            rest, spread = weights * (happened - mean), weights * mean * (1.0 - mean)
            g0, g1 = rest.sum(axis=1), rest @ x
            h0, h1, h2 = spread.sum(axis=1), spread @ x, spread @ x**2
            step = np.stack([h2 * g0 - h1 * g1, h0 * g1 - h1 * g0]) / (h0 * h2 - h1**2)
            a, b = a + step[0], b + step[1]
            if (np.abs(step) < SETTLED).all():
                break
        settled = (np.abs(step) < SETTLED).all(axis=0)
    return np.where(settled & _both(happened, weights), b, np.nan)


def calibration_intercept(stated: Floats, happened: Events, weights: Floats) -> Floats:
    """Intercept a at slope 1, (R,), in logits: above 0, events are more common than stated."""
    x, a = _logits(stated), np.zeros(len(weights))
    step = np.full(len(weights), np.inf)
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            mean = expit(a[:, None] + x)
            spread = (weights * mean * (1.0 - mean)).sum(axis=1)
            step = (weights * (happened - mean)).sum(axis=1) / spread
            a = a + step
            if (np.abs(step) < SETTLED).all():
                break
        settled = np.abs(step) < SETTLED
    return np.where(settled & _both(happened, weights), a, np.nan)


def hosmer_lemeshow(cut: str, stated: Floats, happened: Events) -> HosmerLemeshow:
    """Ten groups of equal size by stated risk; sum of (O - E)^2 / (E (1 - E/n)).

    For comparison with published tables only: a large p-value is no evidence of
    calibration, and the result depends on the groups and on n.
    """
    groups = np.array_split(np.argsort(stated, kind="stable"), HL_GROUPS)
    statistic = 0.0
    for members in groups:
        expected, n = float(stated[members].sum()), len(members)
        variance = expected * (1.0 - expected / n) if n else 0.0
        if variance < FEWEST_EXPECTED:
            return HosmerLemeshow(cut, None, HL_GROUPS, None)
        statistic += (float(happened[members].sum()) - expected) ** 2 / variance
    return HosmerLemeshow(cut, statistic, HL_GROUPS, float(chi2.sf(statistic, HL_GROUPS)))


def _members(stated: Floats) -> Floats:
    edges = np.linspace(0.0, 1.0, DEFAULT_BINS + 1)
    return np.eye(DEFAULT_BINS)[bin_index(stated, edges)]


def _logits(stated: Floats) -> Floats:
    x: Floats = logit(np.clip(stated, SMALLEST, 1.0 - SMALLEST))
    return x


def _both(happened: Events, weights: Floats) -> Events:
    """Whether an event and a non-event have weight, in each resample."""
    both: Events = (weights[:, happened].sum(axis=1) > 0) & (weights[:, ~happened].sum(axis=1) > 0)
    return both
