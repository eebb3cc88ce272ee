"""The newest hash of the audit trail, noted outside the database each time something is written.

A trail whose end was cut off, or that was written anew from its beginning, is whole in itself:
only a hash noted where the database's administrator cannot reach shows what is missing. A line
holds the entry's number, its hash and the moment in UTC; nothing of a person.
"""

import errno
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

from face2bone import clock
from face2bone.errors import RecordsUnavailable
from face2bone.words import message

SYSLOG: Final = "syslog"
_LINE: Final = re.compile(r"(\d{1,15}) ([0-9a-f]{64}) (\S+)\n?")


class HeadLog(Protocol):
    """Where heads are noted."""

    def note(self, sequence: int, head: str) -> None:
        """Note that entry ``sequence`` has this hash; raises ``OSError`` where that fails."""

    def faults(self, hashes: Mapping[int, str]) -> Iterator[str]:
        """What of the heads noted so far is not in a trail (number -> hash), in words."""


class HeadFile:
    """Heads in a file of its own, such as one on a share to which one may only append."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, sequence: int, head: str) -> None:
        """One line, on the disk when this returns."""
        line = _line(sequence, head).encode()
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(handle, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(handle)
        finally:
            os.close(handle)

    def faults(self, hashes: Mapping[int, str]) -> Iterator[str]:
        """Raises ``RecordsUnavailable`` where the file is there and cannot be read."""
        try:
            lines = self.path.read_text("ascii", "replace").splitlines()
        except FileNotFoundError:
            if hashes:
                yield (
                    "no head is noted in the file of FACE2BONE_RECORDS_HEADS: "
                    "it is gone, or nothing was written since it was set up"
                )
            return
        except OSError as error:
            raise RecordsUnavailable(
                message(
                    "The file of FACE2BONE_RECORDS_HEADS cannot be read ({reason}). "
                    "Check its rights, and that its disk is connected.",
                    reason=error.strerror or type(error).__name__,
                )
            ) from error
        yield from _faults(lines, hashes)


class SystemLog:
    """Heads in the system's log, which a site may send to another machine."""

    def note(self, sequence: int, head: str) -> None:
        """One message of the facility auth."""
        import syslog  # of Unix alone

        syslog.syslog(
            syslog.LOG_AUTH | syslog.LOG_NOTICE, f"face2bone records {_line(sequence, head)}"
        )

    def faults(self, hashes: Mapping[int, str]) -> Iterator[str]:
        """None: it cannot be read back from here; give a head from it to ``records-verify``."""
        return iter(())


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


def _line(sequence: int, head: str) -> str:
    return f"{sequence} {head} {clock.now().isoformat(timespec='seconds')}\n"


def _faults(lines: Iterable[str], hashes: Mapping[int, str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        noted = _LINE.fullmatch(line)
        if noted is None:
            yield f"line {number} of the noted heads is none that Face2Bone wrote"
        elif hashes.get(int(noted[1])) != noted[2]:
            missing = int(noted[1]) not in hashes
            said = "is no longer in the trail" if missing else "has another hash now"
            yield f"entry {noted[1]}, noted on {noted[3]}, {said}"
