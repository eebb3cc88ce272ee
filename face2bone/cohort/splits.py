"""Split a cohort by patient, and find what would leak from one side of a split to another.

Every photo of a patient lies on one side. Within each class (a patient's worst) the patients are
ordered by a hash of seed and patient id and cut at the wanted fractions, so a split depends on
the seed and the set of patients, never on the order of the rows or on their other columns.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.atomic_files import write_whole
from face2bone.bone import CLASS_LABELS
from face2bone.cohort.manifest import Cohort
from face2bone.errors import LeakingSplit, ManifestError
from face2bone.tabular.cells import read_cells, without_zeros
from face2bone.words import AsTyped, first_of

_NAMED_AT_MOST = 5
LABELLED: Final = {"bone_mass_class": "classes", "age_years": "ages"}
"""Column of a cohort's labels, the first that it has, and what its labels are called."""
DOUBLES: Final = "identical_photos.txt"


@dataclass(frozen=True)
class IdenticalPhotos:
    """Rows whose photos hold the same bytes although they differ in patient or in label.

    ``labels``: what they are labelled, ``kind`` of them in words, such as classes.
    """

    sha256: str
    rows: tuple[int, ...]
    patients: tuple[str, ...]
    labels: tuple[str, ...]
    kind: str

    def __str__(self) -> str:
        """One sentence for the person who keeps the manifest."""
        what = [
            f"{len(values)} {kind} ({', '.join(values)})"
            for kind, values in (("patients", self.patients), (self.kind, self.labels))
            if len(values) > 1
        ]
        rows = ", ".join(map(str, self.rows))
        return f"Rows {rows} hold the same photo under {' and '.join(what)}."


