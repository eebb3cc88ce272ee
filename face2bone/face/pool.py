"""Detectors that threads may not share, lent to one call at a time."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from face2bone.face.search import Detector


class DetectorPool:
    """Makes a detector when none is idle; keeps those that worked for the next call.

    A forked child process starts with an empty pool, because threads do not survive a fork.
    """

    def __init__(self, make: Callable[[], Detector]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._idle: list[Detector] = []
        self._process = os.getpid()

    @contextmanager
    def lend(self) -> Iterator[Detector]:
        """A detector nobody else has; one that raised is not lent again."""
        detector = self._take() or self._make()
        yield detector
        with self._lock:
            self._idle.append(detector)

    def _take(self) -> Detector | None:
        with self._lock:
            if self._process != os.getpid():
                self._idle, self._process = [], os.getpid()
            return self._idle.pop() if self._idle else None
