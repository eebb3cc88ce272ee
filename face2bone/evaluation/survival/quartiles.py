"""Quarters of a score freed of age and sex: their hazard ratios, curves and log-rank test.

A face looks older when its owner is older, so quartiles of the score itself would compare the old
with the young. They are taken of the residual of the score on age and sex (least squares), and
their hazard ratios against the lowest are adjusted for age and sex once more. A patient stands in
a quartile by the residuals of all: it describes a cohort and is no rule for another patient.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from face2bone.arrays import Floats, Integers
from face2bone.evaluation.survival.clinical import Clinical
from face2bone.survival.cox import HazardRatio, fit_cox
from face2bone.survival.curves import LogRank, kaplan_meier, log_rank, numbers_at_risk
from face2bone.survival.times import SurvivalTimes
from face2bone.words import template

NAMES: Final = (
    template("lowest quarter"),
    template("second quarter"),
    template("third quarter"),
    template("highest quarter"),
)
POINTS: Final = 60  # of a drawn curve: no patient's own time can be read from it
STEPS: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)  # years between two ticks
MOST_TICKS: Final = 7


@dataclass(frozen=True)
class GroupCurve:
    """One quarter's Kaplan-Meier curve on an even grid of times.

    low, high: 95% limits, None where they are not defined. at_risk: at the ``ticks`` of the study.
    """

    name: str
    patients: int
    events: int
    years: tuple[float, ...]
    survival: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    at_risk: tuple[int, ...]


@dataclass(frozen=True)
class Quartiles:
    """ratios: of the second to the highest quarter against the lowest, adjusted as all;
    none where a quarter had no event, since a ratio against it would be infinite.

    ticks: times in years at which numbers at risk are given, 0 first.
    """

    ratios: tuple[HazardRatio, ...]
    curves: tuple[GroupCurve, ...]
    ticks: tuple[float, ...]
    log_rank: LogRank


def residual(score: Floats, clinical: Floats) -> Floats:
    """The score less what clinical columns (N, c) explain of it by least squares; (N,)."""
    x = np.column_stack([np.ones(len(score)), clinical])
    left: Floats = score - x @ np.linalg.lstsq(x, score, rcond=None)[0]
    return left


def quartiles(score: Floats, clinical: Clinical, times: SurvivalTimes, until: float) -> Quartiles:
    """Compare the quarters of a score; curves and numbers at risk go to ``until`` years."""
    code = quarter(residual(score, clinical.columns))
    ticks = _ticks(until)
    return Quartiles(
        ratios=_ratios(code, clinical, times),
        curves=tuple(_curve(k, times.rows(code == k), until, ticks) for k in range(len(NAMES))),
        ticks=tuple(np.round(ticks, 3).tolist()),
        log_rank=log_rank(times, code),
    )


def _ratios(code: Integers, clinical: Clinical, times: SurvivalTimes) -> tuple[HazardRatio, ...]:
    if not np.bincount(code, times.events, len(NAMES)).all():
        return ()
    dummies = (code[:, None] == np.arange(1, len(NAMES))).astype(np.float64)
    columns = np.column_stack([dummies, clinical.columns])
    model = fit_cox(columns, times, (*NAMES[1:], *clinical.names))
    return tuple(model.hazard_ratio(name) for name in NAMES[1:])


def quarter(values: Floats) -> Integers:
    """0 to 3 for each value; equal ranks go to the earlier patient, so the sizes are even; (N,)."""
    ranks = np.empty(len(values), np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    code: Integers = 4 * ranks // len(values)
    return code


def _ticks(until: float) -> Floats:
    """Round times from 0 on, the finest that are few enough."""
    step = next(s for s in STEPS if until / s < MOST_TICKS)
    return step * np.arange(int(until / step + 1e-9) + 1, dtype=np.float64)


def _curve(k: int, times: SurvivalTimes, until: float, ticks: Floats) -> GroupCurve:
    grid = np.linspace(0.0, until, POINTS + 1)
    curve = kaplan_meier(times)
    shown = grid[grid <= times.years.max()]
    low, high = curve.limits_at(shown)
    return GroupCurve(
        name=NAMES[k],
        patients=len(times),
        events=int(times.events.sum()),
        years=tuple(np.round(shown, 4).tolist()),
        survival=tuple(np.round(curve.at(shown), 5).tolist()),
        low=_maybe(low),
        high=_maybe(high),
        at_risk=tuple(numbers_at_risk(times, ticks).tolist()),
    )


def _maybe(values: Floats) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(v) else round(float(v), 5) for v in values)
