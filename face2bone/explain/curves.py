"""Deletion and insertion at the level of regions, read off a value table: no further passes.

Notation: v(S) the output with the regions of S visible, N all n of them, an order pi of regions.

    deletion(pi)  = mean over k = 1 to n - 1 of v(N without the first k of pi)    low is good
    insertion(pi) = mean over k = 1 to n - 1 of v(the first k of pi)              high is good

after Petsiuk, Das and Saenko (BMVC 2018), whose steps are pixels. With a table of all 2^n
coalitions the best order and the mean over all n! orders are known exactly, so a curve is given
as a score: 1 for the best order there is, 0 for the mean of all orders.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.explain.coalitions import all_coalitions

Masks = npt.NDArray[np.int64]
"""Coalitions by their index: bit i is set when region i is in it."""


@dataclass(frozen=True)
class CurveScores:
    """1 the best order there is, 0 the mean of all orders, below 0 worse than that."""

    deletion: float
    insertion: float


def players(table: Floats) -> int:
    """How many regions a game has, given as its table (2^n,)."""
    return len(table).bit_length() - 1


def descending(values: Floats) -> Masks:
    """Regions from the one that speaks most for the class to the one most against; (n,)."""
    return np.argsort(-values, kind="stable")


def path(order: Masks) -> Masks:
    """Indices (n - 1,) of the coalitions of the first 1 to n - 1 regions of an order (n,)."""
    masks: Masks = np.cumsum(1 << order)[:-1]
    return masks


def deletion(table: Floats, order: Masks) -> float:
    """Mean output while regions are hidden in this order; ``table`` (2^n,)."""
    return float(table[len(table) - 1 - path(order)].mean())


def insertion(table: Floats, order: Masks) -> float:
    """Mean output while regions are uncovered in this order; ``table`` (2^n,)."""
    return float(table[path(order)].mean())


def curve_scores(table: Floats, values: Floats) -> CurveScores:
    """How an attribution (n,) orders the regions of a game given as its table (2^n,).

    A game in which the order makes no difference scores 0. Equal values keep the regions'
    own order.
    """
    order = descending(values)
    return CurveScores(
        _score(-deletion(table, order), -table[::-1]), _score(insertion(table, order), table)
    )


def mean_of_orders(table: Floats) -> float:
    """Mean of ``insertion`` over all orders: of the coalition sizes' means; ``table`` (2^n,)."""
    n = players(table)
    size = all_coalitions(n).sum(axis=1)
    return float(np.mean([table[size == k].mean() for k in range(1, n)]))


def best_of_orders(table: Floats) -> float:
    """The largest ``insertion`` any order has, by dynamic programming over coalitions."""
    n, everybody = players(table), len(table) - 1
    best = np.full(len(table), -np.inf)
    best[0] = 0.0
    for mask in range(1, everybody):
        before = [best[mask ^ (1 << i)] for i in range(n) if mask >> i & 1]
        best[mask] = table[mask] + max(before)
    return float(max(best[everybody ^ (1 << i)] for i in range(n))) / (n - 1)


def beaten_orders(table: Floats, order: Masks) -> float:
    """Share of all n! orders whose deletion mean is above (worse than) this order's.

    Exact: an order's sum is one half's below a middle coalition plus the other's above it; of ten
    regions, 252 middle coalitions have 120 halves each way. Ties do not count as beaten.
    """
    # Hiding in an order is uncovering in a table read backwards.
    hidden = table[::-1]
    lower, middle, upper = _halves(players(table))
    below, above = hidden[lower].sum(-1), hidden[upper].sum(-1) + hidden[middle]
    own = float(hidden[path(order)].sum())
    # Sums of the same numbers in another order differ in the last digits.
    limit = own + 1e-9 * max(1.0, float(np.abs(hidden).max()))
    # One middle coalition at a time: all orders of twelve regions at once would be 4 GB.
    halves = zip(below, above, strict=True)
    beaten = sum(int(np.count_nonzero(b[:, None] + a > limit)) for b, a in halves)
    return beaten / int(below.size * above.shape[1])


@lru_cache(maxsize=4)
def _halves(n: int) -> tuple[Masks, Masks, Masks]:
    """Ways up to each middle coalition, the coalition, ways on from it.

    With m = n // 2, (C, m!, m - 1), (C, 1) and (C, (n - m)!, n - m - 1), where C counts the
    coalitions of m. The empty and the full coalition, the same for every order, are left out.
    """
    members, half = all_coalitions(n), n // 2
    middle = np.flatnonzero(members.sum(axis=1) == half)
    inside = np.array([np.flatnonzero(members[m]) for m in middle])
    beyond = np.array([np.flatnonzero(~members[m]) for m in middle])
    up = np.cumsum(1 << inside[:, _orders(half)], axis=-1)[..., :-1]
    on = middle[:, None, None] + np.cumsum(1 << beyond[:, _orders(n - half)], axis=-1)[..., :-1]
    return up, middle[:, None], on


def _orders(count: int) -> Masks:
    return np.array(list(permutations(range(count))))


def _score(value: float, table: Floats) -> float:
    mean, best = mean_of_orders(table), best_of_orders(table)
    return (value - mean) / (best - mean) if best - mean > 1e-12 else 0.0
