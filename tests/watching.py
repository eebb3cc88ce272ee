"""Which files a piece of code opens for writing, by Python's own audit events."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_watches: list[list[str]] = []


@contextmanager
def files_written() -> Iterator[list[str]]:
    """A list that grows by every file that any thread opens for writing meanwhile."""
    _watch()
    _watches.append([])
    try:
        yield _watches[-1]
    finally:
        _watches.pop()


@cache
def _watch() -> None:
    """Once and for good: Python takes no hook back."""
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _watches and event == "open":
        path, mode, flags = arguments
        written = isinstance(mode, str) and set(mode) & set("wax+")
        if written or (isinstance(flags, int) and flags & _WRITES):
            _watches[-1].append(str(path))
