"""How a text made now may differ from a frozen one: in the last digits of a number, or not at all.

Words, whole numbers, names and their order are compared letter by letter. A number with a decimal
point may differ by a thousandth, or by a thousandth of itself: other processors sum in another
order, and 0.001 is what two engines may differ by (``runtime.parity``). Where numbers are printed
for people, it may also differ by one in its last digit, because a small difference can carry it
over the point where it is rounded.
"""

import re
from itertools import zip_longest

NUMBER = re.compile(r"(?<![\w.])(\d+\.\d+(?:[eE][-+]?\d+)?|\d+[eE]-\d+)(?!\w|\.\d)")
ABSOLUTE = 1e-3
RELATIVE = 1e-3


def differences(frozen: str, made: str, *, printed: bool = False) -> list[str]:
    """Each line that differs by more than it may, as it was and as it is."""
    pairs = zip_longest(frozen.splitlines(), made.splitlines())
    return [
        f"line {n}: {was!r} became {now!r}"
        for n, (was, now) in enumerate(pairs, start=1)
        if was is None or now is None or not _alike(was, now, printed)
    ]


def _alike(was: str, now: str, printed: bool) -> bool:
    """Split at numbers with a decimal point, the texts between them are equal."""
    parts = list(zip_longest(NUMBER.split(was), NUMBER.split(now)))
    return was == now or all(
        a == b or (place % 2 == 1 and a and b and _close(a, b, printed))
        for place, (a, b) in enumerate(parts)
    )


def _close(was: str, now: str, printed: bool) -> bool:
    allowed = ABSOLUTE + RELATIVE * abs(float(was))
    if printed:
        allowed = max(allowed, 1.001 * 10.0 ** -len(was.partition(".")[2]))
    return abs(float(was) - float(now)) <= allowed
