"""The newest hash of the audit trail, noted outside the database each time something is written.

A trail whose end was cut off, or that was written anew from its beginning, is whole in itself, and
so is one to which somebody added an entry: only hashes noted where the database's administrator
cannot reach show what is missing and what nobody noted. Each write notes its last entry twice:

    number hash moment writing      inside the transaction, before it is kept
    number hash moment              once it is kept

The first covers a write that was kept when the program was killed before the second; alone it does
not say that there was one. A line holds nothing of a person.
"""

import errno
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from sqlalchemy import RowMapping

from face2bone import clock
from face2bone.errors import RecordsUnavailable
from face2bone.words import message

SYSLOG: Final = "syslog"
WRITING: Final = "writing"
_LINE: Final = re.compile(rf"(\d{{1,15}}) ([0-9a-f]{{64}}) (\S+)( {WRITING})?")

Entry = Mapping[str, Any] | RowMapping


class HeadLog(Protocol):
    """Where heads are noted."""

    def note(self, sequence: int, head: str, *, kept: bool) -> None:
        """Note that entry ``sequence`` has this hash, and whether it is kept or about to be.

        Raises ``OSError`` where that fails.
        """

    def noted(self) -> tuple[str, ...] | None:
        """The lines noted so far; None where they cannot be read back from here."""


class HeadFile:
    """Heads in a file of its own, such as one on a share to which one may only append."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, sequence: int, head: str, *, kept: bool) -> None:
        """One line, on the disk when this returns."""
        line = f"{_line(sequence, head, kept)}\n".encode()
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(handle, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(handle)
        finally:
            os.close(handle)

    def noted(self) -> tuple[str, ...]:
        """Empty where there is no file; raises ``RecordsUnavailable`` where it cannot be read."""
        try:
            return tuple(self.path.read_text("ascii", "replace").splitlines())
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise RecordsUnavailable(
                message(
                    "The file of FACE2BONE_RECORDS_HEADS cannot be read ({reason}). "
                    "Check its rights, and that its disk is connected.",
                    reason=error.strerror or type(error).__name__,
                )
            ) from error


class SystemLog:
    """Heads in the system's log, which a site may send to another machine."""

    def note(self, sequence: int, head: str, *, kept: bool) -> None:
        """One message of the facility auth."""
        import syslog  # of Unix alone

        line = _line(sequence, head, kept)
        syslog.syslog(syslog.LOG_AUTH | syslog.LOG_NOTICE, f"face2bone records {line}")

    def noted(self) -> None:
        """It cannot be read back from here; give a head from it to ``records-verify``."""


def head_log(where: str | None) -> HeadLog | None:
    """What ``FACE2BONE_RECORDS_HEADS`` names: a file, ``syslog``, or nothing.

    Raises ``RecordsUnavailable`` for the system's log on a system without one.
    """
    if where != SYSLOG:
        return HeadFile(Path(where)) if where else None
    if sys.platform == "win32":
        raise RecordsUnavailable(
            message("Windows has no syslog. Set FACE2BONE_RECORDS_HEADS to a file instead.")
        )
    return SystemLog()


def head_faults(
    before: Sequence[str], after: Sequence[str], trail: Sequence[Entry]
) -> Iterator[str]:
    """What a trail and the lines noted of it do not have in common, in words.

    Others may be writing: ``before`` are the lines from before the trail was read, each of an entry
    that has to be in it, ``after`` those from after, of which every entry has to have one.
    """
    if trail and not any(_LINE.fullmatch(line) for line in after):
        yield (
            "no head is noted in the file of FACE2BONE_RECORDS_HEADS: "
            "it is gone or empty, or nothing was written since it was set up"
        )
    yield from _missing(before, {row["sequence"]: row["entry_hash"] for row in trail})
    yield from _never_noted(after, trail)


def _line(sequence: int, head: str, kept: bool) -> str:
    moment = clock.now().isoformat(timespec="seconds")
    return f"{sequence} {head} {moment}" + ("" if kept else f" {WRITING}")


def _missing(lines: Iterable[str], hashes: Mapping[int, str]) -> Iterator[str]:
    """Lines that no program of ours wrote, and entries that were kept and are not there."""
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line)
        if found is None:
            yield f"line {number} of the noted heads is none that Face2Bone wrote"
        elif not found[4] and hashes.get(int(found[1])) != found[2]:
            missing = int(found[1]) not in hashes
            said = "is no longer in the trail" if missing else "has another hash now"
            yield f"entry {found[1]}, noted on {found[3]}, {said}"


def _never_noted(lines: Iterable[str], trail: Sequence[Entry]) -> Iterator[str]:
    """Entries after the first noted one of which no line speaks, but for those ``_missing`` names.

    A write notes its last entry, and all its entries are of one moment.
    """
    found = [line for line in map(_LINE.fullmatch, lines) if line]
    noted = {(int(line[1]), line[2]) for line in found}
    told = {int(line[1]) for line in found if not line[4]}
    if not noted:
        return
    first, moment, unknown = min(noted)[0], "", list[Entry]()
    for row in reversed([row for row in trail if row["sequence"] > first]):
        if (row["sequence"], row["entry_hash"]) in noted:
            moment = row["at"]
        elif row["at"] != moment:
            moment = ""
            unknown += [row] if row["sequence"] not in told else []
    yield from map(_unknown, reversed(unknown))


def _unknown(row: Entry) -> str:
    return (
        f"entry {row['sequence']} ({row['action']}, {row['at']}) was never noted outside the "
        "database: it was added past Face2Bone, or by a Face2Bone without "
        "FACE2BONE_RECORDS_HEADS, or the log of that moment says that noting failed"
    )
