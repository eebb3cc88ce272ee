"""The likelihood-ratio test of nested models, with a face reduced before it meets a label.

    D = 2 (log L(clinical + components) - log L(clinical)) ~ chi-squared with k degrees of freedom

when the components say nothing beyond the clinical columns (Wilks 1938). Testing every feature
of a network would break the approximation: with hundreds of columns on hundreds of patients D
grows without any signal. So the face enters as its k leading principal components, which are
chosen without labels and many fewer than the patients. The test is in-sample and looks along
fixed directions: it answers another question than the cross-fitted rule, and decides nothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from face2bone.arrays import Floats, Integers
from face2bone.evaluation.added_value.columns import learn_components
from face2bone.evaluation.added_value.ordinal import fit_ordinal

COMPONENTS: Final = 10


@dataclass(frozen=True)
class LikelihoodRatio:
    """Log-likelihoods of both models, D, degrees of freedom and p-value."""

    clinical: float
    both: float
    statistic: float
    degrees: int
    p_value: float


def likelihood_ratio(clinical: Floats, features: Floats, labels: Integers) -> LikelihoodRatio:
    """Test the leading components of features (N, F) beside clinical columns (N, c)."""
    scores = learn_components(features, COMPONENTS)(features)
    columns = np.hstack([clinical, scores])
    small = fit_ordinal(clinical, labels, np.zeros(clinical.shape[1]))
    large = fit_ordinal(columns, labels, np.zeros(columns.shape[1]))
    statistic = max(0.0, 2.0 * (large.log_likelihood - small.log_likelihood))
    degrees = scores.shape[1]
    return LikelihoodRatio(
        clinical=small.log_likelihood,
        both=large.log_likelihood,
        statistic=statistic,
        degrees=degrees,
        p_value=float(stats.chi2.sf(statistic, degrees)),
    )
