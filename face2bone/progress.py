"""How far a computation has come: what every floor calls to say it.

Whatever is raised in such a call ends the computation, which keeps nothing half-done.
"""

from collections.abc import Callable
from typing import Protocol

UnitsDone = Callable[[int, int], None]
"""Called within one stage with how many units are done and how many there are."""
FractionDone = Callable[[float], None]
"""Called within one stage with the fraction of it that is done, in (0, 1]."""


class Progress(Protocol):
    """Told what has been done of a work of several stages."""

    def __call__(self, stage: str, done: float, total: float = 1, note: str = "", /) -> None:
        """``done`` of ``total`` units of a stage; ``note`` is a short remark such as a loss."""
        ...


def silent(stage: str, done: float, total: float = 1, note: str = "", /) -> None:
    """A ``Progress`` for nobody."""


def counted(progress: Progress, stage: str) -> UnitsDone:
    """What a computation that is this one stage is to call.

    >>> counted(print, "aligning")(2, 9)
    aligning 2 9
    """
    return lambda done, total: progress(stage, done, total)


def part(progress: Progress, stage: str, index: int = 0, count: int = 1) -> FractionDone:
    """What the part ``index`` of ``count`` equal parts of a stage is to call.

    >>> part(print, "regions", 1, 2)(0.5)
    regions 0.75
    """
    return lambda fraction: progress(stage, (index + fraction) / count)
