"""How a text made now may differ from a frozen one: in the last digits of a number, or not at all.

Words, names and their order are compared letter by letter, numbers to a tolerance, because no two
kinds of processor round alike. There are two, by whether the crops that the network reads are the
frozen ones to the byte:

``SAME_CROPS``   the network's sums alone differ. Within 0.001, which is what two engines may
                 differ by (``runtime.choice``); whole numbers are equal.
``OTHER_CROPS``  OpenCV rounds pixels differently, one grey level here and there. Without AVX2 that
                 moved a logit by up to 0.02 and a probability by 0.001; whole numbers, which are
                 counted or rounded from others, may differ by one.

Where numbers are printed for people, one more or less in the last digit is no difference: a small
one can carry a number over the point where it is rounded.
"""

import re
from dataclasses import dataclass
from itertools import zip_longest

NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?!\w|\.\d)")


@dataclass(frozen=True)
class Tolerance:
    """``absolute`` and ``relative`` are added up; ``whole`` is for numbers without a point."""

    absolute: float
    relative: float
    whole: int


SAME_CROPS = Tolerance(1e-3, 1e-3, 0)
OTHER_CROPS = Tolerance(0.05, 0.02, 1)


def differences(
    frozen: str, made: str, tolerance: Tolerance, *, printed: bool = False
) -> list[str]:
    """Each line that differs by more than it may, as it was and as it is."""
    pairs = zip_longest(frozen.splitlines(), made.splitlines())
    return [
        f"line {n}: {was!r} became {now!r}"
        for n, (was, now) in enumerate(pairs, start=1)
        if was is None or now is None or not _alike(was, now, tolerance, printed)
    ]


def _alike(was: str, now: str, tolerance: Tolerance, printed: bool) -> bool:
    """Split at their numbers, the texts between them are equal."""
    parts = list(zip_longest(NUMBER.split(was), NUMBER.split(now)))
    return was == now or all(
        a == b or (place % 2 == 1 and a and b and _close(a, b, tolerance, printed))
        for place, (a, b) in enumerate(parts)
    )


def _close(was: str, now: str, tolerance: Tolerance, printed: bool) -> bool:
    if was.isdecimal() and now.isdecimal():
        return abs(int(was) - int(now)) <= tolerance.whole
    allowed = tolerance.absolute + tolerance.relative * abs(float(was))
    if printed:
        allowed = max(allowed, 1.001 * 10.0 ** -len(was.partition(".")[2]))
    return abs(float(was) - float(now)) <= allowed
