"""The bars that a run draws of its progress by default."""

import sys
from typing import Final, TextIO

from tqdm import tqdm

_SLOW: Final = 15.0  # seconds between two lines in a log file, where a bar cannot move


class Bars:
    """A ``Progress`` with one bar a stage on stderr, finished when full or by ``close``."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._stage = ""
        self._bar: tqdm | None = None

    def __call__(self, stage: str, done: float, total: float = 1, note: str = "", /) -> None:
        """Move the stage's bar, made anew when the stage changes."""
        if self._bar is None or stage != self._stage:
            self.close()
            slow = 0.1 if self._stream.isatty() else _SLOW
            self._stage = stage
            self._bar = tqdm(
                total=total, desc=stage, file=self._stream, mininterval=slow, maxinterval=slow
            )
        if note:
            self._bar.set_postfix_str(note, refresh=False)
        self._bar.update(done - self._bar.n)
        if done >= total:
            self.close()  # what is printed next stands on a line of its own

    def close(self) -> None:
        """Finish the bar that is open."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
