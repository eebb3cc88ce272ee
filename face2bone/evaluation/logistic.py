"""Logistic regression of one outcome on one column, for many resamples at once.

Notation: o (N,) whether the event happened, x (N,) a column, w (R, N) weights of R resamples,
q_i the probability of what did happen to patient i.

    logit P(o) = a + b x,    l(a, b) = sum_i w_i log q_i, concave in (a, b)

Newton's step by itself overshoots where probabilities are extreme, and then l falls for ever; so
a step is halved until l gains at least a little of what the step promised (Armijo's rule), which
makes it converge from anywhere whenever a maximum exists (Boyd & Vandenberghe 2004, 9.5.3).
The maximum exists exactly when the events' and the non-events' values of x overlap
(Albert & Anderson 1984); without overlap the answer is NaN and nothing is iterated.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import log_expit, logit

from face2bone.arrays import Flags, Floats

STEPS: Final = 100
HALVINGS: Final = 60
SETTLED: Final = 1e-9  # of the step's promise, in log-likelihood for one patient's weight
SUFFICIENT: Final = 1e-4  # share of the promise that a step must keep
APART: Final = 1e-9  # of x, in logits; values nearer than this count as one
ROUNDING: Final = 1e-13  # of the log-likelihood, below which a loss is only rounding


@dataclass(frozen=True)
class _Fit:
    """R regressions: columns x (N, d), sign (N,) +1 for an event, weights (R, N), offset (N,)."""

    x: Floats
    sign: Floats
    weights: Floats
    offset: Floats

    def log_own(self, theta: Floats) -> Floats:
        """log q, (R, N), under coefficients (R, d)."""
        own: Floats = log_expit(self.sign * (self.offset + theta @ self.x.T))
        return own

    def value(self, log_own: Floats) -> Floats:
        """Log-likelihood, (R,)."""
        total: Floats = (self.weights * log_own).sum(axis=1)
        return total

    def step(self, log_own: Floats) -> tuple[Floats, Floats]:
        """Newton's step (R, d) and twice the gain it promises (R,)."""
        own, wrong = np.exp(log_own), -np.expm1(log_own)
        gradient = (self.weights * wrong * self.sign) @ self.x
        spread = self.weights * own * wrong
        pairs = self.x[:, :, None] * self.x[:, None, :]
        curvature = np.tensordot(spread, pairs, axes=(1, 0))
        step = np.asarray(np.linalg.solve(curvature, gradient[..., None])[..., 0], np.float64)
        return step, (gradient * step).sum(axis=1)


def logistic_slope(x: Floats, happened: Flags, weights: Floats) -> Floats:
    """Slope b of each resample, (R,); NaN where the two outcomes do not overlap in x."""
    slope = np.full(len(weights), np.nan)
    fitted = _overlap(x, happened, weights)
    if fitted.any():
        centre, scale = x.mean(), x.std()
        columns = np.column_stack([np.ones_like(x), (x - centre) / scale])
        w = weights[fitted]
        start = np.column_stack([_log_odds(happened, w), np.zeros(len(w))])
        slope[fitted] = _maximum(_fit(columns, happened, w, np.zeros_like(x)), start)[:, 1] / scale
    return slope


def logistic_intercept(offset: Floats, happened: Flags, weights: Floats) -> Floats:
    """Intercept a with b held at 1, (R,); NaN where only one outcome has weight."""
    found = np.full(len(weights), np.nan)
    fitted = _both(happened, weights)
    if fitted.any():
        w = weights[fitted]
        start = (_log_odds(happened, w) - (w @ offset) / w.sum(axis=1))[:, None]
        fit = _fit(np.ones((len(offset), 1)), happened, w, offset)
        found[fitted] = _maximum(fit, start)[:, 0]
    return found


def _fit(columns: Floats, happened: Flags, weights: Floats, offset: Floats) -> _Fit:
    return _Fit(columns, np.where(happened, 1.0, -1.0), weights, offset)


def _maximum(fit: _Fit, theta: Floats) -> Floats:
    """Coefficients (R, d) from a start; NaN where a hundred steps did not settle."""
    scale = fit.weights.sum(axis=1)
    log_own = fit.log_own(theta)
    for _ in range(STEPS):
        step, promise = fit.step(log_own)
        theta, log_own = _shortened(fit, theta, log_own, step, promise)
        settled = promise <= SETTLED * scale
        if settled.all():
            return theta
    return np.where(settled[:, None], theta, np.nan)


def _shortened(
    fit: _Fit, theta: Floats, log_own: Floats, step: Floats, promise: Floats
) -> tuple[Floats, Floats]:
    """Each resample's step, halved until it gains enough."""
    before, length = fit.value(log_own), np.ones(len(theta))
    slack = ROUNDING * np.abs(before)
    for _ in range(HALVINGS):
        candidate = theta + length[:, None] * step
        reached = fit.log_own(candidate)
        enough = fit.value(reached) >= before + SUFFICIENT * length * promise - slack
        if enough.all():
            break
        length = np.where(enough, length, length / 2.0)
    return candidate, reached


def _overlap(x: Floats, happened: Flags, weights: Floats) -> Flags:
    """Whether events and non-events overlap in x by more than one shared value, (R,)."""
    counted = weights > 0
    low_event, high_event = _range(x[happened], counted[:, happened])
    low_other, high_other = _range(x[~happened], counted[:, ~happened])
    overlap: Flags = (high_event - low_other > APART) & (high_other - low_event > APART)
    return overlap


def _range(x: Floats, counted: Flags) -> tuple[Floats, Floats]:
    """Least and greatest value that counts, (R,) each; (inf, -inf) where none does."""
    least = np.where(counted, x, np.inf).min(axis=1, initial=np.inf)
    greatest = np.where(counted, x, -np.inf).max(axis=1, initial=-np.inf)
    return least, greatest


def _both(happened: Flags, weights: Floats) -> Flags:
    """Whether an event and a non-event have weight, (R,)."""
    both: Flags = (weights[:, happened].sum(axis=1) > 0) & (weights[:, ~happened].sum(axis=1) > 0)
    return both


def _log_odds(happened: Flags, weights: Floats) -> Floats:
    share: Floats = weights[:, happened].sum(axis=1) / weights.sum(axis=1)
    odds: Floats = logit(share)
    return odds
