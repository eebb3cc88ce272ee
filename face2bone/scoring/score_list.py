"""What is to be scored: one row a picture, checked before any work begins.

The list is a table with the columns of a manifest, of which only ``patient_id`` and ``photo`` are
needed; nobody has to have been measured. Where there is no table, every picture is a row and bears
its file's name. Identifiers stay as they were given: one that cannot is refused, not changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
import pandas as pd
import pandera.pandas as pa

from face2bone.cohort.manifest_schema import (
    COLUMNS,
    Breach,
    breach_summary,
    cell_rule,
    manifest_schema,
    schema_breaches,
    with_cell,
)
from face2bone.cohort.photo_paths import RULES
from face2bone.errors import ManifestError, ScoringError
from face2bone.scoring.pictures import (
    ARCHIVES,
    Below,
    FolderPictures,
    Pictures,
    ZipPictures,
    is_picture,
    is_table,
)
from face2bone.tabular.cells import as_date, as_number, missing_columns, odd_columns, read_cells
from face2bone.tabular.given import GivenBytes
from face2bone.words import CLAUSES, message, template, together

NEEDED: Final = ("patient_id", "photo")
LONGEST_ID: Final = 120
_NUMBERS: Final = ("age_years", "height_cm", "weight_kg", "t_score")
_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    **dict.fromkeys(_NUMBERS, as_number),
    "acquired_on": as_date,
}
_READS_AS_FORMULA: Final = template("must not begin as a spreadsheet's formula does")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class ScoreList:
    """A checked list.

    ``table`` has the columns of the file, in their order, and at least ``NEEDED``; numbers are
    float64, the rest is text; the index is the spreadsheet row, or 1 to N where there was no
    table. ``names`` (N,) are the pictures' own.
    """

    table: pd.DataFrame
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)


def opened(source: Path) -> tuple[ScoreList, Pictures]:
    """The list and the pictures of a folder, a ZIP archive, or a table beside its pictures.

    Raises ``ScoringError``, ``ArchiveRefused`` and ``ManifestError``.
    """
    if source.is_dir():
        return listed(FolderPictures(source))
    if source.suffix.lower() in ARCHIVES:
        return listed(ZipPictures(source))
    if not source.is_file():
        raise ScoringError(
            "There is no folder or file {file}. Check how it is written.", file=source.name
        )
    pictures = FolderPictures(source.parent)
    return checked(read_cells(source), source.name, pictures), pictures


def listed(whole: Pictures) -> tuple[ScoreList, Pictures]:
    """The list of a set of files, by the table among them or one row a picture.

    The pictures are those beside the table, for its paths begin there.
    """
    table = _table_among(whole.names)
    if table is None:
        top = _top_folder([name for name in whole.names if is_picture(name)])
        pictures = whole if top is None else Below(whole, top)
        return list_of_pictures(pictures.names), pictures
    folder = PurePosixPath(table).parent
    pictures = whole if folder == PurePosixPath() else Below(whole, folder.as_posix())
    return checked(_cells(whole, table), PurePosixPath(table).name, pictures), pictures


def list_of_pictures(names: Sequence[str]) -> ScoreList:
    """One row a picture, called by its path without the ending."""
    found = [name for name in names if is_picture(name)]
    if not found:
        raise ScoringError(
            "There is no picture and no table here. Give JPEG, PNG, WebP or HEIC files, with or "
            "without a table of patient_id and photo."
        )
    bad = [name for name in found if name.startswith(_FORMULA) or not name.isprintable()]
    if bad:
        raise ScoringError(
            "A picture's name begins as a spreadsheet's formula does, or does not print: "
            "{picture}. Rename it.",
            picture=f"{bad[0][:60]!a}",
        )
    ids = [str(PurePosixPath(name).with_suffix("")) for name in found]
    table = pd.DataFrame({"patient_id": ids, "photo": found}, index=range(1, len(found) + 1))
    return ScoreList(table, tuple(found))


def checked(cells: pd.DataFrame, name: str, pictures: Pictures) -> ScoreList:
    """A table as it was read, once every cell keeps its column's rule.

    Raises ``ManifestError`` that names row and column of the first ten breaches.
    """
    _check_header(name, list(cells.columns))
    if cells.empty:
        raise ManifestError("{file} holds no rows. Add one row for each picture.", file=name)
    found = {cell: pictures.find(cell) for cell in cells["photo"]}
    table, breaches = _parsed(cells)
    breaches += schema_breaches(table, _schema(found, list(cells.columns)))
    told = [with_cell(breach, cells) for breach in breaches]
    told = [breach for breach in told if breach.cell or COLUMNS[breach.place] in NEEDED]
    if told:
        raise breach_summary(name, told)
    return ScoreList(table, tuple(str(found[cell]) for cell in cells["photo"]))


def _table_among(names: Sequence[str]) -> str | None:
    tables = [name for name in names if is_table(name)]
    # A drawn cohort keeps what was planted beside its manifest.
    manifests = [name for name in tables if PurePosixPath(name).stem.lower() == "manifest"]
    chosen = manifests or tables
    if len(chosen) > 1:
        shown = tuple(repr(name) for name in chosen[:3])
        raise ScoringError(
            "There are several tables ({tables}), and nobody said which one to use. Leave "
            "one, or call it manifest.csv.",
            tables=shown,
        )
    return chosen[0] if chosen else None


def _top_folder(names: Sequence[str]) -> str | None:
    """The one folder in which all pictures lie, as a packed folder's do: it names nobody."""
    tops = {PurePosixPath(name).parts[0] for name in names if "/" in name}
    return tops.pop() if len(tops) == 1 and all("/" in name for name in names) else None


