"""Kaplan-Meier curves with numbers at risk, the log-rank test, and weights for censoring.

With n at risk and d events at a time (Kaplan & Meier 1958; variance Greenwood 1926):

    S(t) = product over times <= t of (1 - d / n)
    v(t) = sum of d / (n (n - d)),   SE = S sqrt(v),   95% limits S^exp(+-1.96 sqrt(v) / log S)

The limits are those on the scale log(-log S), which stay within 0 and 1. The log-rank test
compares the events of each group with those expected if all had the same hazard (Mantel 1966;
Peto & Peto 1972), with the hypergeometric variance.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from face2bone.arrays import Floats, Integers
from face2bone.errors import SurvivalError
from face2bone.survival.cox import Z95
from face2bone.survival.times import SurvivalTimes


@dataclass(frozen=True)
class SurvivalCurve:
    """The share of a group still without the event, at the G different times of its patients.

    at_risk, events: how many, (G,). standard_error by Greenwood. low, high: 95% limits, 1 before
    the first event and NaN where nobody is left.
    """

    years: Floats
    at_risk: Integers
    events: Integers
    survival: Floats
    standard_error: Floats
    low: Floats
    high: Floats

    def at(self, years: npt.ArrayLike) -> Floats:
        """Share without the event at given times, 1 before the first; NaN beyond the last."""
        return self._step(self.survival, years)

    def limits_at(self, years: npt.ArrayLike) -> tuple[Floats, Floats]:
        """The 95% limits at given times."""
        return self._step(self.low, years), self._step(self.high, years)

    def _step(self, values: Floats, years: npt.ArrayLike) -> Floats:
        asked = np.asarray(years, np.float64)
        place = np.searchsorted(self.years, asked, side="right")
        held = np.concatenate([[1.0], values])[place]
        beyond = (asked > self.years[-1]) & (self.survival[-1] > 0)
        stepped: Floats = np.where(beyond, np.nan, held)
        return stepped


@dataclass(frozen=True)
class LogRank:
    """observed, expected: events of each group. p_value: of chi-squared on ``degrees``."""

    observed: tuple[float, ...]
    expected: tuple[float, ...]
    statistic: float
    degrees: int
    p_value: float


def kaplan_meier(times: SurvivalTimes) -> SurvivalCurve:
    """The curve of one group."""
    sets, ones = times.risk_sets, np.ones(len(times))
    n, d = sets.at_risk(ones), sets.with_event(ones)
    survival: Floats = np.cumprod(1.0 - d / n).astype(np.float64, copy=False)
    left = np.where(d < n, n - d, np.inf)  # nobody left: S is 0 and its variance not defined
    root: Floats = np.sqrt(np.cumsum(d / (n * left)))
    low, high = _log_log_limits(survival, root)
    return SurvivalCurve(
        sets.years, n.astype(np.int64), d.astype(np.int64), survival, survival * root, low, high
    )


def numbers_at_risk(times: SurvivalTimes, years: npt.ArrayLike) -> Integers:
    """How many were still followed, without the event, just before each of the times given."""
    ordered = np.sort(times.years)
    left: Integers = len(times) - np.searchsorted(ordered, np.asarray(years, np.float64))
    return left


def log_rank(times: SurvivalTimes, groups: npt.ArrayLike) -> LogRank:
    """Compare the groups, numbered 0 to K - 1 in ``groups`` (N,); K is at least 2.

    Raises ``NoEvents`` where nobody had the event, and ``SurvivalError`` for fewer groups.
    """
    code = np.asarray(groups, np.int64)
    if code.shape != times.years.shape or code.min() < 0 or not np.bincount(code).all():
        raise SurvivalError("The groups are not numbered 0, 1, ... for each patient. Number them.")
    if code.max() < 1:
        raise SurvivalError("There is one group only. Give at least two to compare.")
    times.require_events()
    member = np.eye(int(code.max()) + 1)[code[times.risk_sets.order]]
    n_of, d_of = times.risk_sets.at_risk(member), times.risk_sets.with_event(member)
    return _log_rank(n_of, d_of)


def censoring_survival(times: SurvivalTimes, weights: Floats) -> Floats:
    """P(still followed just before t) for each patient's t, under weights (R, N); (R, N).

    Kaplan-Meier of the last visits, for inverse probability weights. Events at a time are gone
    before its last visits; ``censoring_survival_at`` gives the same at times given.
    """
    before, place = _censoring_steps(times, weights), times.risk_sets.group
    found = np.empty_like(weights)
    found[:, times.risk_sets.order] = before[:, place]
    return found


def censoring_survival_at(times: SurvivalTimes, years: npt.ArrayLike) -> Floats:
    """P(still followed after t) at times t given (H,); (H,)."""
    steps = _censoring_steps(times, np.ones((1, len(times))))[0]
    place = np.searchsorted(times.risk_sets.years, np.asarray(years, np.float64), side="right")
    after: Floats = steps[place]
    return after


def _censoring_steps(times: SurvivalTimes, weights: Floats) -> Floats:
    """P(still followed) before the first of G times, between them, and after the last."""
    sets, w = times.risk_sets, weights[:, times.risk_sets.order]
    happened = times.events[sets.order]
    at_risk = np.cumsum(w[:, ::-1], axis=1)[:, ::-1][:, sets.first]
    gone = np.add.reduceat(w * happened, sets.first, axis=1)
    seen_last = np.add.reduceat(w * ~happened, sets.first, axis=1)
    left = np.maximum(at_risk - gone, 0.0)
    kept = 1.0 - np.divide(seen_last, left, out=np.zeros_like(left), where=left > 0)
    steps: Floats = np.cumprod(np.concatenate([np.ones((len(w), 1)), kept], axis=1), axis=1)
    return np.clip(steps, 0.0, 1.0)


def _log_log_limits(survival: Floats, root: Floats) -> tuple[Floats, Floats]:
    inside = (survival > 0.0) & (survival < 1.0)
    logs = np.log(survival, out=np.full_like(survival, -1.0), where=inside)
    outside = np.where(survival >= 1.0, 1.0, np.nan)
    low, high = (
        np.where(inside, survival ** np.exp(sign * Z95 * root / logs), outside)
        for sign in (-1.0, 1.0)
    )
    return low, high


def _log_rank(n_of: Floats, d_of: Floats) -> LogRank:
    """From those at risk and with events (G, K)."""
    n, d = n_of.sum(axis=1), d_of.sum(axis=1)
    share = n_of / n[:, None]
    spread = d * (n - d) / np.maximum(n - 1.0, 1.0)
    observed, expected = d_of.sum(axis=0), (d[:, None] * share).sum(axis=0)
    variance = np.diag(spread @ share) - share.T @ (share * spread[:, None])
    # Groups without anybody at risk at an event say nothing: only the others are tested.
    said = np.diag(variance) > 1e-12
    difference = (observed - expected)[said]
    statistic = float(difference @ np.linalg.pinv(variance[np.ix_(said, said)]) @ difference)
    degrees = max(int(said.sum()) - 1, 1)
    return LogRank(
        tuple(observed.tolist()),
        tuple(expected.tolist()),
        statistic,
        degrees,
        float(chdtrc(degrees, statistic)),
    )
