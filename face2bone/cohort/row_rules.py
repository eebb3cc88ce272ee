"""How a cell of a table of people is read, and what is said of those that break a rule.

Each reader takes the text of a cell and returns its value, or raises ``ValueError`` with the rule
that is broken, in words that follow the cell.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from face2bone.cohort.photo_paths import RULES, file_identity, is_file_inside, spelt_as_on_disk
from face2bone.errors import ManifestError
from face2bone.patient import AGE_RANGE, Sex
from face2bone.tabular.cells import as_date, as_number
from face2bone.tabular.delimited import SHOWN
from face2bone.words import CLAUSES, any_of, message, plural, template, together

Reader = Callable[[str], Any]
Breach = tuple[int, str]
"""The spreadsheet row, and what is wrong there."""

ERRORS_SHOWN: Final = 10
LARGEST: Final = 1e9  # of any number; beyond it is a damaged one
IDENTIFIER: Final = template("must be 1 to 64 letters, digits, '.', '-' or '_'")
FREE_TEXT: Final = template("must be at most 80 printable characters and no formula")
SAME_PHOTO: Final = template("names a photo that an earlier row names")
_PATIENT_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def read_by(cells: pd.DataFrame, rules: Mapping[str, Reader]) -> tuple[pd.DataFrame, list[Breach]]:
    """The table as its columns' readers read it, and every cell that breaks a rule."""
    table, breaches = cells.copy(), []
    for column in (c for c in cells.columns if c in rules):
        values: list[Any] = []
        for row, cell in cells[column].items():
            try:
                values.append(rules[column](cell))
            except ValueError as error:
                breaches.append((int(row), clause(int(row), column, cell, str(error))))
                values.append(None)
        table[column] = pd.Series(values, index=cells.index)
    return table, breaches


def clause(row: int, column: str, cell: str, rule: str) -> str:
    """What a cell is at fault in; an empty one is not shown."""
    shown = f"{cell[:SHOWN]!r}"
    what = message("{cell} {rule}", cell=shown, rule=rule) if cell else rule
    return message("row {row}, {column}: {problem}", row=row, column=column, problem=what)


def broken(name: str, clauses: Sequence[str]) -> ManifestError:
    """The error of a table's broken rules, the first ten of them named."""
    shown, more = list(clauses[:ERRORS_SHOWN]), len(clauses) - ERRORS_SHOWN
    if more > 0:
        shown.append(message("and {count} more", count=more))
    return ManifestError(
        plural(
            "{file} breaks one rule: {rules}. "
            "Correct these cells (the header is row 1) and read the manifest again.",
            "{file} breaks {count} rules: {rules}. "
            "Correct these cells (the header is row 1) and read the manifest again.",
            len(clauses),
            file=name,
            rules=together(shown, CLAUSES),
        )
    )


def refusal(name: str, breaches: list[Breach]) -> ManifestError:
    """The error that tells the first ten breaches in the order of the rows, and what to do."""
    return broken(name, [words for _, words in sorted(breaches, key=lambda breach: breach[0])])


def is_identifier(cell: str) -> bool:
    """Whether a cell may be a pseudonym."""
    return _PATIENT_ID.fullmatch(cell) is not None


def is_free_text(cell: str) -> bool:
    """Whether a cell is a short text that no spreadsheet takes for a formula."""
    return len(cell) <= 80 and cell.isprintable() and not cell.startswith(("=", "+", "-", "@"))


def rules_of_people(study: str) -> dict[str, Reader]:
    """How the cells are read that every such table may have of a person."""
    return {
        "patient_id": patient_id,
        "sex": one_of(*(sex.value for sex in Sex)),
        "age_years": between(*AGE_RANGE, template("years")),
        "acquired_on": as_date,
        "site": text,
        "device": text,
        "study": one_of(study),
    }


def patient_id(cell: str) -> str:
    """A pseudonym."""
    if not is_identifier(cell):
        raise ValueError(IDENTIFIER)
    return cell


def one_of(*values: str) -> Callable[[str], str]:
    """One of these values, as it stands."""

    def read(cell: str) -> str:
        if cell not in values:
            raise ValueError(message("must be {values}", values=any_of(values)))
        return cell

    return read


def between(low: float, high: float, unit: str) -> Callable[[str], float]:
    """A number within limits."""

    def read(cell: str) -> float:
        value = number(cell)
        if not low <= value <= high:
            limits = {"low": f"{low:g}", "high": f"{high:g}"}
            raise ValueError(message("must be {low} to {high} {unit}", **limits, unit=unit))
        return value

    return read


def number(cell: str) -> float:
    """A finite number."""
    if not cell:
        raise ValueError(template("must be a number"))
    value = as_number(cell)
    if abs(value) > LARGEST:
        raise ValueError(message("must be a number within {most} of 0", most=f"{LARGEST:,.0f}"))
    return value


def text(cell: str) -> str:
    """A short text without a formula, in the one spelling (NFC) of its characters."""
    spelt = unicodedata.normalize("NFC", cell)
    if not is_free_text(spelt):
        raise ValueError(FREE_TEXT)
    return spelt


def photo(root: Path, cell: str) -> str:
    """The path of a file in the manifest's folder, as it is spelt on the disk."""
    against = next((says for test, says in RULES if not test(cell)), None)
    if against is not None:
        raise ValueError(against)
    if not is_file_inside(root, cell):
        raise ValueError(template("names no file in the manifest's folder"))
    return spelt_as_on_disk(root, cell)


def repeated_photos(cells: pd.DataFrame, root: Path) -> Iterator[Breach]:
    """Rows that name an earlier row's photo, however it is spelt."""
    return repeated(cells, "photo", lambda cell: file_identity(root, cell), SAME_PHOTO)


def repeated(
    cells: pd.DataFrame, column: str, same: Callable[[str], object], rule: str
) -> Iterator[Breach]:
    """Rows that name what an earlier row names."""
    again = cells[column].map(same).duplicated() & (cells[column] != "")
    for row in cells.index[again]:
        yield int(row), clause(int(row), column, "", rule)
