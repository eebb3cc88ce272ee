"""When what failed may be tried again, for everything that is sent to another machine."""

from collections.abc import Callable
from pathlib import Path


class Waits:
    """When what failed may be tried again: after a wait that doubles each time."""

    def __init__(self, first: float, longest: float, clock: Callable[[], float]) -> None:
        self._first, self._longest, self._clock = first, longest, clock
        self._failures: dict[Path | None, tuple[int, float]] = {}

    def over(self, key: Path | None) -> bool:
        """Whether it may be tried; what never failed may."""
        return self._failures.get(key, (0, 0.0))[1] <= self._clock()

    def failures(self, key: Path | None) -> int:
        """How often it failed since it last went through."""
        return self._failures.get(key, (0, 0.0))[0]

    def failed(self, key: Path | None, at_least: float = 0.0) -> float:
        """Note a failure; the seconds to wait, of which the other side may have asked for some."""
        times = self.failures(key)
        doubled = min(self._longest, self._first * 2.0 ** min(times, 30))
        seconds = max(doubled, at_least)
        self._failures[key] = (times + 1, self._clock() + seconds)
        return seconds

    def done(self, key: Path | None) -> None:
        """Forget its failures."""
        self._failures.pop(key, None)
