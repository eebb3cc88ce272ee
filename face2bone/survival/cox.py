"""Cox's proportional hazards: hazard ratios with their intervals, ties by Efron.

Notation: x_i the columns of patient i, eta_i = b x_i, R the sum of exp(eta) over those at risk,
R_D over the d patients whose events share a time. The partial likelihood (Cox 1972, J. R. Stat.
Soc. B 34:187-220; ties Efron 1977, J. Am. Stat. Assoc. 72:557-565) is

    l(b) = sum over event times ( sum of eta_i of the d  -  sum_{l<d} log(R - l R_D / d) )

and is concave. Newton's step is halved until l gains a little of what the step promised. Standard
errors come from the Hessian at the maximum. A ridge, where one is asked for, takes
sum_k ridge_k b_k^2 / 2 from l, with b for columns of unit spread; then the standard errors are
those of a penalised fit and no hazard ratio should be reported from it.

Without a ridge the maximum may not exist: a column that orders the events perfectly (or a group
without any) makes b run away while the curvature of l vanishes. That is told from a column that
never had curvature, being constant or a sum of others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, ndtr, ndtri

from face2bone.arrays import Floats
from face2bone.errors import ConstantColumn, Separation, SurvivalError
from face2bone.survival.times import RiskSets, SurvivalTimes

STEPS: Final = 60
HALVINGS: Final = 40
SETTLED: Final = 1e-12  # of what a step promises, for one event
SUFFICIENT: Final = 1e-4  # share of the promise that a step must keep
ROUNDING: Final = 1e-13  # of l, below which a loss is only rounding
FLAT: Final = 1e-9  # spread or curvature, against its scale, that counts as none
VANISHED: Final = 1e-6  # of the curvature at the start: below it the maximum has run away
FARTHEST: Final = 200.0  # spread of eta that no cohort needs
AT_THE_WALL: Final = 0.99  # of it: where b has run away
Z95: Final = float(ndtri(0.975))


@dataclass(frozen=True)
class HazardRatio:
    """A hazard ratio, its 95% interval and two-sided p value, by Wald."""

    value: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class CoxModel:
    """A fitted model of p columns.

    coefficients: (p,) log hazard ratio a unit. covariance: (p, p). centre: (p,) means of the
    columns. log_likelihood, null_log_likelihood: with the columns and without any.
    """

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    centre: Floats
    log_likelihood: float
    null_log_likelihood: float
    events: int

    @property
    def standard_errors(self) -> Floats:
        """Of the coefficients; (p,)."""
        errors: Floats = np.sqrt(np.diag(self.covariance))
        return errors

    def log_hazard(self, columns: npt.ArrayLike) -> Floats:
        """Log hazard (N,) of columns (N, p), against a patient with the mean of every column."""
        found: Floats = (np.asarray(columns, np.float64) - self.centre) @ self.coefficients
        return found

    def hazard_ratio(self, name: str, unit: float = 1.0) -> HazardRatio:
        """Hazard ratio for ``unit`` more of a column."""
        place = self.names.index(name)
        slope, error = self.coefficients[place] * unit, self.standard_errors[place] * abs(unit)
        low, high = np.exp([slope - Z95 * error, slope + Z95 * error]).tolist()
        p_value = float(2.0 * ndtr(-abs(slope) / error))
        return HazardRatio(float(np.exp(slope)), low, high, p_value)


@dataclass(frozen=True)
class LikelihoodRatio:
    """Chi-squared of a larger model against one nested in it."""

    statistic: float
    degrees: int
    p_value: float


def likelihood_ratio(larger: CoxModel, smaller: CoxModel) -> LikelihoodRatio:
    """Test of the columns that ``larger`` has beyond ``smaller``; the same patients in both."""
    degrees = len(larger.names) - len(smaller.names)
    if degrees < 1 or not set(smaller.names) < set(larger.names):
        raise SurvivalError("The models are not nested. Give the larger one every column.")
    statistic = max(0.0, 2.0 * (larger.log_likelihood - smaller.log_likelihood))
    return LikelihoodRatio(statistic, degrees, float(chdtrc(degrees, statistic)))


def fit_cox(
    columns: npt.ArrayLike,
    times: SurvivalTimes,
    names: Sequence[str],
    ridge: npt.ArrayLike = 0.0,
) -> CoxModel:
    """Fit columns (N, p), named, to times; ``ridge`` is one number or one a column.

    Raises ``NoEvents``, ``ConstantColumn`` or ``Separation``, and ``SurvivalError`` for columns
    of another shape or with a missing value.
    """
    x = _checked(columns, times, names)
    times.require_events()
    centre, scale = x.mean(axis=0), x.std(axis=0)
    flat = scale <= FLAT * np.maximum(1.0, np.abs(centre))
    if flat.any():
        raise ConstantColumn(
            "The column {column} is the same for every patient. Leave it out.",
            column=names[int(flat.argmax())],
        )
    sets = times.risk_sets
    problem = _Partial(((x - centre) / scale)[sets.order], sets, np.broadcast_to(
        np.asarray(ridge, np.float64), scale.shape))  # fmt: skip
    beta, curvature = _maximum(problem, tuple(names))
    covariance = np.linalg.inv(curvature) / np.outer(scale, scale)
    return CoxModel(
        names=tuple(names),
        coefficients=beta / scale,
        covariance=covariance,
        centre=centre,
        log_likelihood=problem.likelihood(beta),
        null_log_likelihood=problem.likelihood(np.zeros_like(beta)),
        events=int(times.events.sum()),
    )


def log_likelihood(log_hazard: npt.ArrayLike, times: SurvivalTimes) -> float:
    """Efron's partial log-likelihood of log hazards (N,) that are given."""
    eta = np.asarray(log_hazard, np.float64)[times.risk_sets.order, None]
    return _Partial(eta, times.risk_sets, np.zeros(1)).likelihood(np.ones(1))


