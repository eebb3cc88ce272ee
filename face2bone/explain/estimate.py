"""Shapley values while their table is still being filled: an estimate with its error.

Notation as in coalitions.py. A player's value is a mean over coalition sizes of what coalitions
of a size have with the player, less what they have without:

    phi_i = 1/n sum over s of [ mean of v(S), |S| = s + 1 and i in S
                                less the mean of v(S), |S| = s and i not in S ]

So every coalition run so far tells of every player: each mean is estimated from those of its
stratum (i in or out, size) that were drawn without replacement (Kolpaczki, Bengs, Muschalik and
Huellermeier 2024, "Approximating the Shapley value without marginal contributions"). The smallest
and largest coalitions come first, whose strata are few and weigh as much as any other.

The error is that of a stratified sample of a finite population (Cochran 1977, section 5.3), each
stratum given the variance of all coalitions of its size: a stratum of two tells no spread of its
own. It is 0 once every coalition is run.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import Final

import numpy as np

from face2bone.arrays import Floats, Integers
from face2bone.explain.coalitions import all_coalitions

INTERVAL: Final = 1.96
"""Standard errors on either side of a 95% interval."""


@dataclass(frozen=True)
class RegionEstimate:
    """Region Shapley values from a part of the table: never exact, never kept or exported.

    ``values`` (n, K) in logits; ``errors`` (n, K), their standard errors; ``used`` of ``total``
    coalitions were run.
    """

    values: Floats
    errors: Floats
    used: int
    total: int

    @property
    def half_widths(self) -> Floats:
        """Half the 95% intervals (n, K)."""
        return INTERVAL * self.errors


@lru_cache(maxsize=8)
def drawn_order(n: int) -> Integers:
    """The order (2^n,) in which coalitions of n players are run, as rows of ``all_coalitions``.

    Those of at most one player, or lacking at most one; then a few of each size that show and
    hide everybody; then the others at random. The same at every call: which coalitions come
    early has nothing to do with the photo.
    """
    rng = np.random.default_rng(0)
    early = _early(n, rng)
    others = rng.permutation(np.setdiff1d(np.arange(2**n), early))
    order = np.concatenate([early, others])
    order.setflags(write=False)
    return order


def fewest_estimated(n: int) -> int:
    """How many coalitions of ``drawn_order`` there must be for an estimate; fewer than all."""
    return min(len(_early(n, np.random.default_rng(0))), int(2**n - 1))


def _early(n: int, rng: np.random.Generator) -> Integers:
    """Those that come first, as many as an estimate needs."""
    sizes = all_coalitions(n).sum(axis=1)
    first = np.flatnonzero((sizes <= 1) | (sizes >= n - 1))
    covering = [row for size in range(2, n - 1) for row in _covering(n, size, rng)]
    return np.concatenate([first, np.array(covering, dtype=np.int64)])


def _covering(n: int, size: int, rng: np.random.Generator) -> list[int]:
    """Coalitions of a size that together have, and together lack, every player."""
    least = min(size, n - size)
    circle = 1 << rng.permutation(n)
    starts = range(0, n, least)
    blocks = [int(np.take(circle, range(at, at + least), mode="wrap").sum()) for at in starts]
    return blocks if least == size else [2**n - 1 - block for block in blocks]


def estimated(rows: Integers, values: Floats, n: int) -> RegionEstimate | None:
    """The estimate from the coalitions run so far, or None where they are too few for one.

    ``rows`` (m,) of ``all_coalitions``, the first m of ``drawn_order``; ``values`` (m, K), what
    the network said of them.
    """
    members = all_coalitions(n)[rows]
    sizes = members.sum(axis=1)
    phi, spread = np.zeros((n, values.shape[1])), np.zeros((n, values.shape[1]))
    for size in range(n + 1):
        v, joined = values[sizes == size], members[sizes == size].astype(np.float64)
        variance = v.var(axis=0, ddof=1) if len(v) > 1 else np.zeros(values.shape[1])
        for sign, inside, strata in ((1.0, joined, size - 1), (-1.0, 1.0 - joined, size)):
            if not 0 <= strata < n:  # nobody is in the empty coalition, and nobody out of the whole
                continue
            drawn = inside.sum(axis=0)[:, None]
            if not drawn.all():
                return None
            phi += sign * (inside.T @ v) / drawn
            spread += np.maximum(1.0 / drawn - 1.0 / comb(n - 1, strata), 0.0) * variance
    return RegionEstimate(phi / n, np.sqrt(spread) / n, len(rows), 2**n)
