"""When records were written, where the clock was wrong: what the order of the entries says.

A clock may be set back, as after a flat battery, or have been ahead for a while. The trail's order
is right whatever the clock said, so it bounds the moment at which each entry can have been made.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import Connection, RowMapping, select

from face2bone.records.tables import AUDIT_ENTRY

CLOCKS_APART: Final = timedelta(minutes=10)  # by which another computer's clock may be ahead
AHEAD: Final = timedelta(days=31)
"""A step forward and back again over more than this, within less, was a clock that was ahead."""


def moments_by_order(connection: Connection, now: str) -> dict[str, str]:
    """When the records were written whose own date the order of the entries contradicts.

    Of what was written after the clock had gone back, the earliest moment it can have been. Of what
    a clock wrote that was ahead, the date of the next entry that no such clock wrote. Either keeps
    a record too long rather than too short. Other computers' clocks may be ``CLOCKS_APART``.
    """
    entry = AUDIT_ENTRY.c
    found, latest, ahead = dict[str, str](), "", list[str]()
    rows = connection.execute(select(entry.at, entry.record_id).order_by(entry.sequence)).all()
    jumped = _jumped([row.at for row in rows])
    for i, row in enumerate(rows):
        if i in jumped or apart(row.at, now):
            ahead.append(row.record_id)
            continue
        found |= dict.fromkeys(ahead, row.at)
        ahead.clear()
        if latest and apart(latest, row.at):
            found[row.record_id] = latest
        latest = max(latest, row.at)
    return found | dict.fromkeys(ahead, now)


def _jumped(dates: Sequence[str]) -> set[int]:
    """Entries made while the clock was ahead, though their dates may have passed since.

    Before them the dates step forward by more than ``AHEAD``, after them as far back, but to no
    earlier than before. A clock that is set back for another reason goes back beyond that.
    """
    moments = [_moment(date) for date in dates]
    found, before = set[int](), moments[0] if moments else datetime.min
    for i, moment in enumerate(moments):
        if i in found:
            continue
        if moment > before + AHEAD:
            found |= set(range(i, _returned(moments, i, before)))
        if i not in found:
            before = max(before, moment)
    return found


def _returned(moments: Sequence[datetime], start: int, before: datetime) -> int:
    """The entry at which a clock that has stepped forward at ``start`` is right again.

    ``start`` itself where it never is.
    """
    for i in range(start + 1, len(moments)):
        if abs(moments[i] - moments[start]) > AHEAD:
            is_right = before <= moments[i] + CLOCKS_APART and moments[i] < moments[start]
            return i if is_right else start
    return start


def _moment(date: str) -> datetime:
    """Without its zone, so that any two can be compared; the first of all where it is none."""
    try:
        return datetime.fromisoformat(date).replace(tzinfo=None)
    except (ValueError, TypeError):  # changed behind the program's back, which the chain tells
        return datetime.min


def went_back(trail: Sequence[RowMapping]) -> Iterable[str]:
    """In words, before which entries of the trail the clock was set back."""
    for before, row in pairwise(trail):
        if apart(before["at"], row["at"]):
            yield (
                f"the clock was set back before entry {row['sequence']}, which says {row['at']} "
                f"after {before['at']}; the order is that of the entries"
            )


def apart(earlier: str, later: str) -> bool:
    """Whether what was written later says a moment before the one that was written earlier."""
    try:
        return datetime.fromisoformat(later) < datetime.fromisoformat(earlier) - CLOCKS_APART
    except (ValueError, TypeError):  # changed behind the program's back, which the chain tells
        return False
