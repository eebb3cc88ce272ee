"""Sending what lies in the outbox, until the server has it or will never take it."""

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from face2bone.careful import bytes_of
from face2bone.errors import SendError
from face2bone.hospital.fhir.outbox import Outbox
from face2bone.hospital.fhir.server import Reply, Server, Verdict
from face2bone.hospital.fhir.transaction import kinds_of
from face2bone.hospital.waits import Waits
from face2bone.logs import fault

PULSE: Final = 0.5
"""Seconds between two looks at the outbox."""
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 300.0
"""Seconds until what failed is sent again; each wait is twice the one before."""

_SAID: Final = ("DiagnosticReport", "Task")
"""What a person means by the report: the server has the patient before, and often the device."""

_log = logging.getLogger(__name__)


class Delivery:
    """One outbox to one server.

    sent: how many reports the server has; known: how many of them it had already. refused: how many
    were put aside. shut: it takes nothing from us.
    """

    def __init__(self, server: Server, outbox: Outbox, first_wait: float = FIRST_WAIT) -> None:
        self._server, self._outbox = server, outbox
        self._waits = Waits(first_wait, LONGEST_WAIT, time.monotonic)
        self._troubles, self._shut = dict[Path, str](), set[Path]()
        self.sent = self.known = self.refused = 0
        self.shut = False

    @property
    def trouble(self) -> str:
        """Why the last that failed and still waits was not taken; "" where none did."""
        return next(reversed(self._troubles.values()), "")

    def run(self, stopped: threading.Event, seconds: float = math.inf) -> None:
        """Send until nothing waits or so many seconds are over; without any, until stopped.

        Raises ``OSError`` where the outbox cannot be written, if it does not go on for ever.
        """
        deadline, self.shut = time.monotonic() + seconds, False
        self._shut.clear()
        while not stopped.is_set():
            some_wait = self._round(stopped.is_set, seconds)
            left = deadline - time.monotonic()
            is_done = self.shut or not some_wait or left <= 0
            if is_done and math.isfinite(seconds):
                return
            stopped.wait(min(PULSE, left))

    def _round(self, stopped: Callable[[], bool], seconds: float) -> bool:
        """Whether anything waits after it."""
        try:
            self.send(stopped)
            return bool(self._outbox.waiting())
        except OSError as error:
            if math.isfinite(seconds):
                raise
            seconds = round(self._waits.failed(None))
            fault(_log, error, "A file cannot be read or written", seconds=seconds)
            return True

    def send(self, stopped: Callable[[], bool]) -> None:
        """Send once all that is due, until the server fails or somebody stops it.

        Who failed least goes first: one that fails again and again so keeps no other waiting.
        """
        for path in sorted(self._outbox.waiting(), key=self._waits.failures):
            if stopped() or not self._waits.over(None):
                return
            if self._waits.over(path):
                self._send(path)

    def _send(self, path: Path) -> None:
        try:
            data = bytes_of(path)
            kinds = kinds_of(data)
        except FileNotFoundError:  # somebody deleted it
            return
        except OSError as error:  # not ours to read, or a damaged disk: the others go on
            why = f"its file cannot be read ({error.strerror})"
            self._noted(path, Reply(Verdict.LATER, why, error=type(error).__name__))
            return
        except (SendError, ValueError) as error:
            self._noted(path, Reply(Verdict.REFUSED, "the file is damaged", str(error)))
            return
        try:
            reply = self._server.post(data, len(kinds))
        except SendError as error:  # of the token's or the authority's file
            reply = Reply(Verdict.SHUT, str(error), error=type(error).__name__)
        self._noted(path, reply)
        self.known += _was_there(kinds, reply)

    def _noted(self, path: Path, reply: Reply) -> None:
        fields = {"report": path.name[:8], "http": reply.status, "type": reply.error}
        if reply.verdict is Verdict.KEPT:
            self._outbox.sent(path)
            self.sent += 1
            _log.info("Sent a report", extra=fields)
        elif reply.verdict is Verdict.REFUSED:
            self._outbox.refuse(path, f"{reply.why}\n{reply.said}\n")
            self.refused += 1
            _log.error("A report was refused and put aside", extra=fields)
        else:
            seconds = round(self._failed(path, reply))
            _log.warning("A report was not taken", extra={**fields, "seconds": seconds})
            self._outbox.behind(path)
            return
        self._shut.clear()
        self._troubles.pop(path, None)
        self._waits.done(path)
        self._waits.done(None)

    def _failed(self, path: Path, reply: Reply) -> float:
        """Wait with this file, and with all of them where the server is at fault; the seconds.

        Some servers are down or shut for one patient only. So the server counts as shut to us when
        it was to two reports in a row, or to the only one.
        """
        self._troubles.pop(path, None)
        self._troubles[path] = reply.why
        self._shut = {*self._shut, path} if reply.verdict is Verdict.SHUT else set()
        self.shut = bool(self._shut) and len(self._shut) >= min(2, len(self._outbox.waiting()))
        seconds = self._waits.failed(path, reply.wait)
        if reply.verdict is Verdict.LATER:
            return seconds
        return self._waits.failed(None, reply.wait)


def _was_there(kinds: Sequence[str], reply: Reply) -> bool:
    """Whether the server kept the report, and the Task where one goes along, as it had them."""
    said = {part for kind, part in zip(kinds, reply.parts, strict=False) if kind in _SAID}
    return said == {"200"}
