"""The line in which the long computations of all visitors wait for their turn.

Twenty explanations at once took 4 GB, and each uses every core, so that many at once would end the
program and none would be done sooner. A few run; the others wait in the order they came, up to a
hundred: whoever came after them would wait for most of an hour, so they are told at once.

The line holds on to nobody: it knows a computation only by a weak reference. One whose session has
ended, or that was stopped, has no place in it any more, and nothing of it stays in memory.
"""

import threading
import weakref
from collections import deque
from functools import lru_cache
from typing import Final, Protocol

from face2bone.errors import LineFull
from face2bone.settings import get_settings
from face2bone.words import plural

LONGEST: Final = 100
THREAD_NAME: Final = "job"  # like nothing of a patient: thread names reach logs


class Waiting(Protocol):
    """What stands in the line."""

    @property
    def left(self) -> bool:
        """Whether it does not want its turn any more."""
        ...

    def run(self) -> None:
        """Do all of it, in the thread that calls this; raises nothing."""
        ...


class Line:
    """At most ``most`` computations at once, first come, first served; ``longest`` may wait."""

    def __init__(self, most: int, longest: int = LONGEST) -> None:
        self._most, self._longest, self._running = most, longest, 0
        self._waiting: deque[weakref.ref[Waiting]] = deque()
        self._changing = threading.Lock()

    def join(self, one: Waiting) -> None:
        """Take the last place; ``one`` begins at once where that is not behind anybody.

        Raises ``LineFull`` where every place is taken.
        """
        with self._changing:
            if len(waiting := self._in_line()) >= self._longest:
                raise LineFull(
                    "{count} others wait for their turn, and no more are taken. "
                    "Try again in a few minutes.",
                    count=len(waiting),
                )
            self._waiting.append(weakref.ref(one))
            if self._running == self._most:
                return
            self._running += 1
        try:
            threading.Thread(target=self._serve, name=THREAD_NAME, daemon=True).start()
        except RuntimeError:  # no thread to be had; a running one will come to it
            with self._changing:
                self._running -= 1
                if not self._running:
                    raise

    def leave(self, one: Waiting) -> bool:
        """Give up a place; returns whether it had one, and so will never begin."""
        with self._changing:
            places = [reference for reference in self._waiting if reference() is one]
            for reference in places:
                self._waiting.remove(reference)
        return bool(places)

    def before(self, one: Waiting) -> int | None:
        """How many have their turn first, those that run included; None once it has begun."""
        with self._changing:
            waiting = self._in_line()
            running = self._running
        places = [place for place, other in enumerate(waiting) if other is one]
        return running + places[0] if places else None

    def _in_line(self) -> list[Waiting]:
        found = (reference() for reference in self._waiting)
        return [one for one in found if one is not None and not one.left]

    def _serve(self) -> None:
        """Do one after the other until nobody waits."""
        while (one := self._next()) is not None:
            one.run()
            del one  # nothing of it stays while this thread waits for the lock

    def _next(self) -> Waiting | None:
        with self._changing:
            while self._waiting:
                one = self._waiting.popleft()()
                if one is not None and not one.left:
                    return one
            self._running -= 1
            return None


@lru_cache(maxsize=1)
def shared_line() -> Line:
    """The one of this process; raises ``SettingsError``."""
    return Line(get_settings().explanations_at_once)


def told(before: int) -> str:
    """How many go first, in words.

    >>> told(1), told(23)
    ('One explanation before yours', '23 explanations before yours')
    """
    return plural("One explanation before yours", "{count} explanations before yours", before)
