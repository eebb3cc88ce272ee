"""Read a table file as plain text cells, and read one cell as a number or a date.

Every table a person hands in comes through here. All file formats end in the same text, so a
manifest keeps the same rules and gets the same messages whatever it came as. Rows are numbered as
a spreadsheet shows them.

Leading zeros: a spreadsheet shows patient 00412 as 412. Nobody can tell a lost zero from none in
one table alone. It shows where the same patient stands elsewhere with them: in another row, in the
name of a photo, in another table.
"""

import math
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any, Final

import numpy as np
import pandas as pd

from face2bone.careful import parquet_columns
from face2bone.errors import ManifestError
from face2bone.tabular.delimited import FIRST_ROW, read_delimited
from face2bone.tabular.given import GivenBytes, Source
from face2bone.typed import written_number
from face2bone.words import all_of, first_of, message, template

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE_IN_A_FLOAT: Final = 2.0**53  # beyond it a float64 has lost digits


def read_cells(source: Source) -> pd.DataFrame:
    """Every cell of a .csv, .tsv, .txt or .parquet table as stripped text, empty where missing.

    Bytes are read where they are, and no file is written. The index is the spreadsheet row; blank
    lines are skipped and still counted. Raises ``ManifestError`` for a file that is missing,
    damaged, or in another format or encoding.
    """
    readers: dict[str, Callable[[Source], pd.DataFrame]] = {
        ".csv": read_delimited,
        ".tsv": read_delimited,
        ".txt": read_delimited,  # a spreadsheet's "Unicode text"
        ".parquet": _read_parquet,
    }
    if source.suffix.lower() not in readers:
        raise ManifestError(
            "{file} is not a .csv or .parquet file. Save it as one of them.", file=source.name
        )
    try:
        return readers[source.suffix.lower()](source)
    except OSError as error:
        raise ManifestError(
            "{file} cannot be opened ({reason}). Check that the file is there, complete "
            "and readable.",
            file=source.name,
            reason=error.strerror or template("damaged file"),
        ) from error


def as_number(cell: str) -> float:
    """A finite number, its decimal sign a point or a comma; NaN for an empty cell.

    Raises ``ValueError`` for anything else.
    """
    if not cell:
        return math.nan
    value = written_number(cell)
    if value is None:
        raise ValueError(template("is not a number such as 67 or 67.5"))
    if not math.isfinite(value):
        raise ValueError(template("is not a finite number"))
    return value


def as_date(cell: str) -> date | None:
    """A day written YYYY-MM-DD; None for an empty cell; else ``ValueError``."""
    if not cell:
        return None
    if not _DATE.fullmatch(cell):
        raise ValueError(template("is not a date written YYYY-MM-DD"))
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError(template("is not a day of the calendar")) from None


def _read_parquet(source: Source) -> pd.DataFrame:
    try:
        columns = parquet_columns(source.data if isinstance(source, GivenBytes) else source)
    except ValueError as error:
        raise ManifestError(
            "{file} {reason}. Write it again.", file=source.name, reason=str(error)
        ) from error
    header = [name.strip() for name, _ in columns]
    cells = list(zip(*([_cell_text(value) for value in held] for _, held in columns), strict=True))
    index = range(FIRST_ROW, FIRST_ROW + len(cells))
    return pd.DataFrame(cells, index=index, columns=header, dtype=object)


def _cell_text(value: Any) -> str:
    """A parquet cell as the CSV file would spell it.

    A column of whole numbers with a gap is kept as floats: 412.0 is the number 412.
    """
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, float | np.floating):
        if math.isnan(value):
            return ""
        number = float(value)
        whole = number.is_integer() and abs(number) <= _WHOLE_IN_A_FLOAT
        return str(int(number)) if whole else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value).strip()


SHOWN: Final = 40  # characters of a column's name that a message repeats


def missing_columns(header: Collection[str], needed: Collection[str]) -> Iterator[str]:
    """The columns that have to be there and are not."""
    for name in needed:
        if name not in header:
            yield message("the column {column} is missing", column=name)


def odd_columns(header: list[str], known: Collection[str]) -> Iterator[str]:
    """Those that stand there twice, and those that nobody knows."""
    for name in known:
        if header.count(name) > 1:
            yield message("the column {column} stands there twice", column=name)
    for name in header:
        if name not in known:
            yield message("the column {column} is unknown", column=f"{name[:SHOWN]!r}")


NAMED: Final = 3  # examples in a sentence


def without_zeros(patient_id: str) -> str:
    """A number without its leading zeros; anything else as it is."""
    is_number = patient_id.isascii() and patient_id.isdigit()
    return patient_id.lstrip("0") or "0" if is_number else patient_id


def differ_in_zeros(first: str, second: str) -> bool:
    """Whether two numbers are the same but for their leading zeros."""
    return first != second and without_zeros(first) == without_zeros(second)


def zeros_remarks(table: pd.DataFrame) -> tuple[str, ...]:
    """What speaks for lost zeros in a manifest's ``patient_id`` and ``photo``, in sentences."""
    patients = list(dict.fromkeys(table["patient_id"]))
    said = []
    pairs = _pairs(patients)
    if pairs:
        said.append(
            message(
                "Patients differ in leading zeros only ({pairs}): they count as different people. "
                "If they are one, write the number in one way.",
                pairs=first_of(pairs, NAMED),
            )
        )
    rows = zip(table["patient_id"], table["photo"], strict=True)
    stems = [(one, PurePosixPath(photo).stem) for one, photo in rows]
    lost = [
        message("{patient} with photo {photo}", patient=one, photo=stem)
        for one, stem in stems
        if differ_in_zeros(one, stem)
    ]
    if lost:
        said.append(
            message(
                "Photos bear their patient's number with other leading zeros ({cases}): a "
                "spreadsheet may have taken the zeros from patient_id. Mark the column as text.",
                cases=first_of(lost, NAMED),
            )
        )
    return tuple(said)


def _pairs(patients: Sequence[str]) -> list[str]:
    first: dict[str, str] = {}
    twins = ((first.setdefault(without_zeros(one), one), one) for one in patients)
    return [all_of(pair) for pair in twins if pair[0] != pair[1]]