@dataclass(frozen=True)
class _Partial:
    """The partial likelihood of standardised columns x (N, p), sorted as the risk sets are."""

    x: Floats
    sets: RiskSets
    ridge: Floats

    def likelihood(self, beta: Floats) -> float:
        """l(b), without the ridge."""
        eta = self.x @ beta
        top = float(eta.max())
        left = self.sets.efron(np.exp(eta - top))
        return float(eta[self.sets.rows].sum() - (np.log(left) + top).sum())

    def spread(self, beta: Floats) -> float:
        """From the least log hazard to the greatest."""
        return float(np.ptp(self.x @ beta))

    def value(self, beta: Floats) -> float:
        """What is maximised: l(b) less the ridge; minus infinity for absurd b."""
        if self.spread(beta) > FARTHEST:
            return -np.inf
        return self.likelihood(beta) - 0.5 * float((self.ridge * beta**2).sum())

    def slope(self, beta: Floats) -> tuple[Floats, Floats]:
        """Gradient (p,) and minus the Hessian (p, p)."""
        sets, eta = self.sets, self.x @ beta
        hazard = np.exp(eta - eta.max())
        means = sets.efron(hazard[:, None] * self.x) / sets.efron(hazard)[:, None]
        spread = hazard * self._counted(hazard)
        gradient = (self.x[sets.rows] - means).sum(axis=0) - self.ridge * beta
        curvature = (self.x * spread[:, None]).T @ self.x - means.T @ means
        return gradient, curvature + np.diag(self.ridge)

    def _counted(self, hazard: Floats) -> Floats:
        """Sum of 1 / (R - l R_D / d) over the events each patient was at risk for; (N,)."""
        sets, groups = self.sets, len(self.sets.years)
        inverse, of_event = 1.0 / sets.efron(hazard), sets.group[sets.rows]
        steps = np.bincount(of_event, inverse, groups).astype(np.float64)
        total: Floats = np.cumsum(steps)[sets.group]
        tied = np.bincount(of_event, inverse * sets.share, groups)
        total[sets.rows] -= tied[of_event]
        return total


def _maximum(problem: _Partial, names: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Coefficients and curvature at the maximum."""
    beta = np.zeros(problem.x.shape[1])
    gradient, curvature = problem.slope(beta)
    at_start = _least_curvature(curvature)
    if at_start <= FLAT * len(problem.sets.rows):
        raise ConstantColumn(
            "The columns {columns} do not tell patients at risk together apart: one is "
            "constant among them or follows from others. Leave it out.",
            columns=tuple(names),
        )
    for _ in range(STEPS):
        step: Floats = np.linalg.solve(curvature, gradient).astype(np.float64, copy=False)
        promise = float(gradient @ step)
        beta = _shortened(problem, beta, step, promise)
        if problem.spread(beta) > AT_THE_WALL * FARTHEST:
            break
        gradient, curvature = problem.slope(beta)
        if _least_curvature(curvature) <= VANISHED * at_start:
            break
        if promise <= SETTLED * len(problem.sets.rows):
            return beta, curvature
    raise Separation(
        "The column {column} orders the events so well that its hazard ratio is infinite. "
        "Leave it out, join rare groups, or follow more patients.",
        column=names[int(np.abs(beta).argmax())],
    )


def _shortened(problem: _Partial, beta: Floats, step: Floats, promise: float) -> Floats:
    """The coefficients after a step, halved until it gains enough."""
    before = problem.value(beta)
    slack, length = ROUNDING * abs(before), 1.0
    for _ in range(HALVINGS):
        if problem.value(beta + length * step) >= before + SUFFICIENT * length * promise - slack:
            break
        length /= 2.0
    moved: Floats = beta + length * step
    return moved


def _least_curvature(curvature: Floats) -> float:
    return float(np.linalg.eigvalsh(curvature)[0])


def _checked(columns: npt.ArrayLike, times: SurvivalTimes, names: Sequence[str]) -> Floats:
    x = np.asarray(columns, np.float64)
    if x.shape != (len(times), len(names)) or not names:
        raise SurvivalError(
            "The columns have shape {shape} where ({patients}, {columns}) is needed. Pass one "
            "row a patient and one name a column.",
            shape=str(x.shape),
            patients=len(times),
            columns=len(names),
        )
    if not np.isfinite(x).all():
        place = int((~np.isfinite(x)).any(axis=0).argmax())
        raise SurvivalError(
            "The column {column} lacks a value. Complete or leave it out.", column=names[place]
        )
    return x
