"""A table of text as a spreadsheet of any country saves it, and its rows as that shows them.

Cells are parted by commas, semicolons (where the comma is the decimal sign), tabs or bars; the
header says by which. A first line such as ``sep=;`` is an instruction and no row. Columns without
a name or a cell are what is left of a deleted column; one with cells and no name is called by its
letter. Rows may leave out empty cells at their end.

The text is UTF-8, with or without a byte order mark, and UTF-16 with one, as a spreadsheet's
"Unicode text".
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

import pandas as pd

from face2bone.careful import text_of
from face2bone.errors import ManifestError
from face2bone.tabular.given import Source
from face2bone.words import template

FIRST_ROW: Final = 2  # the header is row 1
SEPARATORS: Final = (",", ";", "\t", "|")
SHOWN: Final = 40  # characters of a cell that a message repeats
_INSTRUCTION: Final = re.compile(r"\"?sep=(.)\"?[ \t]*(?:\r\n|\r|\n|$)", re.IGNORECASE)
_UNDECODED: Final = re.compile("[\udc80-\udcff]")  # as "surrogateescape" leaves wrong bytes


def read_delimited(source: Source) -> pd.DataFrame:
    """Every cell as stripped text; the index is the spreadsheet row, blank rows left out.

    Raises ``ManifestError`` that names row, column and cell, and ``OSError``.
    """
    header, *rows = _records(source.name, _text(source)) or [[]]
    if not any(header):
        raise ManifestError(
            "The first row of {file} is empty. Write a header there, and one row a record.",
            file=source.name,
        )
    width = 1 + max(place for place, name in enumerate(header) if name)
    kept = {row: cells for row, cells in enumerate(rows, FIRST_ROW) if any(cells)}
    for row, cells in kept.items():
        _check_width(source.name, row, cells, width)
    table = [(cells + [""] * width)[:width] for cells in kept.values()]
    names = [name or f"column {column_letter(i)}" for i, name in enumerate(header[:width])]
    used = [i for i in range(width) if header[i] or any(cells[i] for cells in table)]
    frame = pd.DataFrame(table, index=list(kept), columns=names, dtype=object)
    return frame.iloc[:, used]


def column_letter(place: int) -> str:
    """The name of a column in a spreadsheet, from its place counted from 0: A, ..., Z, AA."""
    before, own = divmod(place, 26)
    return (column_letter(before - 1) if before else "") + chr(ord("A") + own)


def _text(source: Source) -> str:
    data = source.read_bytes()
    try:
        text = text_of(data, errors="surrogateescape")
    except UnicodeDecodeError as error:  # UTF-16 that is cut short
        raise ManifestError(
            "{file} is not whole: its text ends within a character. Save it again.",
            file=source.name,
        ) from error
    if "\0" in text:
        raise ManifestError(
            "{file} holds zero bytes, as UTF-16 without its mark or another kind of file "
            "does. In a spreadsheet, save it as 'CSV UTF-8'.",
            file=source.name,
        )
    return text


def _records(name: str, text: str) -> list[list[str]]:
    said = _INSTRUCTION.match(text)
    body = text[said.end() :] if said else text
    separator = said[1] if said else _separator(body)
    try:
        records = [[cell.strip() for cell in record] for record in _reader(body, separator)]
    except (csv.Error, ValueError) as error:
        raise ManifestError(
            "{file} is not valid CSV ({reason}). Save it again.",
            file=name,
            reason=_csv_fault(str(error)),
        ) from error
    if _UNDECODED.search(body):
        raise _undecoded(name, records)
    return records


def _csv_fault(error: str) -> str:
    """What the csv module found, in words that every language has."""
    if "field larger" in error:
        return template("a cell is too long")
    if "unexpected end" in error:
        return template("a quotation mark is not closed")
    return template("a quotation mark stands in the middle of a cell")


def _separator(text: str) -> str:
    """The one that parts the header into most cells; a header's names hold none of them."""

    def cells(separator: str) -> int:
        try:
            return len(next(iter(_reader(text, separator)), []))
        except csv.Error:
            return 0

    return max(SEPARATORS, key=cells)


def _reader(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _undecoded(name: str, records: Sequence[Sequence[str]]) -> ManifestError:
    row, place, cell = next(
        (row, place, cell)
        for row, record in enumerate(records, FIRST_ROW - 1)
        for place, cell in enumerate(record)
        if _UNDECODED.search(cell)
    )
    shown = _UNDECODED.sub("\N{REPLACEMENT CHARACTER}", cell)[:SHOWN]
    return ManifestError(
        "{file}, row {row}, column {column}: {cell} is not UTF-8 text. In a spreadsheet, "
        "save it as 'CSV UTF-8'.",
        file=name,
        row=row,
        column=column_letter(place),
        cell=f"{shown!r}",
    )


def _check_width(name: str, row: int, cells: Sequence[str], width: int) -> None:
    """Refuse a cell beyond the header: one before it was parted in two."""
    for place, cell in enumerate(cells[width:], width):
        if cell:
            raise ManifestError(
                "{file}, row {row}, column {column}: {cell} stands in a column without a "
                "name; the row has {count} cells and the header {named}. A cell that holds "
                "the separator, such as 2,7, needs quotation marks around it.",
                file=name,
                row=row,
                column=column_letter(place),
                cell=f"{cell[:SHOWN]!r}",
                count=place + 1,
                named=width,
            )
