"""Is it worth acting on? Net benefit of referring to DXA by the model, by age and weight, or all.

Notation: t threshold probability, the risk at which a scan is just worth it; of n patients,
TP referred with the condition, FP referred without. Net benefit = TP/n - FP/n * t/(1 - t)
(Vickers & Elkin 2006): true finds per patient, less the false alarms at their price.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from face2bone.arrays import Flags, Floats
from face2bone.clinical.selection import ost
from face2bone.evaluation.bootstrap import RESAMPLES, Estimate, estimates
from face2bone.evaluation.confusion import ratio
from face2bone.evaluation.measures import Figures
from face2bone.evaluation.table import PredictionTable, beyond
from face2bone.patient import Patient, Sex

THRESHOLDS: Final = tuple(round(0.02 * i, 2) for i in range(1, 31))  # 2% to 60%
MODEL, REFER_ALL, OST = "model", "refer all", "OST"


@dataclass(frozen=True)
class DecisionCurve:
    """Net benefit at each threshold; ``ost`` is None without ages, weights and sexes.

    ``model`` and ``model_minus_ost`` carry intervals, paired by patient. Referring none
    has net benefit 0 everywhere.
    """

    cut: str
    thresholds: tuple[float, ...]
    model: tuple[Estimate, ...]
    refer_all: tuple[float, ...]
    ost: tuple[float, ...] | None
    model_minus_ost: tuple[Estimate, ...] | None


def decision_curves(
    table: PredictionTable, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[DecisionCurve, ...]:
    """One curve for each cut."""
    return tuple(_curve(table, name, cut, resamples, seed) for name, cut in table.task.cuts.items())


def net_benefit(referred: Flags, has_it: Flags, threshold: float, weights: Floats) -> Floats:
    """Net benefit of referring those patients, under each row of weights (R, N); (R,)."""
    price = threshold / (1.0 - threshold)
    gain = np.where(has_it, 1.0, -price) * referred
    return ratio(weights @ gain, weights.sum(axis=1))


def ost_refers(table: PredictionTable) -> Flags | None:
    """Whom OST sends to DXA, (N,), by the cut-off of their sex; None without the details.

    It sends nobody it is not made for, such as women before menopause.
    """
    columns = ["age_years", "sex", "height_cm", "weight_kg"]
    if not set(columns) <= set(table.about):
        return None
    rows = table.about[columns].itertuples(index=False)
    return np.array([ost(Patient(a, Sex(s), cm, kg)).refers is True for a, s, cm, kg in rows], bool)


def _curve(table: PredictionTable, name: str, cut: int, resamples: int, seed: int) -> DecisionCurve:
    risk, has_it, by_ost = beyond(table.probabilities, cut), table.labels >= cut, ost_refers(table)
    everyone = np.ones(len(table), bool)

    def benefits(weights: Floats) -> Figures:
        found: Figures = {}
        for t in THRESHOLDS:
            found[f"{MODEL} {t}"] = net_benefit(risk >= t, has_it, t, weights)
            found[f"{REFER_ALL} {t}"] = net_benefit(everyone, has_it, t, weights)
            if by_ost is not None:
                found[f"{OST} {t}"] = net_benefit(by_ost, has_it, t, weights)
                found[f"difference {t}"] = found[f"{MODEL} {t}"] - found[f"{OST} {t}"]
        return found

    known = estimates(benefits, table.patient_codes, resamples, seed)
    return DecisionCurve(
        cut=name,
        thresholds=THRESHOLDS,
        model=tuple(known[f"{MODEL} {t}"] for t in THRESHOLDS),
        refer_all=tuple(known[f"{REFER_ALL} {t}"].value or 0.0 for t in THRESHOLDS),
        ost=None if by_ost is None else tuple(known[f"{OST} {t}"].value or 0.0 for t in THRESHOLDS),
        model_minus_ost=None
        if by_ost is None
        else tuple(known[f"difference {t}"] for t in THRESHOLDS),
    )
