"""Models with and without the face, each patient predicted by a fit that never saw them.

    without     Cox on age, sex and what else was asked for
    with        the same and the score
    score       the score alone, as it is

Concordance, Harrell's and Uno's, with 95% intervals over resampled patients, paired for the gain;
the predictions stay as they are while patients are resampled. Predicted risks use each fold's own
Breslow baseline; the Brier score of a model is held against that of telling everybody the risk
Kaplan-Meier shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import compress
from typing import Annotated, Final

import numpy as np
from pydantic import Field

from face2bone.arrays import Floats, Integers
from face2bone.evaluation.bootstrap import RESAMPLES, Estimate, estimates
from face2bone.evaluation.measures import Figures
from face2bone.evaluation.survival.clinical import Clinical
from face2bone.survival.absolute_risk import (
    CalibrationAt,
    breslow,
    brier_scores,
    calibration_at,
    integrated_brier,
)
from face2bone.survival.concordance import harrell, uno
from face2bone.survival.cox import FLAT, fit_cox
from face2bone.survival.curves import kaplan_meier
from face2bone.survival.times import SurvivalTimes

MANY: Final = 4_000  # patients, beyond which fewer resamples are drawn: pairs grow as the square
RESAMPLES_OF_MANY: Final = 200
STILL_FOLLOWED: Final = 0.10  # of the patients at a horizon, or it is not looked at
HORIZONS: Final = (1.0, 2.0, 3.0, 5.0, 10.0)  # years
SHORT: Final = (0.25, 0.5, 0.75)  # of the last usable time, where no full year is
GRID: Final = 20  # times over which a Brier score is integrated


@dataclass(frozen=True)
class Predicted:
    """Out-of-fold log hazards (N,) and risks (N, H) of one model."""

    log_hazard: Floats
    risks: Floats


@dataclass(frozen=True)
class BrierAt:
    """Brier scores by one horizon: of Kaplan-Meier for all, without and with the score."""

    years: float
    nobody_told_apart: float
    without: float
    with_score: Annotated[float, Field(alias="with_face")]


@dataclass(frozen=True)
class Accuracy:
    """concordance: by name, see ``_concordances``. brier: by horizon; integrated over all of them,
    the last entry, whose ``years`` is the last usable time.
    """

    concordance: Mapping[str, Estimate]
    uno_before: float
    resamples: int
    brier: tuple[BrierAt, ...]
    calibration: tuple[CalibrationAt, ...]


def last_usable(times: SurvivalTimes) -> float:
    """The time to which at least ``STILL_FOLLOWED`` of the patients were followed."""
    return float(np.quantile(times.years, 1.0 - STILL_FOLLOWED))


def horizons(times: SurvivalTimes) -> tuple[float, ...]:
    """Full years to look at, or parts of a short follow-up."""
    last = last_usable(times)
    years = tuple(h for h in HORIZONS if h < last)
    return years or tuple(round(share * last, 2) for share in SHORT)


def out_of_fold(
    columns: Floats,
    names: tuple[str, ...],
    times: SurvivalTimes,
    fold: Integers,
    years: Floats,
) -> Predicted:
    """Log hazards and risks by ``years`` (H,) of columns (N, p), each fold by the others' fit."""
    eta, risks = np.empty(len(times)), np.empty((len(times), len(years)))
    for k in np.unique(fold):
        inside = fold != k
        fitted = times.rows(inside)
        tells = columns[inside].std(axis=0) > FLAT  # a score may be 0 in these folds
        telling = columns[:, tells]
        model = fit_cox(telling[inside], fitted, tuple(compress(names, tells)))
        baseline = breslow(model.log_hazard(telling[inside]), fitted)
        eta[~inside] = model.log_hazard(telling[~inside])
        risks[~inside] = baseline.risks(eta[~inside], years)
    return Predicted(eta, risks)


def accuracy(
    clinical: Clinical, score: Floats, times: SurvivalTimes, fold: Integers, seed: int = 0
) -> Accuracy:
    """Everything of one score (N,) beside clinical columns."""
    asked, last = np.array(horizons(times)), last_usable(times)
    grid = np.linspace(last / GRID, last, GRID, endpoint=False)
    years = np.concatenate([asked, grid])
    without = out_of_fold(clinical.columns, clinical.names, times, fold, years)
    columns = np.column_stack([clinical.columns, score])
    both = out_of_fold(columns, (*clinical.names, "score"), times, fold, years)
    resamples = RESAMPLES if len(times) <= MANY else RESAMPLES_OF_MANY

    def figures(weights: Floats) -> Figures:
        return _concordances(without, both, score, times, last, weights)

    return Accuracy(
        concordance=estimates(figures, np.arange(len(times)), resamples, seed),
        uno_before=last,
        resamples=resamples,
        brier=_brier(without, both, times, asked, grid),
        calibration=tuple(
            calibration_at(both.risks[:, k], times, float(h)) for k, h in enumerate(asked)
        ),
    )


def _concordances(
    without: Predicted,
    both: Predicted,
    score: Floats,
    times: SurvivalTimes,
    tau: float,
    weights: Floats,
) -> Figures:
    """harrell and uno, each ``_without``, ``_with``, ``_score`` and ``_gain``; (R,) each."""
    scores = {"without": without.log_hazard, "with": both.log_hazard, "score": score}
    found: Figures = {}
    for name, values in scores.items():
        found[f"harrell_{name}"] = harrell(values, times, weights)
        found[f"uno_{name}"] = uno(values, times, tau, weights)
    for kind in ("harrell", "uno"):
        found[f"{kind}_gain"] = found[f"{kind}_with"] - found[f"{kind}_without"]
    return found


def _brier(
    without: Predicted, both: Predicted, times: SurvivalTimes, asked: Floats, grid: Floats
) -> tuple[BrierAt, ...]:
    years = np.concatenate([asked, grid])
    everybody = np.tile(1.0 - kaplan_meier(times).at(years), (len(times), 1))
    by_model = [brier_scores(r, times, years) for r in (everybody, without.risks, both.risks)]
    rows = [
        BrierAt(float(h), *(float(scores[k]) for scores in by_model)) for k, h in enumerate(asked)
    ]
    over = [integrated_brier(scores[len(asked) :], grid) for scores in by_model]
    return *rows, BrierAt(float(grid[-1]), *over)
