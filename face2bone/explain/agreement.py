"""How far two rankings of the same regions agree."""

import numpy as np

from face2bone.explain.arrays import FloatArray


def rank_agreement(first: FloatArray, second: FloatArray) -> float:
    """Spearman's rank correlation of two sets of region values (n,), ties given mean ranks.

    Values that are all equal rank nothing and score 0, as guessing would.

    >>> rank_agreement(np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.2, 9.0]))
    1.0
    """
    from scipy.stats import spearmanr  # a second to import, and a result needs none of it

    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    return round(float(spearmanr(first, second).statistic), 12)
