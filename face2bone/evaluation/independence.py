"""Do two heads look at different parts of the face? Their part values, held against two bounds.

Notation: v_ik the value of part k for patient i (Shapley, ``explain.shapley``), and of each head
the profile p_k = mean over patients of |v_ik|.

    agreement   Spearman's rank correlation of the two heads' profiles
    ceiling     the same of two heads that differ in their seed only: no pair can be expected to
                agree more, however alike it is
    null        the same after the parts of one profile are permuted: what unrelated heads reach

Two heads are called alike when they agree more than the null does and no less than the ceiling;
different when they agree no more than the null, while the ceiling stands above it and above them.
Anything else is not settled. Intervals are over resampled patients: they say what other patients
would change, not what other seeds would.
"""

from dataclasses import dataclass
from itertools import permutations
from math import factorial
from typing import Final, Literal

import numpy as np
from scipy.stats import rankdata

from face2bone.arrays import Floats
from face2bone.errors import EvaluationError
from face2bone.evaluation.bootstrap import RESAMPLES, Estimate, estimates
from face2bone.evaluation.measures import Figures

CHANCE: Final = 0.05
PERMUTATIONS: Final = 20_000  # drawn where there are more than that
LEAST_PARTS: Final = 4
LEAST_PATIENTS: Final = 20

Finding = Literal["alike", "different", "not settled"]
SAYS: Final = {
    "alike": "The two heads look at the same parts, as far as two seeds of one head do.",
    "different": "The two heads look at different parts.",
    "not settled": "Whether the two heads look at different parts is not settled.",
}


@dataclass(frozen=True)
class Independence:
    """Two heads compared on N patients.

    first, second: share of each part in the profile, in the order of ``parts``; they add up to 1.
    gap: ceiling minus agreement. null_high: the agreement that unrelated profiles reach once in
    twenty; p_value, ceiling_p_value: how often they reach the agreement and the ceiling.
    """

    parts: tuple[str, ...]
    patients: int
    first: tuple[float, ...]
    second: tuple[float, ...]
    agreement: Estimate
    ceiling: Estimate
    gap: Estimate
    null_high: float
    p_value: float
    ceiling_p_value: float
    finding: Finding


def compare_heads(
    first: Floats,
    second: Floats,
    twin: Floats,
    parts: tuple[str, ...],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Independence:
    """Compare values (N, P) of two heads on the same patients; ``twin`` is ``first``'s other seed.

    Raises ``EvaluationError`` for other shapes, too few parts or patients, or a head whose values
    are all alike.
    """
    tables = [_checked(v, len(first), parts) for v in (first, second, twin)]

    def figures(weights: Floats) -> Figures:
        own, other, again = (_ranks(_profiles(v, weights)) for v in tables)
        agreement, ceiling = _correlation(own, other), _correlation(own, again)
        return {"agreement": agreement, "ceiling": ceiling, "gap": ceiling - agreement}

    found = estimates(figures, np.arange(len(first)), resamples, seed)
    one = np.ones((1, len(first)))
    profiles = [_profiles(v, one)[0] for v in tables]
    null = _null(profiles[0], profiles[1], seed)
    p_value = _reached(null, found["agreement"])
    ceiling_p = _reached(_null(profiles[0], profiles[2], seed), found["ceiling"])
    return Independence(
        parts=parts,
        patients=len(first),
        first=_shares(profiles[0]),
        second=_shares(profiles[1]),
        agreement=found["agreement"],
        ceiling=found["ceiling"],
        gap=found["gap"],
        null_high=round(float(np.quantile(null, 1.0 - CHANCE)), 6),
        p_value=p_value,
        ceiling_p_value=ceiling_p,
        finding=_finding(found["gap"], p_value, ceiling_p),
    )


def _checked(values: Floats, patients: int, parts: tuple[str, ...]) -> Floats:
    v = np.asarray(values, np.float64)
    if v.shape != (patients, len(parts)) or not np.isfinite(v).all():
        raise EvaluationError(
            "The part values have shape {shape} where ({patients}, {parts}) finite ones "
            "are needed. Explain the same patients with every head.",
            shape=str(v.shape),
            patients=patients,
            parts=len(parts),
        )
    if len(parts) < LEAST_PARTS or patients < LEAST_PATIENTS:
        raise EvaluationError(
            "{patients} patients and {parts} parts are too few to compare heads. At least "
            "{least_patients} and {least_parts} are needed.",
            patients=patients,
            parts=len(parts),
            least_patients=LEAST_PATIENTS,
            least_parts=LEAST_PARTS,
        )
    if np.ptp(np.abs(v).mean(axis=0)) == 0:
        raise EvaluationError(
            "A head gives every part the same value, so its parts cannot be ranked. "
            "Explain a trained head."
        )
    return v


def _profiles(values: Floats, weights: Floats) -> Floats:
    """Mean |value| of each part under each row of weights; (R, P)."""
    means: Floats = (weights @ np.abs(values)) / weights.sum(axis=1, keepdims=True)
    return means


def _ranks(profiles: Floats) -> Floats:
    """Ranks of each row, equal values sharing theirs, centred; (R, P)."""
    ranks: Floats = np.asarray(rankdata(profiles, axis=1), np.float64)
    ranks -= ranks.mean(axis=1, keepdims=True)
    return ranks


def _correlation(a: Floats, b: Floats) -> Floats:
    """Pearson's correlation of centred rows, NaN for a row without spread; (R,)."""
    spread = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    found: Floats = np.divide(
        (a * b).sum(axis=1), spread, out=np.full(len(a), np.nan), where=spread > 0
    )
    return found


def _null(a: Floats, b: Floats, seed: int) -> Floats:
    """Agreement of ``a`` with ``b``'s parts in every order, or in many drawn ones."""
    count = len(b)
    if factorial(count) <= PERMUTATIONS:
        orders = np.array(list(permutations(range(count))))
    else:
        rng = np.random.default_rng(seed)
        orders = np.argsort(rng.random((PERMUTATIONS, count)), axis=1)
    ranks_a, ranks_b = _ranks(a[None]), _ranks(b[None])[0]
    return _correlation(np.broadcast_to(ranks_a, orders.shape), ranks_b[orders])


def _reached(null: Floats, found: Estimate) -> float:
    """Share of the null at or above what was found, never below one in its number."""
    value = -1.0 if found.value is None else found.value
    return max(float((null >= value - 1e-6).mean()), 1.0 / len(null))


def _finding(gap: Estimate, p_value: float, ceiling_p: float) -> Finding:
    if ceiling_p >= CHANCE or gap.low is None:
        return "not settled"
    below_ceiling = gap.low > 0.0
    if p_value < CHANCE and not below_ceiling:
        return "alike"
    return "different" if p_value >= CHANCE and below_ceiling else "not settled"


def _shares(profile: Floats) -> tuple[float, ...]:
    return tuple(np.round(profile / profile.sum(), 6).tolist())
