"""Split a cohort by patient, and find what would leak from one side of a split to another.

Every photo of a patient lies on one side. Within each class (a patient's worst) the patients are
ordered by a hash of seed and patient id and cut at the wanted fractions, so a split depends on
the seed and the set of patients, never on the order of the rows or on their other columns.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from face2bone.bone import CLASS_LABELS
from face2bone.cohort.manifest import Cohort
from face2bone.errors import LeakingSplit, ManifestError

_NAMED_AT_MOST = 5


@dataclass(frozen=True)
class IdenticalPhotos:
    """Rows whose photos hold the same bytes although they differ in patient or in class."""

    sha256: str
    rows: tuple[int, ...]
    patients: tuple[str, ...]
    classes: tuple[str, ...]

    def __str__(self) -> str:
        """One sentence for the person who keeps the manifest."""
        what = [
            f"{len(values)} {kind} ({', '.join(values)})"
            for kind, values in (("patients", self.patients), ("classes", self.classes))
            if len(values) > 1
        ]
        rows = ", ".join(map(str, self.rows))
        return f"Rows {rows} hold the same photo under {' and '.join(what)}."


def split_patients(table: pd.DataFrame, fractions: Mapping[str, float], seed: int) -> pd.Series:
    """Name of the split of every row, indexed like ``table``; by patient, stratified by class.

    ``table`` needs ``patient_id`` and ``bone_mass_class`` (``Cohort.table`` has both);
    ``fractions`` maps split names to positive shares that add up to 1. Raises ``ManifestError``
    when the shares are wrong or a split would hold no patient.
    """
    if min(fractions.values(), default=0.0) <= 0 or abs(sum(fractions.values()) - 1.0) > 1e-9:
        shares = ", ".join(f"{name} {share:g}" for name, share in fractions.items())
        raise ManifestError(
            f"The shares of the splits ({shares}) are not positive numbers that add up to 1. "
            "Give every split a share and make them add up."
        )
    rank = table["bone_mass_class"].map(CLASS_LABELS.index)
    worst = rank.groupby(table["patient_id"]).max()
    split_of: dict[str, str] = {}
    for _, stratum in worst.groupby(worst):
        ordered = sorted(stratum.index, key=lambda patient: _hash(seed, patient))
        split_of.update(zip(ordered, _cut(len(ordered), fractions), strict=True))
    empty = set(fractions) - set(split_of.values())
    if empty:
        raise ManifestError(
            f"{len(worst)} patients are too few: the split {min(empty)} would be empty. "
            "Add patients or give this split a larger share."
        )
    return table["patient_id"].map(split_of).rename("split")


def check_split(table: pd.DataFrame, split: pd.Series) -> None:
    """Raise ``LeakingSplit`` unless every row has a split and every patient exactly one."""
    if not split.index.equals(table.index) or split.isna().any():
        raise LeakingSplit(
            "The split does not name a side for every row of the cohort, in its order. "
            "Make it again from this cohort."
        )
    sides = split.groupby(table["patient_id"]).nunique()
    leaking = sorted(sides.index[sides > 1])
    if leaking:
        named = ", ".join(leaking[:_NAMED_AT_MOST])
        more = len(leaking) - _NAMED_AT_MOST
        raise LeakingSplit(
            f"{len(leaking)} patients stand on two sides of the split: {named}"
            f"{f' and {more} more' if more > 0 else ''}. Split by patient, before augmentation."
        )


def read_split(path: Path, table: pd.DataFrame) -> pd.Series:
    """The side of every row of a cohort, from a CSV with ``patient_id`` and ``split``.

    A training run's ``split.csv`` is one. Raises ``ManifestError`` when the file is none or a
    patient of the cohort is not in it, ``LeakingSplit`` when one stands on two sides.
    """
    try:
        named = pd.read_csv(path, dtype=str)[["patient_id", "split"]].drop_duplicates()
    except (OSError, KeyError, ValueError) as error:
        raise ManifestError(
            f"{path.name} is no split. Give a CSV with the columns patient_id and split."
        ) from error
    check_split(named, named["split"])
    sides = table["patient_id"].map(dict(zip(named["patient_id"], named["split"], strict=True)))
    if sides.isna().any():
        missing = table["patient_id"][sides.isna()].iloc[0]
        raise ManifestError(
            f"{path.name} does not say on which side patient {missing} stands. "
            "Name a side for every patient of the cohort."
        )
    return sides.rename("split")


def identical_photos(cohort: Cohort) -> list[IdenticalPhotos]:
    """Groups of rows whose photo files are byte for byte the same under two labels or patients.

    The same photo listed twice for one patient and class is harmless and not reported.
    """
    table = cohort.table
    hashes = [hashlib.sha256(photo.read_bytes()).hexdigest() for photo in cohort.photos]
    groups = pd.Series(hashes, index=table.index).groupby(hashes).groups
    found = []
    for sha256, rows in groups.items():
        patients, classes = (
            tuple(sorted(set(table.loc[rows, c]))) for c in ("patient_id", "bone_mass_class")
        )
        if len(patients) > 1 or len(classes) > 1:
            found.append(IdenticalPhotos(sha256, tuple(map(int, rows)), patients, classes))
    return sorted(found, key=lambda group: group.rows)


def _hash(seed: int, patient: str) -> bytes:
    return hashlib.sha256(f"{seed}/{patient}".encode()).digest()


def _cut(n: int, fractions: Mapping[str, float]) -> list[str]:
    """Split names for n ordered patients; each boundary is rounded to the nearest patient."""
    ends = np.floor(np.cumsum(list(fractions.values())) * n + 0.5).astype(int)
    sizes = np.diff(ends, prepend=0)
    sizes[-1] += n - sizes.sum()
    return [name for name, size in zip(fractions, sizes, strict=True) for _ in range(size)]
