"""What is wrong with the header of a table, as clauses of a sentence."""

from collections.abc import Collection, Iterator
from typing import Final

from face2bone.words import message

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
