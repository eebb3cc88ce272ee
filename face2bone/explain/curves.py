"""Deletion and insertion at the level of regions, read off a value table: no further passes.

Notation: v(S) the output with the regions of S visible, N all ten, and an order pi of regions.

    deletion(pi)  = mean over k = 1 to 9 of v(N without the first k of pi)     low is good
    insertion(pi) = mean over k = 1 to 9 of v(the first k of pi)               high is good

after Petsiuk, Das and Saenko (BMVC 2018), whose steps are pixels. With a table of all 1,024
coalitions the best order and the mean over all 3,628,800 orders are known exactly, so a curve
is given as a score: 1 for the best order there is, 0 for the mean of all orders.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.explain.arrays import FloatArray
from face2bone.explain.coalitions import all_coalitions
from face2bone.modalities.face.regions import REGIONS

N: Final = len(REGIONS)
ALL: Final = 2**N - 1
MIDDLE: Final = N // 2
Masks = npt.NDArray[np.int64]
"""Coalitions by their index: bit i is set when region i is in it."""


@dataclass(frozen=True)
class CurveScores:
    """1 the best order there is, 0 the mean of all orders, below 0 worse than that."""

    deletion: float
    insertion: float


def descending(values: FloatArray) -> Masks:
    """Regions from the one that speaks most for the class to the one most against; (10,)."""
    return np.argsort(-values, kind="stable")


def path(order: Masks) -> Masks:
    """Indices (9,) of the coalitions of the first 1 to 9 regions of an order (10,)."""
    masks: Masks = np.cumsum(1 << order)[:-1]
    return masks


def deletion(table: FloatArray, order: Masks) -> float:
    """Mean output while regions are hidden in this order; ``table`` (1024,)."""
    return float(table[ALL - path(order)].mean())


def insertion(table: FloatArray, order: Masks) -> float:
    """Mean output while regions are uncovered in this order; ``table`` (1024,)."""
    return float(table[path(order)].mean())


def curve_scores(table: FloatArray, values: FloatArray) -> CurveScores:
    """How an attribution (10,) orders the regions of a game given as its table (1024,).

    A game in which the order makes no difference scores 0. Equal values keep the regions'
    own order.
    """
    order = descending(values)
    return CurveScores(
        _score(-deletion(table, order), -table[::-1]), _score(insertion(table, order), table)
    )


def mean_of_orders(table: FloatArray) -> float:
    """Mean of ``insertion`` over all orders: of the coalition sizes' means; ``table`` (1024,)."""
    size = all_coalitions(N).sum(axis=1)
    return float(np.mean([table[size == k].mean() for k in range(1, N)]))


def best_of_orders(table: FloatArray) -> float:
    """The largest ``insertion`` any order has, by dynamic programming over coalitions."""
    best = np.full(2**N, -np.inf)
    best[0] = 0.0
    for mask in range(1, ALL):
        before = [best[mask ^ (1 << i)] for i in range(N) if mask >> i & 1]
        best[mask] = table[mask] + max(before)
    return float(max(best[ALL ^ (1 << i)] for i in range(N))) / (N - 1)


def beaten_orders(table: FloatArray, order: Masks) -> float:
    """Share of all 3,628,800 orders whose deletion mean is above (worse than) this order's.

    Exact: an order's sum is one half's below the middle coalition plus the other's above it,
    and the 252 middle coalitions have 120 halves each way. Ties do not count as beaten.
    """
    # Hiding in an order is uncovering in a table read backwards.
    hidden = table[::-1]
    lower, middle, upper = _halves()
    sums = hidden[lower].sum(-1)[:, :, None] + (hidden[upper].sum(-1) + hidden[middle])[:, None]
    own = float(hidden[path(order)].sum())
    # Sums of the same numbers in another order differ in the last digits.
    tie = 1e-9 * max(1.0, float(np.abs(hidden).max()))
    return float(np.mean(sums > own + tie))


@lru_cache(maxsize=1)
def _halves() -> tuple[Masks, Masks, Masks]:
    """Ways up to each middle coalition (252, 120, 4), the coalition (252, 1), ways on from it.

    The empty and the full coalition, the same for every order, are left out.
    """
    members = all_coalitions(N)
    middle = np.flatnonzero(members.sum(axis=1) == MIDDLE)
    orders = np.array(list(permutations(range(MIDDLE))))
    inside = np.array([np.flatnonzero(members[m]) for m in middle])
    beyond = np.array([np.flatnonzero(~members[m]) for m in middle])
    up = np.cumsum(1 << inside[:, orders], axis=-1)[..., :-1]
    on = middle[:, None, None] + np.cumsum(1 << beyond[:, orders], axis=-1)[..., :-1]
    return up, middle[:, None], on


def _score(value: float, table: FloatArray) -> float:
    mean, best = mean_of_orders(table), best_of_orders(table)
    return (value - mean) / (best - mean) if best - mean > 1e-12 else 0.0
