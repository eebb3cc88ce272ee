"""Memory that nobody uses goes back to the system, and threads make few heaps."""

import ctypes
import os
import subprocess
import sys
from typing import NoReturn

import pytest

from face2bone.dashboard.common import heap
from tests.peak import resident_mib

MIB = 2**20
FREED = 60 * MIB  # in pieces that the C library takes from its heap
THREADS = 12
COUNTED = f"""
import sys, threading
from face2bone.dashboard.common.heap import few_heaps
if sys.argv[1] == "few":
    few_heaps()
all_there = threading.Barrier({THREADS})
def work():
    all_there.wait()  # a thread that has ended would leave its heap to the next
    held = [bytes(10_000) for _ in range(100)]
    all_there.wait()
threads = [threading.Thread(target=work) for _ in range({THREADS})]
for one in threads: one.start()
for one in threads: one.join()
import ctypes
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = libc.fdopen(1, b"w")
libc.malloc_info(0, ctypes.c_void_p(out))
libc.fflush(ctypes.c_void_p(out))
"""

on_glibc = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_info"), reason="not glibc"
)


@on_glibc
def test_freed_memory_below_what_is_still_in_use_goes_back_to_the_system() -> None:
    held = [bytes(FREED // 1000) for _ in range(1000)]
    del held[:-1]  # one is left above all that was freed
    before = resident_mib()
    heap.hand_back()
    assert before - resident_mib() > FREED / MIB / 2
    assert held


def heaps(how: str) -> int:
    """How many heaps a process of twelve threads has made."""
    told = subprocess.run(
        [sys.executable, "-c", COUNTED, how],
        capture_output=True,
        text=True,
        check=True,
        env={name: text for name, text in os.environ.items() if name != "MALLOC_ARENA_MAX"},
    )
    return told.stdout.count("<heap nr=")


@on_glibc
def test_many_threads_share_few_heaps() -> None:
    assert heaps("few") == heap.HEAPS < heaps("many")


def test_where_the_c_library_can_do_neither_nothing_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def none(_name: None) -> NoReturn:
        asked.append("a system without one")
        raise TypeError("no such library")

    def another(_name: None) -> object:
        asked.append("a library without these calls")
        return object()

    for library in (none, another):
        monkeypatch.setattr(ctypes, "CDLL", library)
        heap.few_heaps()
        heap.hand_back()
    assert asked == ["a system without one"] * 2 + ["a library without these calls"] * 2
