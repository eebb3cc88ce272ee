"""How two models of the same patients differ: areas, net benefit, reclassification, age matched.

Every figure is a function of resampling weights, so intervals are paired by patient
(``evaluation.bootstrap``). Names end in the cut they are about.

**Reclassification** (Pencina et al. 2008) is reported because readers ask for it, and should
decide nothing: the category-free form counts any movement, however small; it grows when a
model is badly calibrated, and useless variables can raise it (Hilden & Gerds 2014, Pepe et al.
2015). The two-category form at a referral threshold is no more than the gain in sensitivity
minus the loss in specificity. Both parts, of patients with and without the condition, are given
beside the sum; net benefit, on the same page, says what the sum leaves open.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final

import numpy as np

from face2bone.arrays import Flags, Floats
from face2bone.bone import BoneClass
from face2bone.calibration.reliability import ranked_probability_scores
from face2bone.evaluation.added_value.crossfit import CrossFitted
from face2bone.evaluation.bootstrap import RESAMPLES, Estimate, estimates
from face2bone.evaluation.confusion import ratio
from face2bone.evaluation.decision import net_benefit
from face2bone.evaluation.measures import Figures
from face2bone.evaluation.ranking import cut_auc, macro_auc
from face2bone.evaluation.table import beyond
from face2bone.tasks import BONE_MASS

MODELS: Final = ("clinical", "face", "both")
THRESHOLDS: Final = (0.1, 0.2, 0.3, 0.4, 0.5)  # risks of osteoporosis at which one might refer
AGE_CALIPER: Final = 2.5  # years between a patient with the condition and one without


def discrimination(fitted: CrossFitted, seed: int = 0) -> dict[str, Estimate]:
    """RPS, macro AUC and AUC at each cut: of each model, and the gain of "both" over "clinical".

    Names such as ``macro_auc_face`` and ``auc_osteoporosis_gain``; a gain is better when larger,
    so for RPS it is clinical minus both.
    """
    y = fitted.labels

    def figures(weights: Floats) -> Figures:
        found: Figures = {}
        for name in MODELS:
            p: Floats = fitted.models[name]
            found[f"rps_{name}"] = ratio(
                weights @ ranked_probability_scores(p, y), weights.sum(axis=1)
            )
            found[f"macro_auc_{name}"] = macro_auc(p, y, weights)
            for cut_name, cut in BONE_MASS.cuts.items():
                found[f"auc_{cut_name}_{name}"] = cut_auc(p, y, cut, weights)
        found["rps_gain"] = found["rps_clinical"] - found["rps_both"]
        for area in ("macro_auc", *(f"auc_{cut_name}" for cut_name in BONE_MASS.cuts)):
            found[f"{area}_gain"] = found[f"{area}_both"] - found[f"{area}_clinical"]
        return found

    return estimates(figures, np.arange(len(y)), RESAMPLES, seed)


def benefits(fitted: CrossFitted, seed: int = 0) -> dict[str, Estimate]:
    """Net benefit of both minus that of clinical, for osteoporosis, at each of THRESHOLDS."""
    has_it = fitted.labels >= BoneClass.OSTEOPOROSIS
    old, new = _risks(fitted, BoneClass.OSTEOPOROSIS)

    def figures(weights: Floats) -> Figures:
        return {
            f"{t:g}": net_benefit(new >= t, has_it, t, weights)
            - net_benefit(old >= t, has_it, t, weights)
            for t in THRESHOLDS
        }

    return estimates(figures, np.arange(len(has_it)), RESAMPLES, seed)


def reclassification(fitted: CrossFitted, seed: int = 0) -> dict[str, Estimate]:
    """Net reclassification for osteoporosis, with its parts; see the caveats above.

    ``any_movement``: category-free, in [-2, 2]. ``across_share``: two categories, cut at the
    cohort's own share of osteoporosis.
    """
    has_it = fitted.labels >= BoneClass.OSTEOPOROSIS
    old, new = _risks(fitted, BoneClass.OSTEOPOROSIS)
    threshold = float(has_it.mean())
    moves = {
        "any_movement": np.sign(new - old),
        "across_share": (new >= threshold) * 1.0 - (old >= threshold) * 1.0,
    }

    def figures(weights: Floats) -> Figures:
        found: Figures = {}
        for name, move in moves.items():
            up = ratio(weights @ (move * has_it), weights @ has_it)
            down = ratio(weights @ (-move * ~has_it), weights @ ~has_it)
            found[f"{name}_with"] = up
            found[f"{name}_without"] = down
            found[f"{name}_sum"] = up + down
        return found

    return estimates(figures, np.arange(len(has_it)), RESAMPLES, seed)


def age_matched(
    fitted: CrossFitted, age_years: Floats, female: Flags, seed: int = 0
) -> dict[str, Estimate]:
    """Areas among pairs of the same sex and within ``AGE_CALIPER`` years, for each model and cut.

    The share of pairs, one patient beyond the cut and one not, whom the model orders rightly. A
    score that reads only age and sex is left with what a few years can tell, near 0.5.
    """
    found: dict[str, Estimate] = {}
    for cut_name, cut in BONE_MASS.cuts.items():
        positive = fitted.labels >= cut
        pairs = _pairs(age_years, female, positive)
        right = {
            name: pairs * _orders(beyond(fitted.models[name], cut), positive) for name in MODELS
        }
        areas = partial(_matched_areas, positive, pairs, right)
        known = estimates(areas, np.arange(len(positive)), RESAMPLES, seed)
        found |= {f"auc_{cut_name}_{name}": estimate for name, estimate in known.items()}
    return found


def _matched_areas(
    positive: Flags, pairs: Flags, right: Mapping[str, Floats], weights: Floats
) -> Figures:
    up, down = weights[:, positive], weights[:, ~positive]
    total = ((up @ pairs) * down).sum(axis=1)
    return {name: ratio(((up @ won) * down).sum(axis=1), total) for name, won in right.items()}


def _pairs(age_years: Floats, female: Flags, positive: Flags) -> Flags:
    """Whether patient i beyond the cut may be compared with j who is not; (P, Q)."""
    near = np.abs(age_years[positive][:, None] - age_years[~positive]) <= AGE_CALIPER
    pairs: Flags = near & (female[positive][:, None] == female[~positive])
    return pairs


def _orders(score: Floats, positive: Flags) -> Floats:
    """1 where the patient beyond the cut scores higher, one half for a tie; (P, Q)."""
    orders: Floats = 0.5 + 0.5 * np.sign(score[positive][:, None] - score[~positive])
    return orders


def _risks(fitted: CrossFitted, cut: BoneClass) -> tuple[Floats, Floats]:
    return beyond(fitted.clinical, cut), beyond(fitted.both, cut)
