"""Sending what lies in the outbox, until the server has it or will never take it."""

import logging
import math
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from face2bone.careful import bytes_of
from face2bone.errors import SendError
from face2bone.hospital.fhir.outbox import Outbox
from face2bone.hospital.fhir.server import Reply, Server, Verdict
from face2bone.hospital.fhir.transaction import entries_of
from face2bone.hospital.waits import Waits
from face2bone.logs import fault

PULSE: Final = 0.5
"""Seconds between two looks at the outbox."""
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 300.0
"""Seconds until what failed is sent again; each wait is twice the one before."""

_log = logging.getLogger(__name__)


class Delivery:
    """One outbox to one server; ``sent`` and ``refused`` count, ``trouble`` says what was last."""

    def __init__(self, server: Server, outbox: Outbox, first_wait: float = FIRST_WAIT) -> None:
        self._server, self._outbox = server, outbox
        self._waits = Waits(first_wait, LONGEST_WAIT, time.monotonic)
        self.sent = self.refused = 0
        self.trouble, self.shut = "", False

    def run(self, stopped: threading.Event, seconds: float = math.inf) -> None:
        """Send until nothing waits or so many seconds are over; without any, until stopped.

        Raises ``OSError`` where the outbox cannot be written, if it does not go on for ever.
        """
        deadline, self.shut = time.monotonic() + seconds, False
        while not stopped.is_set():
            self._round(stopped.is_set, seconds)
            left = deadline - time.monotonic()
            is_done = self.shut or not self._outbox.waiting() or left <= 0
            if is_done and math.isfinite(seconds):
                return
            stopped.wait(min(PULSE, left))

    def _round(self, stopped: Callable[[], bool], seconds: float) -> None:
        try:
            self.send(stopped)
        except OSError as error:
            if math.isfinite(seconds):
                raise
            seconds = round(self._waits.failed(None))
            fault(_log, error, "A file cannot be read or written", seconds=seconds)

    def send(self, stopped: Callable[[], bool]) -> None:
        """Send once all that is due, until the server fails or somebody stops it."""
        for path in self._outbox.waiting():
            if stopped() or not self._waits.over(None):
                return
            if self._waits.over(path):
                self._send(path)

    def _send(self, path: Path) -> None:
        try:
            data = bytes_of(path)
            entries = entries_of(data)
        except (SendError, ValueError) as error:
            self._noted(path, Reply(Verdict.REFUSED, "the file is damaged", str(error)))
            return
        try:
            reply = self._server.post(data, entries)
        except SendError as error:  # of the token's or the authority's file
            reply = Reply(Verdict.SHUT, str(error), error=type(error).__name__)
        self._noted(path, reply)

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
            return
        self._waits.done(path)
        self._waits.done(None)

    def _failed(self, path: Path, reply: Reply) -> float:
        """Wait with this file, and with all of them where the server is at fault; the seconds.

        A file that never goes through so keeps nobody waiting: its own wait outlasts the other.
        """
        self.trouble, self.shut = reply.why, reply.verdict is Verdict.SHUT
        seconds = self._waits.failed(path, reply.wait)
        if reply.verdict is Verdict.LATER:
            return seconds
        return self._waits.failed(None, reply.wait)
