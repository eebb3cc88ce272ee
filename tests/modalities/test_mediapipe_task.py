"""What every landmarker of MediaPipe shares: its file, its start, one for each process."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from face2bone.errors import SettingsError
from face2bone.modalities.mediapipe_task import OnePerProcess, model_bytes, quiet_stderr, started


class Landmarker:
    _handle = 1


def test_a_model_is_read_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.task"
    path.write_bytes(b"model")
    assert model_bytes(path, None, "Advice.", "Changed.") == b"model"
    good = hashlib.sha256(b"model").hexdigest()
    assert model_bytes(path, good, "Advice.", "Changed.") == b"model"
    with pytest.raises(SettingsError, match=r"^Changed\.$"):
        model_bytes(path, "0" * 64, "Advice.", "Changed.")
    with pytest.raises(SettingsError, match=r"gone\.task cannot be read \(No such.*\)\. Advice\."):
        model_bytes(tmp_path / "gone.task", None, "Advice.", "Changed.")


def test_one_is_made_for_each_process(monkeypatch: pytest.MonkeyPatch) -> None:
    made = OnePerProcess(object)
    first = made.get()
    assert made.get() is first
    monkeypatch.setattr("face2bone.modalities.mediapipe_task.os.getpid", lambda: -1)
    assert made.get() is not first


def test_a_landmarker_starts_after_its_first_look() -> None:
    seen: list[Landmarker] = []
    landmarker = started(Landmarker, seen.append, "Refused.")
    assert seen == [landmarker]


def test_one_that_refuses_is_a_settings_error() -> None:
    def refuse(_: object) -> None:
        raise RuntimeError("graph")

    with pytest.raises(SettingsError, match=r"^Refused\.$"):
        started(Landmarker, refuse, "Refused.")


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


FIRST_OF_A_PROCESS = """
import gc
import weakref

from face2bone.modalities.{module} import {locator}


class Picture:
    pass


def looked_at():
    picture = Picture()
    {locator}()
    return weakref.ref(picture)


picture = looked_at()
gc.collect()
print(picture() is None)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "locator"), [("hand.locator", "shared_hand_locator"), ("face", "shared_locator")]
)
def test_whoever_comes_first_is_not_kept_by_what_is_imported_for_them(
    module: str, locator: str
) -> None:
    code = FIRST_OF_A_PROCESS.format(module=module, locator=locator)
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "True\n"
