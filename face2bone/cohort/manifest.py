"""The manifest: one table that describes a cohort with bone mass, and how it is read.

A manifest is a text table (one header line) or a parquet file beside its photos; the columns and
their rules are in ``manifest_schema`` and in docs/research/cohorts.md. ``read_manifest`` returns a
typed table or raises one ``ManifestError`` that names the row, the column and the rule of the first
ten breaches. Rows are numbered as a spreadsheet shows them: the header is row 1, the first patient
is row 2. Cohorts of known ages and of survival have manifests of their own.

Columns that are not in the schema are refused, not ignored: an export from a hospital may hold
names or record numbers that must not travel, and a misspelt optional column would be lost.
"""

import math
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.bone import CLASS_LABELS, Boundary, bone_class
from face2bone.choices import FIRST_STUDY
from face2bone.cohort.manifest_schema import (
    ALWAYS,
    COLUMNS,
    CONSENTS,
    LABELS,
    REQUIRED,
    Breach,
    breach,
    breach_summary,
    manifest_schema,
    schema_breaches,
    with_cell,
)
from face2bone.cohort.photo_paths import spelt_as_on_disk
from face2bone.cohort.row_rules import ERRORS_SHOWN
from face2bone.errors import ManifestError
from face2bone.reference import ReferenceMethod
from face2bone.tabular.cells import (
    as_date,
    as_number,
    missing_columns,
    odd_columns,
    read_cells,
    zeros_remarks,
)
from face2bone.words import CLAUSES, all_of, message, together

_NUMBERS: Final = ("age_years", "height_cm", "weight_kg", "t_score")
_TEXTS: Final = ("site", "device")
FOLLOWED: Final = ("time_years", "event")
"""What only a cohort of times to an event has."""


@dataclass(frozen=True)
class Cohort:
    """A checked manifest.

    ``table`` holds the columns of ``COLUMNS`` that the file had, and always ``bone_mass_class``
    (from the T-score by ``boundary`` where it was empty); numbers are float64 (NaN for a missing
    T-score), ``acquired_on`` is ``datetime.date``, the rest text; its index is the spreadsheet
    row. Photo paths are relative to ``root``. Of a part of a manifest, ``whole`` is the manifest
    and ``part`` says which part it is.
    """

    table: pd.DataFrame
    root: Path
    boundary: Boundary
    whole: "Cohort | None" = None
    part: str = ""

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """Class index of every row (0 normal, 1 osteopenia, 2 osteoporosis); (N,)."""
        names = self.table["bone_mass_class"]
        return np.array([CLASS_LABELS.index(name) for name in names], np.int64)

    @property
    def study(self) -> str:
        """Id of the study whose pictures these are; ``FIRST_STUDY`` where none is named."""
        return str(self.table["study"].iloc[0]) if "study" in self.table else FIRST_STUDY

    @property
    def reference_method(self) -> ReferenceMethod:
        """How every patient's bone was measured; DXA where the manifest does not say."""
        if "reference_method" not in self.table:
            return ReferenceMethod.DXA
        return ReferenceMethod(self.table["reference_method"].iloc[0])

    @property
    def remarks(self) -> tuple[str, ...]:
        """What whoever uses this cohort should look at first, in sentences."""
        return zeros_remarks(self.table)

    @property
    def photos(self) -> tuple[Path, ...]:
        """The photo file of every row."""
        return tuple(self.root / name for name in self.table["photo"])


def read_manifest(path: Path, boundary: Boundary = Boundary.WHO) -> Cohort:
    """Read and check a manifest (.csv or .parquet); photos must lie in its folder or below.

    Raises ``ManifestError`` naming row, column and rule of the first ten breaches.
    """
    path = Path(path)
    cells = read_cells(path)
    _check_header(path.name, list(cells.columns))
    if cells.empty:
        raise ManifestError("{file} holds no patients. Add one row for each photo.", file=path.name)
    table, breaches = _parse(cells, path.parent)
    breaches += schema_breaches(table, manifest_schema(path.parent, boundary))
    if breaches:
        raise breach_summary(path.name, [with_cell(b, cells) for b in breaches])
    return Cohort(_with_classes(table, boundary), path.parent, boundary)


def consents(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether the consent to showing the face is recorded, of each of a manifest's rows; (N,)."""
    given = table.get("photo_consent", pd.Series("", index=table.index))
    return np.asarray(given == CONSENTS, bool)


def _check_header(name: str, header: list[str]) -> None:
    """Raise unless the header holds every required column once, a label, and nothing else."""
    if set(FOLLOWED) <= set(header):
        raise ManifestError(
            "{file} says how long people were followed: a cohort of the study "
            "face_survival, which has a command of its own. Give it to face2bone survival.",
            file=name,
        )
    needed = ALWAYS if "reference_method" in header else REQUIRED
    problems = list(missing_columns(header, needed))
    if not set(LABELS) & set(header):
        problems.append(message("one of the columns {columns} is needed", columns=all_of(LABELS)))
    problems += odd_columns(header, COLUMNS)
    if problems:
        raise ManifestError(
            "The header of {file} (row 1) is wrong: {rules}. Use these columns and no "
            "others: {columns}.",
            file=name,
            rules=together(problems[:ERRORS_SHOWN], CLAUSES),
            columns=tuple(COLUMNS),
        )


def _parse(cells: pd.DataFrame, root: Path) -> tuple[pd.DataFrame, list[Breach]]:
    """Numbers as float64, dates as ``date``, one spelling of a text and a photo.

    A cell that cannot be read is a breach.
    """
    table, breaches = cells.copy(), []
    table["photo"] = [spelt_as_on_disk(root, cell) for cell in cells["photo"]]
    for column in (c for c in _TEXTS if c in cells.columns):
        table[column] = [unicodedata.normalize("NFC", cell) for cell in cells[column]]
    for column in (c for c in (*_NUMBERS, "acquired_on") if c in cells.columns):
        read = as_date if column == "acquired_on" else as_number
        values: list[Any] = []
        for row, cell in cells[column].items():
            try:
                values.append(read(cell))
            except ValueError as error:
                breaches.append(breach(row, column, str(error)))
                values.append(read(""))
        dtype = object if column == "acquired_on" else np.float64
        table[column] = pd.Series(values, index=cells.index, dtype=dtype)
    return table, breaches


def _with_classes(table: pd.DataFrame, boundary: Boundary) -> pd.DataFrame:
    """The same table with ``bone_mass_class`` filled in from the T-score where it is empty."""
    given = table.get("bone_mass_class", pd.Series("", index=table.index, dtype=object))
    scores = table.get("t_score", pd.Series(math.nan, index=table.index))
    classes = [
        name or bone_class(score, boundary).label for name, score in zip(given, scores, strict=True)
    ]
    filled = table.assign(bone_mass_class=pd.Series(classes, index=table.index, dtype=object))
    return filled[[c for c in COLUMNS if c in filled.columns]]
