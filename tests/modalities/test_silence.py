"""File descriptor 2 is quiet inside the block and itself again after it."""

import os

import pytest

from face2bone.modalities.silence import quiet_stderr


def test_c_level_lines_are_swallowed(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_stderr():
        os.write(2, b"W0000 some library\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_a_failure_keeps_what_was_written(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with quiet_stderr():
            os.write(2, b"E0000 the reason\n")
            raise RuntimeError("graph")

    with pytest.raises(RuntimeError, match="graph"):
        fail()
    assert capfd.readouterr().err == "E0000 the reason\n"


def test_descriptors_do_not_leak() -> None:
    with quiet_stderr():
        pass
    first = os.dup(0)
    os.close(first)
    for _ in range(20):
        with quiet_stderr():
            pass
    second = os.dup(0)
    os.close(second)
    assert first == second
