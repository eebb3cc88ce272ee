"""Does a hazard ratio hold over the whole follow-up? Schoenfeld residuals and a score test.

At each event the Schoenfeld residual (1982, Biometrika 69:239-241) is the column of who had the
event less its mean over those at risk, weighted by their hazard. If the hazard ratio is the same
all the time, residuals have no trend. The test asks for one along g(t) = 1 - S(t-), Kaplan and
Meier's, which spreads events evenly: the score test of adding x g(t) to the model,

    U = sum g r,   var U = I22 - I21 I11^-1 I12,   I11 = sum V, I12 = sum g V, I22 = sum g^2 V

with V the columns' covariance over those at risk (Grambsch & Therneau 1994, Biometrika 81:515-526,
without their approximation that V is the same at every event).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from face2bone.arrays import Floats
from face2bone.errors import SurvivalError
from face2bone.survival.cox import CoxModel
from face2bone.survival.curves import kaplan_meier
from face2bone.survival.times import SurvivalTimes


@dataclass(frozen=True)
class HazardsTest:
    """Chi-squared against proportional hazards. slope: of the log hazard ratio along g."""

    name: str
    statistic: float
    degrees: int
    p_value: float


@dataclass(frozen=True)
class Residuals:
    """Of E events in order of time: years (E,), residuals (E, p), covariances (E, p, p)."""

    years: Floats
    residuals: Floats
    covariances: Floats


def schoenfeld(model: CoxModel, columns: npt.ArrayLike, times: SurvivalTimes) -> Residuals:
    """The residuals of a model at the events of those it was fitted to; columns (N, p)."""
    sets = times.risk_sets
    x = np.asarray(columns, np.float64)[sets.order] - model.centre
    eta = x @ model.coefficients
    hazard = np.exp(eta - eta.max())
    at_risk = sets.efron(hazard)
    means = sets.efron(hazard[:, None] * x) / at_risk[:, None]
    pairs = x[:, :, None] * x[:, None, :]
    second = sets.efron(hazard[:, None, None] * pairs) / at_risk[:, None, None]
    # Of tied events nobody knows the order: each gets the mean of Efron's means.
    tied = _mean_within(means, sets.group[sets.rows])
    return Residuals(
        sets.years[sets.group[sets.rows]],
        x[sets.rows] - tied,
        second - means[:, :, None] * means[:, None, :],
    )


def proportional_hazards(
    model: CoxModel, columns: npt.ArrayLike, times: SurvivalTimes
) -> tuple[HazardsTest, ...]:
    """One test a column, then one of all together, named "all".

    Raises ``SurvivalError`` where all events share one time: then there is no trend to look for.
    """
    found = schoenfeld(model, columns, times)
    g = _time_scale(times, found.years)
    if not g.any():
        raise SurvivalError(
            "Every event falls on one and the same time. Give times as exactly as they are known, "
            "such as days divided by 365.25."
        )
    score = (g[:, None] * found.residuals).sum(axis=0)
    inner, mixed, outer = (np.tensordot(g**power, found.covariances, axes=1) for power in (0, 1, 2))
    variance = outer - mixed @ np.linalg.solve(inner, mixed)
    each = [_test(name, score[k] ** 2 / variance[k, k], 1) for k, name in enumerate(model.names)]
    return *each, _test("all", score @ np.linalg.solve(variance, score), len(model.names))


def _time_scale(times: SurvivalTimes, years: Floats) -> Floats:
    """1 - S(t-) at the events, centred so that inverting is stable; (E,)."""
    curve = kaplan_meier(times)
    before = np.concatenate([[1.0], curve.survival])
    g = 1.0 - before[np.searchsorted(curve.years, years, side="left")]
    centred: Floats = g - g.mean()
    return centred


def _mean_within(values: Floats, group: npt.NDArray[np.int64]) -> Floats:
    total = np.zeros((int(group.max()) + 1, values.shape[1]))
    np.add.at(total, group, values)
    mean: Floats = (total / np.maximum(np.bincount(group), 1)[:, None])[group]
    return mean


def _test(name: str, statistic: float, degrees: int) -> HazardsTest:
    return HazardsTest(name, float(statistic), degrees, float(chdtrc(degrees, statistic)))
