"""Read a table file as plain text cells, and read one cell as a number or a date.

Both file formats end in the same text, so a manifest keeps the same rules and gets the same
messages whether it came as CSV or as parquet. Rows are numbered as a spreadsheet shows them.
"""

import csv
import math
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from face2bone.careful import parquet_of
from face2bone.errors import ManifestError

FIRST_ROW: Final = 2  # the header is row 1
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_cells(path: Path) -> pd.DataFrame:
    """Every cell of a .csv or .parquet file as stripped text, empty where missing.

    The index is the spreadsheet row; blank lines are skipped and still counted. Raises
    ``ManifestError`` for a file that is missing, damaged, or in another format or encoding.
    """
    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".csv": _read_csv,
        ".parquet": _read_parquet,
    }
    if path.suffix.lower() not in readers:
        raise ManifestError(f"{path.name} is not a .csv or .parquet file. Save it as one of them.")
    try:
        return readers[path.suffix.lower()](path)
    except OSError as error:
        raise ManifestError(
            f"{path.name} cannot be opened ({error.strerror or 'damaged file'}). "
            "Check that the file is there, complete and readable."
        ) from error


def as_number(cell: str) -> float:
    """A finite number written with a decimal point; NaN for an empty cell; else ``ValueError``."""
    if not cell:
        return math.nan
    if not _NUMBER.fullmatch(cell):  # float() would also read 1_0, full-width digits and "nan"
        raise ValueError("is not a number with a decimal point")
    value = float(cell)
    if not math.isfinite(value):
        raise ValueError("is not a finite number")
    return value


def as_date(cell: str) -> date | None:
    """A day written YYYY-MM-DD; None for an empty cell; else ``ValueError``."""
    if not cell:
        return None
    if not _DATE.fullmatch(cell):
        raise ValueError("is not a date written YYYY-MM-DD")
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError("is not a day of the calendar") from None


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            records = [
                [cell.strip() for cell in record] for record in csv.reader(file, strict=True)
            ]
    except UnicodeDecodeError as error:
        raise ManifestError(
            f"{path.name} is not UTF-8 text. In a spreadsheet, save it as 'CSV UTF-8'."
        ) from error
    except csv.Error as error:
        raise ManifestError(f"{path.name} is not valid CSV ({error}). Save it again.") from error
    if not records:
        raise ManifestError(f"{path.name} is empty. Write a header line and one row a photo.")
    header = records[0]
    rows = {row: cells for row, cells in enumerate(records[1:], FIRST_ROW) if any(cells)}
    for row, cells in rows.items():
        if len(cells) != len(header):
            raise ManifestError(
                f"{path.name}, row {row} has {len(cells)} cells and the header {len(header)}. "
                "Quote cells that hold commas, and fill the row."
            )
    return pd.DataFrame(list(rows.values()), index=list(rows), columns=header, dtype=object)


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        frame = parquet_of(path)
    except ValueError as error:
        raise ManifestError(f"{path.name} {error}. Write it again.") from error
    header = [str(name).strip() for name in frame.columns]
    cells = [[_cell_text(value) for value in row] for row in frame.itertuples(index=False)]
    index = range(FIRST_ROW, FIRST_ROW + len(cells))
    return pd.DataFrame(cells, index=index, columns=header, dtype=object)


def _cell_text(value: Any) -> str:
    """A parquet cell as the CSV file would spell it."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float) and math.isnan(value):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value).strip()
