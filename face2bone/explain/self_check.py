"""Whether the explanation of one photo passes its own check, or is withheld with a reason.

Two figures, both read off the two value tables an explanation is made of; no further pass:

- *agreement*: Spearman's rank correlation between the regions' values under the two baselines;
- *beaten*: the share of all orders of the regions that lower the answer more slowly
  than the explanation's own order. Regions are hidden by the baseline the order was *not* made
  with, both ways round, and the worse figure counts: judged by its own baseline, an explanation
  would be its own witness.

What is asked of them stands in ``least_agreement`` and the constant below; how often a right
explanation is withheld by it was measured on drawn patients (docs/evidence/faithfulness.md).
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.explain.coalitions import shapley_values
from face2bone.explain.curves import beaten_orders, descending, players
from face2bone.words import message


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


LEAST_BEATEN: Final = 0.95
"""An order found by chance beats this share of all orders once in twenty."""


@dataclass(frozen=True)
class SelfCheck:
    """The two figures for one explained output: ``agreement`` -1 to 1, ``beaten`` 0 to 1.

    ``least_agreement``: what is asked of the agreement of so many regions.
    """

    agreement: float
    beaten: float
    least_agreement: float

    @property
    def reason(self) -> str | None:
        """Why the explanation is withheld, as a sentence; None when it may be shown."""
        if self.agreement < self.least_agreement:
            return message(
                "Two ways of hiding a region rank the regions differently (agreement "
                "{agreement}, at least {least} is asked), so the "
                "ranking would say more about the hiding than about the picture.",
                agreement=f"{self.agreement:.2f}",
                least=f"{self.least_agreement:.2f}",
            )
        if self.beaten < LEAST_BEATEN:
            return message(
                "Hiding regions in this explanation's order lowers the answer faster than only "
                "{beaten} of all orders do (at least {least} is asked), so "
                "the ranking is hardly better than chance.",
                beaten=f"{self.beaten:.0%}",
                least=f"{LEAST_BEATEN:.0%}",
            )
        return None


def self_check(first: Floats, second: Floats) -> SelfCheck:
    """Check one output's explanation by its tables (2^n,) under two baselines.

    For a class pass ``table[:, k]`` of the two region attributions. Equal values everywhere
    have agreement 0 and are withheld.
    """
    n = players(first)
    phi, psi = (shapley_values(table[:, None], n)[:, 0] for table in (first, second))
    beaten = min(beaten_orders(second, descending(phi)), beaten_orders(first, descending(psi)))
    return SelfCheck(rank_agreement(phi, psi), beaten, least_agreement(n))
