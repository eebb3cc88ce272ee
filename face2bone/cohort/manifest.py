"""The manifest: one table that describes a cohort, real or drawn, and the rules it keeps.

A manifest is a text table (one header line) or a parquet file beside its photos; the columns
are in ``COLUMNS`` and in docs/research/cohorts.md. ``read_manifest`` returns a typed table or
raises one ``ManifestError`` that names the row, the column and the rule of the first ten breaches.
Rows are numbered as a spreadsheet shows them: the header is row 1, the first patient is row 2.

Columns that are not in the schema are refused, not ignored: an export from a hospital may hold
names or record numbers that must not travel, and a misspelt optional column would be lost.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from face2bone.bone import CLASS_LABELS, Boundary, bone_class
from face2bone.cohort.photo_paths import (
    RULES,
    file_identity,
    is_file_inside,
    obeys_rules,
    spelt_as_on_disk,
)
from face2bone.errors import ManifestError
from face2bone.patient import AGE_RANGE, HEIGHT_RANGE, WEIGHT_RANGE, Sex
from face2bone.reference import ReferenceMethod
from face2bone.tabular.cells import as_date, as_number, read_cells
from face2bone.tabular.delimited import SHOWN
from face2bone.tabular.leading_zeros import zeros_remarks

LABELS: Final = ("t_score", "bone_mass_class")  # at least one
OPTIONAL: Final = (
    *("site", "device", "photo_consent"),
    *("study", "laterality", "reference_method"),
)
CONSENTS: Final = "yes"  # in photo_consent; with any other cell the face is not shown
COLUMNS: Final = (
    *("patient_id", "photo", "sex", "age_years", "height_cm", "weight_kg"),
    *LABELS,
    *("dxa_site", "acquired_on"),
    *OPTIONAL,
)
REQUIRED: Final = tuple(c for c in COLUMNS if c not in LABELS + OPTIONAL)
ALWAYS: Final = tuple(c for c in REQUIRED if c != "dxa_site")  # also where nobody had a DXA
FIRST_STUDY: Final = "face2bone"  # of a manifest that names none, as all once did
SIDES: Final = ("left", "right")
DXA_SITES: Final = ("lumbar_spine", "femoral_neck", "total_hip", "one_third_radius", "lowest")
T_SCORE_RANGE: Final = (-8.0, 8.0)  # SD; outside it is a slip of the pen, not a bone
ERRORS_SHOWN: Final = 10
_NUMBERS: Final = ("age_years", "height_cm", "weight_kg", "t_score")
_TEXTS: Final = ("site", "device")
_PATIENT_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_STUDY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


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


@dataclass(frozen=True, order=True)
class Breach:
    """One broken rule: the spreadsheet row, the place of its column in ``COLUMNS``, the rule.

    ``cell`` is what stands there, empty where nothing does.
    """

    row: int
    place: int
    rule: str
    cell: str = ""

    def __str__(self) -> str:
        shown = f"{self.cell[:SHOWN]!r} " if self.cell else ""
        return f"row {self.row}, {COLUMNS[self.place]}: {shown}{self.rule}"


def read_manifest(path: Path, boundary: Boundary = Boundary.WHO) -> Cohort:
    """Read and check a manifest (.csv or .parquet); photos must lie in its folder or below.

    Raises ``ManifestError`` naming row, column and rule of the first ten breaches.
    """
    path = Path(path)
    cells = read_cells(path)
    _check_header(path.name, list(cells.columns))
    if cells.empty:
        raise ManifestError(f"{path.name} holds no patients. Add one row for each photo.")
    table, breaches = _parse(cells, path.parent)
    breaches += _schema_breaches(table, manifest_schema(path.parent, boundary))
    if breaches:
        raise ManifestError(_summary(path.name, [_with_cell(b, cells) for b in breaches]))
    return Cohort(_with_classes(table, boundary), path.parent, boundary)


def consents(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether the consent to showing the face is recorded, of each of a manifest's rows; (N,)."""
    given = table.get("photo_consent", pd.Series("", index=table.index))
    return np.asarray(given == CONSENTS, bool)