def split_patients(
    table: pd.DataFrame,
    fractions: Mapping[str, float],
    seed: int,
    strata: npt.NDArray[np.int64] | None = None,
) -> pd.Series:
    """Name of the split of every row, indexed like ``table``; by patient, stratified by class.

    ``table`` needs ``patient_id``, and ``bone_mass_class`` unless ``strata`` (N,) takes its place
    (``Cohort.table`` has both); ``fractions`` maps split names to positive shares that add up to
    1. Raises ``ManifestError`` when the shares are wrong or a split would hold no patient.
    """
    if min(fractions.values(), default=0.0) <= 0 or abs(sum(fractions.values()) - 1.0) > 1e-9:
        shares = tuple(f"{name} {share:g}" for name, share in fractions.items())
        raise ManifestError(
            "The shares of the splits ({shares}) are not positive numbers that add up to "
            "1. Give every split a share and make them add up.",
            shares=shares,
        )
    if strata is None:
        rank = table["bone_mass_class"].map(CLASS_LABELS.index)
    else:
        rank = pd.Series(strata, index=table.index)
    worst = rank.groupby(table["patient_id"]).max()
    split_of: dict[str, str] = {}
    for _, stratum in worst.groupby(worst):
        ordered = sorted(stratum.index, key=lambda patient: _hash(seed, patient))
        split_of.update(zip(ordered, _cut(len(ordered), fractions), strict=True))
    empty = set(fractions) - set(split_of.values())
    if empty:
        raise ManifestError(
            "{count} patients are too few: the split {side} would be empty. Add patients "
            "or give this split a larger share.",
            count=len(worst),
            side=min(empty),
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
        raise LeakingSplit(
            "{count} patients stand on two sides of the split: {patients}. Split by "
            "patient, before augmentation.",
            count=len(leaking),
            patients=first_of([AsTyped(one) for one in leaking], _NAMED_AT_MOST),
        )


def read_split(path: Path, table: pd.DataFrame) -> pd.Series:
    """The side of every row of a cohort, from a table with ``patient_id`` and ``split``.

    A training run's ``split.csv`` is one; it names nobody whose photos were all rejected, so a
    row may have no side (NaN). Raises ``ManifestError`` when the file is none, names nobody of
    the cohort or somebody with other leading zeros, ``LeakingSplit`` when a patient stands on
    two sides.
    """
    cells = read_cells(path)
    if not {"patient_id", "split"} <= set(cells.columns) or cells.columns.duplicated().any():
        raise ManifestError(
            "{file} is no split. Give a table with the columns patient_id and split.",
            file=path.name,
        )
    for row, column in ((r, c) for r in cells.index for c in ("patient_id", "split")):
        if not cells.at[row, column]:
            raise ManifestError(
                "{file}, row {row}, {column} is empty. Fill the cell.",
                file=path.name,
                row=row,
                column=column,
            )
    named = cells[["patient_id", "split"]].drop_duplicates()
    check_split(named, named["split"])
    sides = table["patient_id"].map(dict(zip(named["patient_id"], named["split"], strict=True)))
    _check_named(path.name, table["patient_id"], sides, list(named["patient_id"]))
    return sides.rename("split")


def one_side(cohort: Cohort, path: Path, side: str) -> Cohort:
    """The part of a cohort that stands on one side of a recorded split.

    Raises as ``read_split`` does, and ``ManifestError`` when nobody stands on that side.
    """
    sides = read_split(path, cohort.table)
    chosen = cohort.table[sides == side]
    if chosen.empty:
        there = tuple(sorted(sides.dropna().unique()))
        raise ManifestError(
            "Nobody of the cohort stands on the side {side} of {file}. Name one of its "
            "sides: {sides}.",
            side=f"{side!r}",
            file=path.name,
            sides=there,
        )
    return replace(cohort, table=chosen, whole=cohort, part=f"side {side!r} of {path.name}")


def _check_named(name: str, patients: pd.Series, sides: pd.Series, known: list[str]) -> None:
    """Refuse a split of other patients, also where only their zeros make them others."""
    if sides.isna().all():
        raise ManifestError(
            "{file} names no patient of this cohort. Give the split that was made from it.",
            file=name,
        )
    by_number = {without_zeros(one): one for one in known}
    for patient in patients[sides.isna()].unique():
        other = by_number.get(without_zeros(patient))
        if other is not None:
            raise ManifestError(
                "{file} names patient {other} and the cohort {patient}: leading zeros were "
                "lost in one of them. Mark the column patient_id as text, and save it again.",
                file=name,
                other=AsTyped(other),
                patient=patient,
            )


def identical_photos(cohort: Cohort) -> list[IdenticalPhotos]:
    """Groups of rows whose photo files are byte for byte the same under two labels or patients.

    Labels are the classes of bone mass, or the ages in a cohort of known ages. The same photo
    listed twice for one patient and label is harmless and not reported.
    """
    table = cohort.table
    column, kind = next((c, k) for c, k in LABELLED.items() if c in table)
    labels = table[column].map(lambda label: label if isinstance(label, str) else f"{label:g}")
    read = [hashlib.sha256(photo.read_bytes()).hexdigest() for photo in cohort.photos]
    hashes = pd.Series(read, index=table.index)
    found = []
    for sha256, rows in hashes.groupby(hashes).groups.items():
        patients, said = (tuple(sorted(set(c[rows]))) for c in (table["patient_id"], labels))
        if len(patients) > 1 or len(said) > 1:
            found.append(IdenticalPhotos(sha256, tuple(map(int, rows)), patients, said, kind))
    return sorted(found, key=lambda group: group.rows)


def report_identical(cohort: Cohort, folder: Path) -> None:
    """Write what ``identical_photos`` found into a run's folder; no file where it found nothing."""
    doubles = "\n".join(str(group) for group in identical_photos(cohort))
    if doubles:
        write_whole(folder / DOUBLES, doubles + "\n")
    else:
        (folder / DOUBLES).unlink(missing_ok=True)


def _hash(seed: int, patient: str) -> bytes:
    return hashlib.sha256(f"{seed}/{patient}".encode()).digest()


def _cut(n: int, fractions: Mapping[str, float]) -> list[str]:
    """Split names for n ordered patients; each boundary is rounded to the nearest patient."""
    ends = np.floor(np.cumsum(list(fractions.values())) * n + 0.5).astype(int)
    sizes = np.diff(ends, prepend=0)
    sizes[-1] += n - sizes.sum()
    return [name for name, size in zip(fractions, sizes, strict=True) for _ in range(size)]
