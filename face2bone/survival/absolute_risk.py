"""From a log hazard to the share of a cohort that has the event by a horizon, and how right it is.

    H0(t) = sum over events <= t of d / R       (Breslow 1972),   risk = 1 - exp(-H0(t) exp(eta))

The Brier score at t weighs by the chance G of still being followed, so that patients last seen
before t are stood for by those like them who were seen (Graf 1999, Stat. Med. 18:2529-2545):

    B(t) = mean of  risk^2                 / G(t)     for those followed beyond t
                    (1 - risk)^2           / G(T-)    for those whose event came by t

Calibration compares, in groups of equal size by the predicted risk, its mean with one minus
Kaplan and Meier's curve. These risks are sums over a cohort on their way; none is ever shown of
one patient.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats, Integers
from face2bone.errors import SurvivalError
from face2bone.survival.curves import (
    censoring_survival,
    censoring_survival_at,
    kaplan_meier,
)
from face2bone.survival.times import SurvivalTimes


@dataclass(frozen=True)
class BaselineHazard:
    """Cumulative hazard (G,) at the different times (G,) for a log hazard of 0."""

    years: Floats
    cumulative: Floats

    def at(self, years: npt.ArrayLike) -> Floats:
        """Cumulative hazard at given times, 0 before the first event."""
        place = np.searchsorted(self.years, np.asarray(years, np.float64), side="right")
        held: Floats = np.concatenate([[0.0], self.cumulative])[place]
        return held

    def risks(self, log_hazard: npt.ArrayLike, horizons: npt.ArrayLike) -> Floats:
        """Predicted risk of the event by each horizon, for cohort figures; (N, H)."""
        hazard = np.exp(np.asarray(log_hazard, np.float64))[:, None] * self.at(horizons)
        risk: Floats = -np.expm1(-hazard)
        return risk


@dataclass(frozen=True)
class RiskGroup:
    """A group by predicted risk: its mean, and what was observed with 95% limits.

    observed, low, high: None where the group was not followed so long.
    """

    patients: int
    predicted: float
    observed: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class CalibrationAt:
    """Calibration at one horizon: everyone, then groups from the lowest predicted risk up."""

    years: float
    everyone: RiskGroup
    groups: tuple[RiskGroup, ...]


def breslow(log_hazard: npt.ArrayLike, times: SurvivalTimes) -> BaselineHazard:
    """Baseline hazard of those whose log hazards (N,) are given."""
    sets = times.risk_sets
    hazard = np.exp(np.asarray(log_hazard, np.float64)[sets.order])
    steps = sets.with_event(np.ones(len(times))) / sets.at_risk(hazard)
    return BaselineHazard(sets.years, np.cumsum(steps))


def brier_scores(risks: Floats, times: SurvivalTimes, horizons: npt.ArrayLike) -> Floats:
    """Brier score (H,) of predicted risks (N, H) at horizons (H,); 0 is best.

    Raises ``SurvivalError`` for a horizon by which nobody was still followed.
    """
    years = np.asarray(horizons, np.float64)
    followed_at = censoring_survival_at(times, years)
    if not (followed_at > 0).all() or (years >= times.years.max()).any():
        raise SurvivalError(
            "Nobody was followed for {years} years. Choose an earlier horizon.",
            years=f"{years.max():g}",
        )
    before = censoring_survival(times, np.ones((1, len(times))))[0][:, None]
    by_then = (times.years[:, None] <= years) & times.events[:, None]
    beyond = times.years[:, None] > years
    events = np.divide((1.0 - risks) ** 2, before, out=np.zeros_like(risks), where=by_then)
    found: Floats = (events + beyond * risks**2 / followed_at).mean(axis=0)
    return found


def integrated_brier(scores: npt.ArrayLike, horizons: npt.ArrayLike) -> float:
    """Mean of Brier scores (H,) between the first and the last horizon, by trapezia."""
    years, values = np.asarray(horizons, np.float64), np.asarray(scores, np.float64)
    if len(years) < 2 or (np.diff(years) <= 0).any():
        raise SurvivalError("Horizons must rise, and there must be two. Give them in order.")
    return float(np.trapezoid(values, years) / (years[-1] - years[0]))


def calibration_at(
    risks: npt.ArrayLike, times: SurvivalTimes, years: float, groups: int = 5
) -> CalibrationAt:
    """Predicted risks (N,) at one horizon against what was observed, in groups of equal size.

    Raises ``SurvivalError`` for a horizon beyond the follow-up or fewer patients than groups.
    """
    predicted = np.asarray(risks, np.float64)
    if years >= times.years.max() or len(times) < groups:
        raise SurvivalError(
            "Too few were followed for {years} years. Choose an earlier horizon.",
            years=f"{years:g}",
        )
    order = np.argsort(predicted, kind="stable")
    everyone = np.arange(len(times))
    return CalibrationAt(
        years,
        _group(predicted, times, years, everyone),
        tuple(_group(predicted, times, years, part) for part in np.array_split(order, groups)),
    )


def _group(predicted: Floats, times: SurvivalTimes, years: float, rows: Integers) -> RiskGroup:
    curve = kaplan_meier(times.rows(rows))
    low, high = curve.limits_at(years)
    return RiskGroup(
        patients=len(rows),
        predicted=float(predicted[rows].mean()),
        observed=_share(curve.at(years)),
        low=_share(high),
        high=_share(low),
    )


def _share(without: npt.ArrayLike) -> float | None:
    """Who had the event, of the share without it; None for NaN."""
    share = 1.0 - float(np.asarray(without))
    return None if np.isnan(share) else share