def manifest_schema(root: Path, boundary: Boundary = Boundary.WHO) -> pa.DataFrameSchema:
    """The pandera schema of a parsed manifest whose photos lie under ``root``.

    Every check's ``error`` is the rule in words; a check over rows is named by its column.
    """
    free = _rule(_is_free_text, "must be at most 80 printable characters and no formula")
    checks = {
        "patient_id": [_rule(_is_identifier, "must be 1 to 64 letters, digits, '.', '-' or '_'")],
        "photo": _photo_checks(root),
        "sex": [_one_of([sex.value for sex in Sex])],
        "age_years": [_within(AGE_RANGE, "years")],
        "height_cm": [_within(HEIGHT_RANGE, "cm")],
        "weight_kg": [_within(WEIGHT_RANGE, "kg")],
        "t_score": [_within(T_SCORE_RANGE, "SD", may_be_empty=True)],
        "bone_mass_class": [_one_of(["", *CLASS_LABELS])],
        "dxa_site": [_one_of(["", *DXA_SITES])],
        "acquired_on": [_rule(lambda v: v is not None, "must be a date written YYYY-MM-DD")],
        "site": [free],
        "device": [free],
        "photo_consent": [_one_of(["", CONSENTS, "no"])],
        "study": [
            _rule(_is_study, "must be a study's id, as face2bone studies lists them"),
            _same(),
        ],
        "laterality": [_one_of(["", *SIDES])],
        "reference_method": [_one_of(list(ReferenceMethod)), _same()],
    }
    columns = {
        name: pa.Column(checks=rules, nullable=True, required=name in ALWAYS)
        for name, rules in checks.items()
    }
    return pa.DataFrameSchema(columns, checks=_row_checks(boundary), strict=True)