def _cells(pictures: Pictures, table: str) -> pd.DataFrame:
    return read_cells(GivenBytes(PurePosixPath(table).name, pictures.read(table)))


def _check_header(name: str, header: list[str]) -> None:
    problems = [*missing_columns(header, NEEDED), *odd_columns(header, COLUMNS)]
    if problems:
        raise ManifestError(
            "The header of {file} (row 1) is wrong: {rules}. It needs patient_id and "
            "photo, and may have: {columns}.",
            file=name,
            rules=together(problems[:10], CLAUSES),
            columns=tuple(COLUMNS),
        )


def _parsed(cells: pd.DataFrame) -> tuple[pd.DataFrame, list[Breach]]:
    """Numbers as float64; a cell that cannot be read is a breach."""
    table, breaches = cells.copy(), []
    for column in (c for c in _READERS if c in cells.columns):
        values: list[Any] = []
        for row, cell in cells[column].items():
            try:
                values.append(_READERS[column](cell))
            except ValueError as error:
                breaches.append(Breach(int(row), COLUMNS.index(column), str(error)))
                values.append(np.nan)
        if column in _NUMBERS:
            table[column] = pd.Series(values, index=cells.index, dtype=np.float64)
    return table, breaches


def _schema(found: Mapping[str, str | None], columns: Sequence[str]) -> pa.DataFrameSchema:
    """The manifest's own rules of a cell, for the columns there are.

    Other than there, a patient may have any name that prints: nobody asked for a pseudonym.
    """
    rules = manifest_schema(Path()).columns
    checks = {column: rules[column].checks for column in columns}
    checks["patient_id"] = [
        cell_rule(
            _is_identifier, message("must be 1 to {most} printable characters", most=LONGEST_ID)
        ),
        cell_rule(_is_no_formula, _READS_AS_FORMULA),
    ]
    checks["photo"] = _photo_checks(found)
    return pa.DataFrameSchema({c: pa.Column(checks=checks[c], nullable=True) for c in columns})


def _photo_checks(found: Mapping[str, str | None]) -> list[pa.Check]:
    written = [*RULES, (_is_no_formula, _READS_AS_FORMULA)]

    def is_there(cell: str) -> bool:
        return found[cell] is not None or not all(test(cell) for test, _ in written)

    def is_first(cells: pd.Series) -> pd.Series:
        return ~cells.map(lambda cell: found[cell] or cell).duplicated()

    return [
        *(cell_rule(test, says) for test, says in written),
        cell_rule(is_there, template("names no picture that was given")),
        pa.Check(is_first, error=template("names a picture that an earlier row names")),
    ]


def _is_identifier(cell: str) -> bool:
    return 0 < len(cell) <= LONGEST_ID and cell.isprintable()


def _is_no_formula(cell: str) -> bool:
    return not cell.startswith(_FORMULA)
