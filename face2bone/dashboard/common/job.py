"""One long computation in a thread beside the page, which the page can watch and stop.

A page that computed by itself would show nothing more until it was done, and every click
would start it over. A job runs on while the page is used. It belongs to the session that
started it: it is kept nowhere else, and when the session lets go of it, it stops, or leaves the
line in which it waits for its turn among the jobs of all sessions.
"""

import threading
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from face2bone.dashboard.common.waiting_line import Line, shared_line
from face2bone.errors import Face2BoneError, LineFull, to_keep

if TYPE_CHECKING:
    from face2bone.progress import Progress

T = TypeVar("T")


class _Stopped(Exception):
    """Raised in a computation's progress call to end it."""


class _State(Generic[T]):
    """What the thread and the job share; the thread never holds the job itself."""

    def __init__(self, work: "Callable[[Progress], T]", steps: Mapping[str, str]) -> None:
        self._work, self._steps = work, steps
        self.at = next(iter(steps.values())), 0.0
        self.stop, self.over = threading.Event(), threading.Event()
        self.found: list[T] = []
        self.error: Exception | None = None

    def report(self, stage: str, done: float, total: float = 1, _note: str = "", /) -> None:
        if self.stop.is_set():
            raise _Stopped
        words, _ = self.at
        self.at = self._steps.get(stage, words), min(max(done / total, 0.0), 1.0)

    @property
    def left(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.stop.is_set()

    def run(self) -> None:
        """Do the work, unless it was stopped before its turn came."""
        try:
            if self.left:
                raise _Stopped
            found = self._work(self.report)
            # Stopped in its last breath: nobody waits for it, so nothing is kept.
            if not self.stop.is_set():
                self.found.append(found)
        except _Stopped:
            pass
        except Face2BoneError as error:
            self.error = to_keep(error)
        except Exception as error:  # noqa: BLE001  raised again where the result is asked for
            self.error = error
        finally:
            self.over.set()


class Job(Generic[T]):
    """A computation that runs as soon as its turn has come.

    ``work`` gets the progress callback to call. It is stopped by an exception raised in that
    callback, so it must call it often enough and keep nothing of its own. ``steps`` says in words
    what each step that it reports does, the first of them first: there the job is before it has
    reported anything. ``line`` is where it waits for its turn; the process's without one.
    """

    def __init__(
        self,
        work: "Callable[[Progress], T]",
        steps: Mapping[str, str],
        line: Line | None = None,
    ) -> None:
        self._state: _State[T] = _State(work, steps)
        self._line = line or shared_line()
        weakref.finalize(self, self._state.stop.set)
        try:
            self._line.join(self._state)
        except LineFull as error:  # told where its result is asked for, and can be tried again
            self._state.error = to_keep(error)
            self._state.over.set()

    @property
    def over(self) -> bool:
        """Whether it has ended: done, stopped or failed."""
        return self._state.over.is_set()

    @property
    def stopped(self) -> bool:
        """Whether it was stopped; nothing of it is kept."""
        return self._state.stop.is_set() and not self._state.found

    @property
    def progress(self) -> tuple[str, float]:
        """What it is doing, in words, and the fraction of that done, in [0, 1]."""
        return self._state.at

    @property
    def before(self) -> int | None:
        """How many jobs, of whichever session, go first; None once this one has begun."""
        return self._line.before(self._state)

    def stop(self) -> None:
        """Leave the line, or end at the next progress call; once done, this does nothing."""
        self._state.stop.set()
        if self._line.leave(self._state):
            self._state.over.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is over, at most ``seconds``; returns ``over``."""
        return self._state.over.wait(seconds)

    def result(self) -> T | None:
        """What was found, or None while it runs and after it was stopped.

        Raises what the computation raised.
        """
        error = self._state.error
        if error is not None:
            raise to_keep(error) if isinstance(error, Face2BoneError) else error
        return self._state.found[0] if self._state.found else None