def _check_header(name: str, header: list[str]) -> None:
    """Raise unless the header holds every required column once, a label, and nothing else."""
    needed = ALWAYS if "reference_method" in header else REQUIRED
    problems = [f"the column {c} is missing" for c in needed if c not in header]
    if not set(LABELS) & set(header):
        problems.append(f"one of the columns {' and '.join(LABELS)} is needed")
    problems += [f"the column {c} stands there twice" for c in COLUMNS if header.count(c) > 1]
    problems += [f"the column {c[:40]!r} is unknown" for c in header if c not in COLUMNS]
    if problems:
        raise ManifestError(
            f"The header of {name} (row 1) is wrong: {'; '.join(problems[:ERRORS_SHOWN])}. "
            f"Use these columns and no others: {', '.join(COLUMNS)}."
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
                breaches.append(_breach(row, column, str(error)))
                values.append(read(""))
        dtype = object if column == "acquired_on" else np.float64
        table[column] = pd.Series(values, index=cells.index, dtype=dtype)
    return table, breaches


def _schema_breaches(table: pd.DataFrame, schema: pa.DataFrameSchema) -> list[Breach]:
    try:
        schema.validate(table, lazy=True)
    except SchemaErrors as error:
        # Cell by cell first ("Column" sorts before "DataFrameSchema"): the first breach is shown.
        cases = error.failure_cases.sort_values("schema_context", kind="stable")
        wide = cases["schema_context"] == "DataFrameSchema"
        # A check over whole rows is listed once for each column: its text starts with its own.
        named = cases["check"].str.partition(": ")
        column = cases["column"].where(~wide, named[0])
        rule = cases["check"].where(~wide, named[2])
        return [
            _breach(*case) for case in zip(cases["index"].astype(int), column, rule, strict=True)
        ]
    return []


def _breach(row: int, column: str, rule: str) -> Breach:
    return Breach(int(row), COLUMNS.index(column), rule)


def _with_cell(breach: Breach, cells: pd.DataFrame) -> Breach:
    column = COLUMNS[breach.place]
    cell = cells.at[breach.row, column] if column in cells.columns else ""
    return replace(breach, cell=cell)


def _summary(name: str, breaches: Sequence[Breach]) -> str:
    """One breach for each cell (the first found), in reading order, ten at most."""
    first: dict[tuple[int, int], Breach] = {}
    for breach in breaches:
        first.setdefault((breach.row, breach.place), breach)
    listed = sorted(first.values())
    more = len(listed) - ERRORS_SHOWN
    tail = f"; and {more} more" if more > 0 else ""
    count = "one rule" if len(listed) == 1 else f"{len(listed)} rules"
    return (
        f"{name} breaks {count}: {'; '.join(map(str, listed[:ERRORS_SHOWN]))}{tail}. "
        "Correct these cells (the header is row 1) and read the manifest again."
    )


def _with_classes(table: pd.DataFrame, boundary: Boundary) -> pd.DataFrame:
    """The same table with ``bone_mass_class`` filled in from the T-score where it is empty."""
    given = table.get("bone_mass_class", pd.Series("", index=table.index, dtype=object))
    scores = table.get("t_score", pd.Series(math.nan, index=table.index))
    classes = [
        name or bone_class(score, boundary).label for name, score in zip(given, scores, strict=True)
    ]
    filled = table.assign(bone_mass_class=pd.Series(classes, index=table.index, dtype=object))
    return filled[[c for c in COLUMNS if c in filled.columns]]


def _rule(test: Callable[[Any], bool], says: str) -> pa.Check:
    """A pandera check of one cell; ``says`` is the rule in words."""
    return pa.Check(test, element_wise=True, ignore_na=False, error=says)


def _within(limits: tuple[float, float], unit: str, may_be_empty: bool = False) -> pa.Check:
    low, high = limits
    return _rule(
        lambda v: low <= v <= high or (may_be_empty and math.isnan(v)),
        f"must be {low:g} to {high:g} {unit}",
    )


def _one_of(values: Sequence[str]) -> pa.Check:
    return _rule(lambda v: v in values, f"must be one of {', '.join(filter(None, values))}")


def _is_identifier(value: str) -> bool:
    return _PATIENT_ID.fullmatch(value) is not None


def _is_study(value: str) -> bool:
    return _STUDY.fullmatch(value) is not None


def _same() -> pa.Check:
    """One manifest is of one study, and its T-scores of one method: they do not compare."""
    return pa.Check(lambda cells: cells == cells.iloc[0], error="must be the same in every row")


def _is_free_text(value: str) -> bool:
    return len(value) <= 80 and value.isprintable() and not value.startswith(("=", "+", "-", "@"))


def _photo_checks(root: Path) -> list[pa.Check]:
    """The path as written, then the file, then that no earlier row names it."""

    def is_there(value: str) -> bool:
        # A path that breaks a rule is reported by that rule.
        return not obeys_rules(value) or is_file_inside(root, value)

    def is_first(photos: pd.Series) -> pd.Series:
        return ~photos.map(lambda value: file_identity(root, value)).duplicated()

    return [
        *(_rule(test, says) for test, says in RULES),
        _rule(is_there, "names no file in the manifest's folder"),
        pa.Check(is_first, error="names a photo that an earlier row names"),
    ]


def _row_checks(boundary: Boundary) -> list[pa.Check]:
    """Rules about several cells, each worded as ``column: rule``."""
    minus_one = bone_class(-1.0, boundary).label

    def agrees(row: pd.Series) -> bool:
        name, score = row.get("bone_mass_class", ""), row.get("t_score", math.nan)
        return not name or math.isnan(score) or name == bone_class(score, boundary).label

    def has_label(row: pd.Series) -> bool:
        return bool(row.get("bone_mass_class", "")) or not math.isnan(row.get("t_score", math.nan))

    def names_site(row: pd.Series) -> bool:
        by_dxa = row.get("reference_method", ReferenceMethod.DXA) == ReferenceMethod.DXA
        return bool(by_dxa) == bool(row.get("dxa_site", ""))

    def is_measured(row: pd.Series) -> bool:
        by_nothing = row.get("reference_method", "") == ReferenceMethod.NONE
        return not by_nothing or math.isnan(row.get("t_score", math.nan))

    def one_sex(table: pd.DataFrame) -> pd.Series:
        return table["sex"] == table.groupby("patient_id")["sex"].transform("first")

    said = f"must agree with t_score by the {boundary.name} rule (T = -1.0 is {minus_one})"
    sites = f"must be one of {', '.join(DXA_SITES)} where DXA measured, and empty where it did not"
    return [
        _rule(names_site, f"dxa_site: {sites}"),
        _rule(is_measured, "t_score: must be empty where reference_method is none"),
        _rule(has_label, "t_score: must be given where bone_mass_class is empty"),
        _rule(agrees, f"bone_mass_class: {said}"),
        pa.Check(one_sex, error="sex: must be the same in every row of a patient"),
    ]
