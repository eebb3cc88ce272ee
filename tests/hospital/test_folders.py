"""The inbox and the outbox, which are all that is known after a restart."""

import os
import re
from pathlib import Path

import pytest

from face2bone.atomic_files import LEFTOVER
from face2bone.errors import ListenError
from face2bone.hospital.folders import Folders


def test_a_file_is_called_by_its_hash(folders: Folders) -> None:
    picture = folders.receive(b"meta ../../x", b"../../x")
    assert re.fullmatch("[0-9a-f]{64}", picture)
    assert folders.picture(picture) == b"meta ../../x"
    assert [one.name for one in folders.inbox.iterdir()] == [f"{picture}.dcm"]


def test_the_same_picture_is_kept_once_and_another_beside_it(folders: Folders) -> None:
    first, again, other = (folders.receive(b"meta" + one, one) for one in (b"a", b"a", b"b"))
    assert first == again
    assert sorted(folders.waiting()) == sorted([first, other])


def test_the_longest_waiting_comes_first(folders: Folders) -> None:
    names = [folders.receive(one, one) for one in (b"a", b"b", b"c")]
    for name, age in zip(names, (2, 3, 1), strict=True):
        os.utime(folders.inbox / f"{name}.dcm", (1000 - age, 1000 - age))
    assert folders.waiting() == [names[1], names[0], names[2]]


def test_a_picture_leaves_when_its_whole_answer_is_there(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = folders.receive(b"a", b"a")

    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr("face2bone.hospital.folders.remove_lasting", killed)
        with pytest.raises(KeyboardInterrupt):
            folders.answered(picture, {"pdf": b"1", "capture": b"2"})
    assert folders.waiting() == [picture]
    assert len(folders.to_send()) == 2
    folders.answered(picture, {"pdf": b"1", "capture": b"2"})
    assert folders.waiting() == []
    for path in folders.to_send():
        folders.sent(path)
    assert folders.to_send() == []


def test_attempts_that_ended_in_order_are_not_counted(folders: Folders) -> None:
    def refuse() -> None:
        with folders.attempt("a"):
            raise OSError(28, "full")

    with folders.attempt("a") as first:
        pass
    with pytest.raises(OSError, match="full"):
        refuse()
    with folders.attempt("a") as second:
        attempts = (folders.inbox.parent / "attempts" / "a").read_bytes()
    assert (first, second, attempts) == (0, 0, b".")


def test_attempts_that_a_kill_ended_are(folders: Folders) -> None:
    (folders.inbox.parent / "attempts" / "a").write_bytes(b"...")
    with folders.attempt("a") as before:
        assert before == 3


def test_what_a_killed_process_left_half_written_goes(folders: Folders) -> None:
    (folders.inbox / f".a.dcm.1-2{LEFTOVER}").write_bytes(b"hal")
    with folders.held():
        assert list(folders.inbox.iterdir()) == []


def test_only_one_process_has_them(folders: Folders) -> None:
    other = Folders(folders.inbox.parent)
    with folders.held(), pytest.raises(ListenError, match="Another process"), other.held():
        pass
    with other.held():
        pass


def test_nobody_else_reads_them(folders: Folders) -> None:
    assert folders.inbox.stat().st_mode & 0o077 == 0
