"""How far two rankings of the same regions agree."""

from functools import lru_cache
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats


def rank_agreement(first: Floats, second: Floats) -> float:
    """Spearman's rank correlation of two sets of region values (n,), ties given mean ranks.

    Values that are all equal rank nothing and score 0, as guessing would.

    >>> rank_agreement(np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.2, 9.0]))
    1.0
    """
    from scipy.stats import spearmanr  # a second to import, and a result needs none of it

    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    return round(float(spearmanr(first, second).statistic), 12)


CHANCE: Final = 0.05


@lru_cache(maxsize=8)
def least_agreement(n: int) -> float:
    """What two unrelated rankings of n regions reach once in twenty, to three decimals.

    The one-sided 5% point of Spearman's rho, exact, from the number of permutations with each sum
    of squared rank differences D: rho = 1 - 6 D / (n (n^2 - 1)). 1 where n is so small that even
    that is reached more often (n up to 3).

    >>> least_agreement(10), least_agreement(4)
    (0.564, 1.0)
    """
    counts = _permutations(n).tolist()
    rare = [total <= CHANCE * sum(counts) for total in accumulate(counts)]
    largest = max(rare.index(False) - 1, 0)
    while not counts[largest]:  # between two sums that occur
        largest -= 1
    return round(1.0 - 6.0 * largest / (n * (n**2 - 1)), 3)


def _permutations(n: int) -> npt.NDArray[np.int64]:
    """How many permutations of n ranks have each sum of squared differences, 0 on.

    Ranks are given out one place at a time; ``ways`` counts by the set of those given out.
    """
    most = n * (n**2 - 1) // 3
    ways = np.zeros((2**n, most + 1), np.int64)
    ways[0, 0] = 1
    for given in range(2**n - 1):
        place = given.bit_count()
        for rank in range(n):
            if not given >> rank & 1:
                step = (rank - place) ** 2
                ways[given | 1 << rank, step:] += ways[given, : most + 1 - step]
    counts: npt.NDArray[np.int64] = ways[-1]
    return counts
