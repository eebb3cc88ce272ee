"""What other base rates would do to a result, if nothing else differed.

Notation: p(k|x) calibrated where class k has share s_k (the source prior), t_k its share in
the target population. Label shift: p'(k|x) is proportional to p(k|x) t_k / s_k (Saerens,
Latinne, Decaestecker 2002, Neural Computation 14:21-41, doi 10.1162/089976602753284446,
with the target prior known). It needs calibrated p and the same p(x|k) in both populations.
Cameras, ages and ancestries break the second, so the result is a "what if" and never the
headline.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.errors import PatientError

SUM_TOLERANCE: Final = 5e-3  # published shares are rounded to whole tenths of a percent


@dataclass(frozen=True)
class PredictiveValues:
    """Share of positives who have the finding, and of negatives who have not, in [0, 1]."""

    positive: float
    negative: float


def shift_prior(
    probabilities: npt.ArrayLike, source: npt.ArrayLike, target: npt.ArrayLike
) -> Floats:
    """Probabilities (..., K) under ``target`` base rates (K,) instead of ``source`` (K,).

    Raises ``PatientError`` when base rates are negative or do not sum to 1, or when the
    source never saw a class.

    >>> shift_prior([0.1, 0.3, 0.6], [1 / 3] * 3, [0.220, 0.459, 0.321]).round(4).tolist()
    [0.0624, 0.3909, 0.5467]
    """
    p = np.asarray(probabilities, dtype=np.float64)
    s, t = (_checked_prior(prior, p.shape[-1]) for prior in (source, target))
    if s.min() == 0:
        raise PatientError(
            "The training cohort holds nobody of one class, so other base rates cannot be "
            "tried. Use another bundle."
        )
    weighted = p * t / s
    total = weighted.sum(axis=-1, keepdims=True)
    if not (total > 0).all():
        raise PatientError(
            "These base rates hold nobody of the classes the result names. "
            "Choose base rates above zero."
        )
    return np.asarray(weighted / total)


def predictive_values(
    sensitivity: float, specificity: float, prevalence: float
) -> PredictiveValues:
    """Bayes' rule for a yes-or-no finding; all three in [0, 1].

    A value is NaN when nobody would be called positive (or negative). Raises
    ``PatientError`` for a number outside [0, 1].
    """
    for value in (sensitivity, specificity, prevalence):
        if not 0.0 <= value <= 1.0:
            raise PatientError(
                "The share {share} is not between 0 and 1. Enter it as a fraction.",
                share=f"{value:g}",
            )
    true_positive = sensitivity * prevalence
    false_positive = (1.0 - specificity) * (1.0 - prevalence)
    true_negative = specificity * (1.0 - prevalence)
    false_negative = (1.0 - sensitivity) * prevalence
    return PredictiveValues(
        _ratio(true_positive, true_positive + false_positive),
        _ratio(true_negative, true_negative + false_negative),
    )


def operating_point(confusion: npt.ArrayLike) -> tuple[float, float]:
    """Sensitivity and specificity of naming the most severe class, from counts (K, K).

    Rows are true classes, columns the named ones; NaN where there was nobody.
    """
    counts = np.asarray(confusion, dtype=np.float64)
    ill = len(counts) - 1
    found, sick, named = counts[ill, ill], counts[ill].sum(), counts[:, ill].sum()
    well = counts.sum() - sick
    return _ratio(found, sick), _ratio(well - (named - found), well)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _checked_prior(prior: npt.ArrayLike, classes: int) -> Floats:
    shares = np.asarray(prior, dtype=np.float64)
    if shares.shape != (classes,) or not np.isfinite(shares).all() or shares.min() < 0:
        raise PatientError(
            "Base rates are {count} shares, none of them negative. Give one for each class.",
            count=classes,
        )
    if abs(shares.sum() - 1.0) > SUM_TOLERANCE:
        raise PatientError(
            "The base rates add up to {total} where 1 is needed. Correct one of them.",
            total=f"{shares.sum():.3f}",
        )
    return np.asarray(shares / shares.sum())
