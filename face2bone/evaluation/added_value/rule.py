"""The rule for added value, named before any cohort was looked at.

    Per patient i: d_i = RPS(clinical model) - RPS(clinical + picture model), both fitted without i
    (``crossfit``). Gain = mean d_i. The picture adds value when gain / (sd(d) / sqrt(n)) is above
    the 97.5th percentile of Student's t with n - 1 degrees of freedom: one-sided, 2.5%.

The backbone that turns photos into features is frozen and has seen none of these patients; only
the heads are fitted here. The test is valid because the null hypothesis bounds the mean: if,
given the clinical columns, the picture says nothing about bone, no function of it fitted on
other patients can beat the clinical model on average, and a fitted one mostly loses a little.
Given the models, the d_i of a fold are independent; across folds they share fitting patients,
for which the plain variance is known to be consistent as long as a model moves little when one
patient is exchanged (Bayle et al. 2020, arXiv 2007.12671), as a ridge's does.
"""

from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np
from pydantic import Field
from scipy import stats

from face2bone.calibration.reliability import ranked_probability_scores
from face2bone.evaluation.added_value.crossfit import CrossFitted
from face2bone.words import template

LEVEL: Final = 0.025  # one-sided
SAYS: Final = template("cross-fitted gain in ranked probability score, one-sided 2.5%")


@dataclass(frozen=True)
class Gain:
    """Gain in ranked probability score by the picture.

    clinical, picture, both: mean score of each model, in [0, 1], less is better.
    gain: clinical - both; lower, upper: its 95% interval; z: gain over its standard error.
    p_value: one-sided; found: whether the rule finds added value.
    """

    n: int
    clinical: float
    picture: Annotated[float, Field(alias="face")]
    both: float
    gain: float
    lower: float
    upper: float
    z: float
    p_value: float
    found: bool


def judge(fitted: CrossFitted) -> Gain:
    """Apply the rule. A picture left out of every fold has gain 0, z 0 and is not found."""
    clinical, picture, both = (
        ranked_probability_scores(p, fitted.labels) for p in fitted.models.values()
    )
    difference = clinical - both
    n, gain = len(difference), float(difference.mean())
    error = float(difference.std(ddof=1)) / np.sqrt(n)
    z = gain / error if error > 0 else 0.0
    p_value = float(stats.t.sf(z, n - 1))
    half = float(stats.t.isf(LEVEL, n - 1)) * error
    return Gain(
        n=n,
        clinical=float(clinical.mean()),
        picture=float(picture.mean()),
        both=float(both.mean()),
        gain=gain,
        lower=gain - half,
        upper=gain + half,
        z=z,
        p_value=p_value,
        found=p_value < LEVEL,
    )
