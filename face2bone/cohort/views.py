"""Several pictures of one visit: views that share a patient, a day and one measured truth.

A network reads one view at a time and learns from every one; what is said of the visit is the
mean of its views' calibrated probabilities, and a visit counts once wherever people are counted.

Where the truth differs from photo to photo of a person, as an age does, there is no mean to take:
there a person counts by the first photo, as one comes to an assessment.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.arrays import Floats, Integers

Visits = npt.NDArray[np.int64]

_SHARED: Final = ("reference_method", "dxa_site", "t_score", "bone_mass_class")


def visits_of(table: pd.DataFrame) -> Visits:
    """Number of each row's visit, 0 to V - 1 in the order of their first rows; (N,).

    ``table`` is a manifest's or a crop store's. Rows of one patient and day that contradict each
    other in what was measured stay apart: the guards report them. Without days every row is a
    visit of its own.
    """
    if "acquired_on" not in table:
        return np.arange(len(table), dtype=np.int64)
    keys = ["patient_id", "acquired_on", *(c for c in _SHARED if c in table)]
    numbers = table.groupby(keys, sort=False, dropna=False).ngroup()
    return np.asarray(numbers, np.int64)


def first_views(visits: Visits) -> npt.NDArray[np.int64]:
    """Position of the first view of every visit; (V,)."""
    return np.asarray(np.unique(visits, return_index=True)[1], np.int64)


def first_photos(table: pd.DataFrame) -> Integers:
    """Position of the first row of every person; (P,). ``table`` is a crop store's index."""
    return np.flatnonzero(~table["patient_id"].duplicated())


def mean_of_views(values: npt.NDArray[Any], visits: Visits) -> Floats:
    """Mean (V, K) over each visit's views of (N, K); one view keeps its values bit for bit."""
    sums = np.zeros((int(visits.max()) + 1, values.shape[1]))
    np.add.at(sums, visits, values)
    means: Floats = sums / np.bincount(visits)[:, None]
    return means


def largest_of_views(values: Floats, visits: Visits) -> Floats:
    """Largest (V,) of each visit's views of (N,)."""
    largest: Floats = np.full(int(visits.max()) + 1, -np.inf)
    np.maximum.at(largest, visits, values)
    return largest
