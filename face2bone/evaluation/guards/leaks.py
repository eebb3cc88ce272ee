"""The leak detector: the same person or the same photo where they must not meet.

Four findings, each a plain sentence with the rows of the manifest:

- a patient on two sides of a split;
- two photos that are nearly the same under two patients;
- two photos that are nearly the same on two sides of a split;
- labels that contradict each other: nearly the same photo under two classes, or one patient,
  one day and one DXA site with two T-scores or classes.

Nearly the same: at most ``NEAR_BITS`` of 255 bits of the perceptual hash differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from face2bone.arrays import Flags
from face2bone.evaluation.guards.photo_facts import HASH_BITS

NEAR_BITS: Final = 25
"""Two drawn people differ in 32 bits or more (3.1 million pairs of 2,500 photos); a photo and its
copy at another JPEG quality, brightness or size, or with noise, in 24 or fewer (200 photos)."""
BLOCK: Final = 2_000  # rows compared at once: 64 MB at 8,000 photos


@dataclass(frozen=True)
class Leak:
    """One finding: its kind, the manifest rows, and what is wrong, in words."""

    kind: str
    rows: tuple[int, ...]
    says: str


def find_leaks(
    table: pd.DataFrame, hashes: Flags, split: pd.Series | None = None
) -> tuple[Leak, ...]:
    """Leaks in manifest rows (N of them, indexed by row) with hashes (N, 255).

    ``split`` names each row's side, indexed alike, NaN for a row on none; without it only
    patients and labels are compared.
    """
    found = list(_contradicting_records(table))
    sides = pd.Series(dtype=object) if split is None else split.dropna()
    found += _split_patients(table, sides)
    for i, j in near_pairs(hashes):
        found += _pair(table, sides, table.index[i], table.index[j])
    return tuple(found)


def near_pairs(hashes: Flags) -> Iterator[tuple[int, int]]:
    """Places i < j of hashes (N, 255) that differ in at most ``NEAR_BITS`` bits."""
    signs = 2.0 * hashes.astype(np.float32) - 1.0
    for start in range(0, len(signs), BLOCK):
        differing = (HASH_BITS - signs[start : start + BLOCK] @ signs.T) / 2.0
        for i, j in zip(*np.nonzero(differing <= NEAR_BITS), strict=True):
            if start + i < j:
                yield int(start + i), int(j)


def _pair(table: pd.DataFrame, split: pd.Series, a: int, b: int) -> Iterator[Leak]:
    first, second = table.loc[a], table.loc[b]
    rows, photos = (int(a), int(b)), f"Rows {a} and {b} hold nearly the same photo"
    if first["patient_id"] != second["patient_id"]:
        yield Leak("photo_of_two_patients", rows, f"{photos} under two patients.")
    if a in split.index and b in split.index and split.loc[a] != split.loc[b]:
        sides = f"{split.loc[a]} and {split.loc[b]}"
        yield Leak("photo_across_split", rows, f"{photos} on two sides of the split, {sides}.")
    if first["bone_mass_class"] != second["bone_mass_class"]:
        classes = f"{first['bone_mass_class']} and {second['bone_mass_class']}"
        yield Leak("contradicting_labels", rows, f"{photos} under two classes, {classes}.")


def _split_patients(table: pd.DataFrame, split: pd.Series) -> Iterator[Leak]:
    sides = split.groupby(table["patient_id"]).nunique()
    for patient in sides.index[sides > 1]:
        rows = tuple(map(int, table.index[table["patient_id"] == patient]))
        yield Leak("patient_across_split", rows, f"Patient {patient} is on two sides of the split.")


def _contradicting_records(table: pd.DataFrame) -> Iterator[Leak]:
    """One examination of one patient with two results."""
    keys = ["patient_id", "acquired_on", *(["dxa_site"] if "dxa_site" in table else [])]
    told = [c for c in ("t_score", "bone_mass_class") if c in table]
    for (patient, day, *_), rows in table.groupby(keys, sort=False):
        if (rows[told].nunique() > 1).any():
            places = tuple(map(int, rows.index))
            says = f"Patient {patient} has two results on {day} for one site."
            yield Leak("contradicting_labels", places, says)
