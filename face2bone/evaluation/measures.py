"""Every figure of one set of predictions, each a function of the table and of weights.

A weights' row says how often each photo counts: ones give the figure itself, a bootstrap's
draw one resample. So a figure and its interval come from the same lines.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from face2bone.arrays import Floats
from face2bone.calibration.reliability import brier_scores, ranked_probability_scores
from face2bone.evaluation import calibration as cal
from face2bone.evaluation import confusion as con
from face2bone.evaluation.ranking import cut_auc, macro_auc
from face2bone.evaluation.table import PredictionTable, beyond

Figures = dict[str, Floats]

_OF_CONFUSION: Final[dict[str, Callable[[Floats], Floats]]] = {
    "accuracy": con.accuracy,
    "kappa": con.kappa,
    "quadratic_kappa": con.quadratic_kappa,
    "matthews": con.matthews,
}
_OF_CLASSES: Final[dict[str, Callable[[Floats], Floats]]] = {
    "precision": con.precision,
    "recall": con.recall,
    "f1": con.f1,
}


def figures(table: PredictionTable, weights: Floats) -> Figures:
    """All figures under each row of weights (R, N), by name; (R,) each, NaN where undefined.

    Names with a class or a cut end in it: ``recall_osteopenia``, ``auc_low_bone_mass``.
    """
    return {
        **_discrimination(table, weights),
        **_scores(table, weights),
        **_calibration(table, weights),
        **_sets(table, weights),
    }


def _discrimination(table: PredictionTable, weights: Floats) -> Figures:
    p, y = table.probabilities, table.labels
    matrix = con.confusions(p, y, weights)
    found = {name: figure(matrix) for name, figure in _OF_CONFUSION.items()}
    for name, figure in _OF_CLASSES.items():
        of_classes = figure(matrix)
        found[f"macro_{name}"] = of_classes.mean(axis=-1)
        for k, label in enumerate(table.task.classes):
            found[f"{name}_{label}"] = of_classes[:, k]
    found["macro_auc"] = macro_auc(p, y, weights)
    for cut, first in table.task.cuts.items():
        found[f"auc_{cut}"] = cut_auc(p, y, first, weights)
    return found


def _scores(table: PredictionTable, weights: Floats) -> Figures:
    p, y, total = table.probabilities, table.labels, weights.sum(axis=1)
    brier = weights @ brier_scores(p, y) / total
    return {
        "rps": weights @ ranked_probability_scores(p, y) / total,
        "brier_sum": brier,
        "brier_per_class": brier / p.shape[1],
    }


def _calibration(table: PredictionTable, weights: Floats) -> Figures:
    p, y = table.probabilities, table.labels
    found = {
        "ece": cal.top_label_error(p, y, weights),
        "classwise_ece": cal.classwise_error(p, y, weights),
    }
    for cut, first in table.task.cuts.items():
        stated, happened = beyond(p, first), y >= first
        found[f"slope_{cut}"] = cal.calibration_slope(stated, happened, weights)
        found[f"intercept_{cut}"] = cal.calibration_intercept(stated, happened, weights)
    return found


def _sets(table: PredictionTable, weights: Floats) -> Figures:
    """Coverage of each class, mean size and abstentions of the prediction sets, if any."""
    if table.sets is None:
        return {}
    total, size = weights.sum(axis=1), table.sets.sum(axis=1)
    found = {
        "set_size": weights @ size / total,
        "abstains": weights @ (size == table.sets.shape[1]).astype(np.float64) / total,
    }
    for k, label in enumerate(table.task.classes):
        of_class = weights * (table.labels == k)
        found[f"coverage_{label}"] = con.ratio(of_class @ table.sets[:, k], of_class.sum(axis=1))
    return found
