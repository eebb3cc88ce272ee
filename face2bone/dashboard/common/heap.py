"""The C library's heaps: few of them, and what is free in them goes back to the system.

Streamlit draws every page in a thread of its own. glibc makes up to eight heaps for each processor,
and each in which a thread has once looked for a face holds some 15 MB afterwards. What is freed
stays in a heap too, unless it happens to lie at its end: what eight photos and two explanations
took at once would stay with the process for good. Measured in docs/evidence/performance.md.

Elsewhere than on glibc both do nothing.
"""

import ctypes
from contextlib import suppress
from typing import Final

HEAPS: Final = 2
"""Measured on two processors. Neither large arrays nor Python's small objects lie in any."""
_M_ARENA_MAX: Final = -8  # glibc's malloc.h
_NOT_THERE: Final = (OSError, TypeError, AttributeError)


def few_heaps() -> None:
    """From now on make no more heaps than ``HEAPS``; to be called before there are many threads."""
    with suppress(*_NOT_THERE):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, HEAPS)


def hand_back() -> None:
    """Give the system the memory that nobody uses.

    This takes some milliseconds, and up to a tenth of a second after explanations.
    """
    with suppress(*_NOT_THERE):
        ctypes.CDLL(None).malloc_trim(0)
