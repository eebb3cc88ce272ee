"""A line of the log says what happened and where, and nothing of what was given.

Of the lines themselves; ``tests/browser/test_log.py`` reads those of a served dashboard.
"""

import ast
import json
import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone import logs
from face2bone.cli import main
from face2bone.errors import PatientError
from face2bone.modalities.mediapipe_task import quiet_stderr

PACKAGE = Path(logs.__file__).parent
WRITES = {"debug", "info", "warning", "error", "critical", "exception", "log"}
FAULTS = ("fault", "logs.fault")
OURS, THEIRS = "face2bone.records.store", "some.library"


def raised(value: str, kind: type[Exception] = ValueError) -> Exception:
    """An error that says ``value``, and so does its cause."""
    try:
        try:
            raise KeyError(value)
        except KeyError as error:
            raise kind(value) from error
    except kind as error:
        vars(error)["_face2bone_error_id"] = "7F3A-91C2"
        return error


Line = dict[str, Any]


def line(name: str, message: str, error: Exception | None = None, /, **extra: object) -> Line:
    """What becomes of a record with these parts."""
    given = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord(name, logging.ERROR, __file__, 7, message, (), given)
    vars(record).update(extra, created=1e9)
    found: Line = json.loads(logs.JsonLine().format(record))
    return found


def test_a_fault_says_kind_place_and_id(caplog: pytest.LogCaptureFixture) -> None:
    error = raised("Li Wei")
    assert logs.fault(logging.getLogger(OURS), error) == "7F3A-91C2"
    found = json.loads(logs.JsonLine().format(caplog.records[-1]))
    at = [re.sub(r"\d+$", "n", one) for one in found.pop("at") + found.pop("cause_at")]
    assert at == [f"{__name__}:n"] * 2
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "ERROR",
        "event": "A fault",
        "error": "7F3A-91C2",
        "type": "ValueError",
        "cause": "KeyError",
    }
    assert "Li Wei" not in caplog.text


def test_the_system_says_why_by_its_symbol() -> None:
    assert line(OURS, "x", OSError(28, "No space left", "/home/li/wei.jpg"))["errno"] == "ENOSPC"


def test_only_frames_of_ours_and_the_last_are_named() -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("{Li Wei")
    assert [one.partition(":")[0] for one in logs.told(caught.value)["at"]] == ["json.decoder"]


def test_every_error_has_an_id_of_its_own_and_keeps_it() -> None:
    one, other = ValueError(), ValueError()
    assert logs.error_id(one) == logs.error_id(one) != logs.error_id(other)


def test_a_typed_error_is_no_fault() -> None:
    found = line(THEIRS, "Uncaught app execution", raised("Li Wei", PatientError))
    assert (found["level"], found["event"], found["type"]) == ("INFO", "Refused", "PatientError")
    assert "error" not in found


@given(st.text(), st.binary(max_size=30), st.integers())
def test_no_line_depends_on_what_was_given(text: str, data: bytes, number: int) -> None:
    for value in (text, str(data), f"/home/li/{text}.jpg", f"P-{number}"):
        extra = {"name_typed": value, "patient": value, "path": value, "picture": f"x{value}"}
        assert line(OURS, "Saved", raised(value), **extra) == line(OURS, "Saved", raised(""))
        assert line(THEIRS, value, raised(value), **extra, type=value) == line(
            THEIRS, "", raised("")
        )


@given(st.text())
def test_a_field_is_of_its_shape_or_left_out(text: str) -> None:
    for name, shape in logs.FIELDS.items():
        found = line(OURS, "Saved", **{name: text}).get(name)
        assert found == (text if shape.fullmatch(text) else None)
    assert not any(shape.fullmatch("Li Wei") for shape in logs.FIELDS.values())


def log_calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in FAULTS or (
                called.lower().startswith("_log.") and called.partition(".")[2] in WRITES
            ):
                yield node


def test_every_sentence_is_a_fixed_one() -> None:
    """A value in it would pass: the formatter takes a sentence of ours as it is."""
    seen = 0
    for path in PACKAGE.rglob("*.py"):
        for call in log_calls(ast.parse(path.read_text("utf-8"))):
            if path.name == "logs.py" and "event" in ast.unparse(call):
                continue
            sentence = call.args[2:] if ast.unparse(call.func) in FAULTS else call.args
            assert all(isinstance(one, ast.Constant) for one in sentence), (path, call.lineno)
            assert len(sentence) < 2, (path, call.lineno)
            named = {one.arg for one in call.keywords} - {"extra"}
            assert named <= set(logs.FIELDS), (path, call.lineno)
            seen += 1
    assert seen > 15


Read = Callable[[], list[Line]]


@pytest.fixture
def read(capfd: pytest.CaptureFixture[str]) -> Read:
    return lambda: [json.loads(one) for one in capfd.readouterr().err.splitlines()]


def test_libraries_warnings_and_threads_write_lines_too(read: Read) -> None:
    def ends() -> None:
        raise RuntimeError("Li Wei")

    theirs = logging.getLogger(THEIRS)
    theirs.addHandler(logging.StreamHandler(sys.stderr))
    theirs.propagate = False
    with logs.kept():
        theirs.warning("/home/li/wei.jpg")
        theirs.info("Li Wei")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("Li Wei", UserWarning, stacklevel=1)
        thread = threading.Thread(target=ends)
        thread.start()
        thread.join()
    found = read()
    assert [(one.get("library"), one.get("type")) for one in found] == [
        (THEIRS, None),
        (None, "UserWarning"),
        (None, "RuntimeError"),
    ]
    assert theirs.propagate is False
    assert len(theirs.handlers) == 1
    theirs.handlers.clear()


def test_no_line_is_lost_while_a_library_is_silenced(read: Read) -> None:
    log, quiet, done = logging.getLogger(OURS), threading.Event(), threading.Event()

    def elsewhere() -> None:
        quiet.wait()
        for number in range(100):
            log.info("Saved", extra={"times": number})
        done.set()

    with logs.kept():
        thread = threading.Thread(target=elsewhere)
        thread.start()
        with quiet_stderr():
            os.write(2, b"W0000 some library\n")
            quiet.set()
            done.wait()
        thread.join()
    assert [one["times"] for one in read()] == [str(number) for number in range(100)]


def test_a_line_that_cannot_be_written_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with logs.kept():
        logging.getLogger().handlers[-1].stream.close()  # type: ignore[attr-defined]
        logs.fault(logging.getLogger(OURS), ValueError("Li Wei"))
    assert "Li Wei" not in capfd.readouterr().err


def test_a_command_that_fails_says_an_id_which_the_log_has_too(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("Li Wei at /home/li/wei.jpg")

    monkeypatch.setattr("face2bone.doctor.run_checks", fails)
    monkeypatch.setattr(sys, "argv", ["face2bone", "doctor"])
    with pytest.raises(SystemExit) as stopped:
        main()
    told = capfd.readouterr()
    logged, sentence = told.err.splitlines()
    assert stopped.value.code == 5
    assert json.loads(logged)["error"] in sentence
    assert json.loads(logged)["at"][0].startswith("face2bone.cli")
    assert "Li" not in told.err
