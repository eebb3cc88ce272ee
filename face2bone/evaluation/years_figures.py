"""Figures of answers in years with their intervals, by age, and what is better than a guess."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from face2bone.bundle.years_bundle import Band
from face2bone.cohort.age_manifest import DECADE
from face2bone.evaluation.bootstrap import Estimate, estimates
from face2bone.tasks.known_ages import KnownAges

Edges = Iterable[tuple[float, float]]


def years_estimates(known: KnownAges, people: npt.NDArray[np.int64]) -> dict[str, Estimate]:
    """The figures of ``KnownAges.weighed`` with intervals; ``people`` (N,) numbers the rows'."""
    return estimates(known.weighed, people)


def beats_guess(error: Estimate, guess: float) -> bool:
    """Whether the mean absolute error's whole interval lies below a guess's error, years."""
    return error.high is not None and error.high < guess


def decades_of(ages: npt.NDArray[np.float64]) -> Edges:
    """The ten years of life that anybody is in, from the first year to before the last."""
    first = np.unique(ages // DECADE) * DECADE
    return [(float(low), float(low + DECADE)) for low in first]


def bands_of(
    known: KnownAges, edges: Edges, fewest: int = 1, has_interval: bool = True
) -> tuple[Band, ...]:
    """Error of the answers by age; a band of fewer rows than ``fewest`` is left out."""
    made = []
    for first, last in edges:
        rows = (known.ages >= first) & (known.ages < last)
        if rows.sum() < fewest:
            continue
        found = known.some(rows).figures()
        coverage = round(found["coverage"], 4) if has_interval else None
        mae, bias = round(found["mae"], 3), round(found["bias"], 3)
        made.append(Band(float(first), float(last), int(rows.sum()), mae, bias, coverage))
    return tuple(made)
