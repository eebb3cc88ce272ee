"""Detectors are lent to one call at a time."""

import os
import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.face.pool import DetectorPool


class Counting:
    """A detector that notices being called by two threads at once."""

    made = 0

    def __init__(self) -> None:
        type(self).made += 1
        self.busy = threading.Lock()

    def __call__(self, square: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        assert self.busy.acquire(blocking=False)
        threading.Event().wait(0.002)
        self.busy.release()
        return []


@pytest.fixture
def pool() -> DetectorPool:
    Counting.made = 0
    return DetectorPool(Counting)


def test_one_caller_needs_one_detector(pool: DetectorPool) -> None:
    for _ in range(5):
        with pool.lend() as detect:
            detect(np.zeros((4, 4, 3), np.uint8))
    assert Counting.made == 1


def test_threads_never_share(pool: DetectorPool) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                with pool.lend() as detect:
                    detect(np.zeros((4, 4, 3), np.uint8))
        except BaseException as error:  # noqa: BLE001 - reported by the main thread
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Counting.made <= 8


def test_a_detector_that_failed_is_not_lent_again(pool: DetectorPool) -> None:
    with pytest.raises(RuntimeError, match="broken"), pool.lend():
        raise RuntimeError("broken")
    with pool.lend():
        pass
    assert Counting.made == 2


def test_a_forked_child_makes_its_own(pool: DetectorPool, monkeypatch: pytest.MonkeyPatch) -> None:
    with pool.lend():
        pass
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pool.lend():
        pass
    assert Counting.made == 2
