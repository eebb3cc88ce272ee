"""How much of a concept bank is the faces', and how much the draw's: two curves over R.

Notation (as nmf.py): A (N, C) features at map positions, W (R, C) a bank, rows of unit length.

Non-negative factorisation has no unique answer. *Stability* asks whether another seed finds the
same concepts: the rows of two banks are paired so that the sum of their cosines is greatest
(Hungarian method; Kuhn 1955), and a concept's figure is the cosine with its partner, 1 where it is
found again. *Reconstruction error* is what share of the features (Frobenius norm) a bank does not
express, on photos it was not learned from. More concepts express more and are found again less.

A seed has a part in two things, kept apart here: which map positions are factorised ("sample",
as ``fit_concepts`` does), and where the factorisation starts ("start": the same positions from
random factors, where ``fit_concepts`` starts from their singular vectors).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

import numpy as np

from face2bone.arrays import Floats, Reals
from face2bone.explain.nmf import factorise, project, relative_error

Varied = Literal["sample", "start"]
FOUND_AGAIN: Final = 0.9
"""Cosine from which on a concept counts as found again: an angle of 26 degrees."""


@dataclass(frozen=True)
class BankFit:
    """One factorisation: R ``concepts``, what its ``seed`` varied, its bank and error.

    ``basis`` (R, C), rows of unit length; ``error`` in [0, 1] on features not learned from.
    """

    varied: Varied
    concepts: int
    seed: int
    basis: Floats
    error: float


@dataclass(frozen=True)
class Stability:
    """All fits of R ``concepts`` compared, two by two.

    ``mean_cosine``: over pairs of fits and concepts; ``worst_cosine``: the least stable
    concept's mean over the pairs of fits it is in; ``found_again``: share of concepts with a
    partner of cosine 0.9 or more; ``error``, ``error_low``, ``error_high``: mean and range over
    the ``seeds`` fits.
    """

    varied: Varied
    concepts: int
    seeds: int
    mean_cosine: float
    worst_cosine: float
    found_again: float
    error: float
    error_low: float
    error_high: float


def matched_cosines(first: Reals, second: Reals) -> Floats:
    """Cosine (R,) of each row of ``first`` (R, C) with its partner in ``second`` (R, C).

    Partners are one to one and make the sum greatest. A row of zeros has cosine 0.
    """
    cosines = _unit(first) @ _unit(second).T
    from scipy.optimize import (
        linear_sum_assignment,  # half a second to import, and a result needs none of it
    )

    rows, columns = linear_sum_assignment(-cosines)
    matched: Floats = cosines[rows, columns]
    return matched


def fit_bank(
    features: Reals,
    held_out: Reals,
    concepts: int,
    seed: int,
    varied: Varied,
    positions: int,
) -> BankFit:
    """One bank of the study.

    ``features`` (N, C) at map positions to learn from, of which ``positions`` are factorised;
    ``held_out`` (M, C) of other photos. Raises ``TrainingError`` as ``factorise`` does.
    """
    sampled = varied == "sample"
    drawn = np.random.default_rng(seed if sampled else 0).permutation(len(features))
    A = features[drawn[:positions]]
    W = factorise(A, concepts, seed, "nndsvda" if sampled else "random")[1]
    error = relative_error(held_out, project(held_out, W), W)
    return BankFit(varied, concepts, seed, W, error)


def stability(fits: Sequence[BankFit]) -> Stability:
    """Compare all fits of one kind and one number of concepts; at least two."""
    pairs = list(combinations(fits, 2))
    cosines = np.array([matched_cosines(a.basis, b.basis) for a, b in pairs])
    errors = [fit.error for fit in fits]
    # A concept is a row of the first fit here; its partners are in all the others.
    worst = np.array([matched_cosines(fits[0].basis, b.basis) for b in fits[1:]]).mean(axis=0)
    return Stability(
        varied=fits[0].varied,
        concepts=fits[0].concepts,
        seeds=len(fits),
        mean_cosine=float(cosines.mean()),
        worst_cosine=float(worst.min()),
        found_again=float((cosines >= FOUND_AGAIN).mean()),
        error=float(np.mean(errors)),
        error_low=min(errors),
        error_high=max(errors),
    )


def _unit(rows: Reals) -> Floats:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1), dtype=np.float64)
