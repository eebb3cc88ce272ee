"""The game behind a region attribution: who plays, and what each player is due.

Notation, as in Shapley (1953):
    n       players (a picture's parts), numbered 0 to n - 1
    S       a coalition; its index is binary, bit i set when player i is in S
    v       the characteristic function as a table (2^n, K): row S holds the K outputs
            when the regions of S are visible and the others painted over
    phi     Shapley values (n, K)
    I       interaction indices (n, n, K) of pairs of players

All 2^n coalitions are evaluated, so the values are exact: no sampling, no background set.
"""

from collections.abc import Callable
from functools import lru_cache
from math import factorial
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Flags, Floats, Pixels, Reals
from face2bone.errors import ExplanationError

LogitsOf = Callable[[Pixels], Reals]
"""uint8 crops (B, H, W, 3) to outputs (B, K)."""

MOST_PARTS: Final = 12
"""Players of an exact game: 4,096 coalitions, some minutes."""
BATCH: Final = 64
"""Coalitions a forward pass; 64 crops of 160 x 160 are 4.9 MB, and engines gain nothing above."""


def check_parts(n: int) -> None:
    """Raise ``ExplanationError`` where n parts are too few or too many for an exact game."""
    if not 2 <= n <= MOST_PARTS:
        raise ExplanationError(
            "Exact region values need 2 to {most} parts, and this kind of picture "
            "has {count}. Divide it into fewer, larger ones.",
            most=MOST_PARTS,
            count=n,
        )


@lru_cache(maxsize=8)
def all_coalitions(n: int) -> Flags:
    """Every coalition of n players in binary order, bool (2^n, n); row S, column i: i in S."""
    members = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    coalitions: Flags = members.astype(bool)
    coalitions.setflags(write=False)
    return coalitions


@lru_cache(maxsize=8)
def shapley_weights(n: int) -> Floats:
    """Matrix (n, 2^n) whose product with the value table is the Shapley value.

    Shapley (1953): phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S+i) - v(S)).
    Each row of the table enters player i's sum once: with a plus when i is in it, with a
    minus when not.
    """
    coalitions = all_coalitions(n)
    size = coalitions.sum(axis=1)
    arrivals = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    joins = arrivals[np.maximum(size - 1, 0)]
    stays_out = arrivals[np.minimum(size, n - 1)]
    weights: Floats = np.where(coalitions, joins[:, None], -stays_out[:, None]).T.copy()
    weights.setflags(write=False)
    return weights


def shapley_values(table: npt.ArrayLike, n: int) -> Floats:
    """Exact Shapley values (n, K) of a game given as its value table (2^n, K).

    The columns sum to ``table[-1] - table[0]`` (efficiency). Raises ``ValueError`` when the
    table has not 2^n rows.

    >>> shapley_values([[0.0], [1.0], [2.0], [5.0]], 2).ravel().tolist()
    [2.0, 3.0]
    """
    return shapley_weights(n) @ _checked_table(table, n)


@lru_cache(maxsize=8)
def interaction_weights(n: int) -> Floats:
    """Weights (n, n, 2^n) whose product with the value table is the interaction index.

    Grabisch and Roubens (1999), equation 14: I_ij = sum over S without i and j of
    |S|! (n - |S| - 2)! / (n - 1)! [v(S+i+j) - v(S+i) - v(S+j) + v(S)]. Symmetric, with a
    diagonal of zeros.
    """
    coalitions = all_coalitions(n)
    size = coalitions.sum(axis=1)
    arrivals = [factorial(s) * factorial(n - s - 2) / factorial(n - 1) for s in range(n - 1)]
    weights = np.zeros((n, n, 2**n))
    for i in range(n):
        for j in range(i):
            both, one = coalitions[:, i] & coalitions[:, j], coalitions[:, i] ^ coalitions[:, j]
            others = size - 2 * both - one
            weights[i, j] = np.where(one, -1.0, 1.0) * np.array(arrivals)[others]
    weights += weights.transpose(1, 0, 2)
    weights.setflags(write=False)
    return weights


def interaction_values(table: npt.ArrayLike, n: int) -> Floats:
    """Pairwise Shapley interaction indices (n, n, K) of a game's value table (2^n, K).

    Above zero two players do more together than apart, below zero they stand in for each
    other; all are zero in an additive game. Raises ``ValueError`` as ``shapley_values`` does.

    >>> interaction_values([[0.0], [1.0], [2.0], [5.0]], 2)[0, 1].tolist()
    [2.0]
    """
    return interaction_weights(n) @ _checked_table(table, n)


def _checked_table(table: npt.ArrayLike, n: int) -> Floats:
    values = np.asarray(table, dtype=np.float64)
    if values.ndim != 2 or len(values) != 2**n:
        raise ValueError(f"A game of {n} players has a table of {2**n} rows, not {values.shape}.")
    return values
