"""The outbox, which is all that is known after a restart."""

import threading
from pathlib import Path

import pytest

from face2bone.atomic_files import LEFTOVER
from face2bone.errors import SendError
from face2bone.hospital.fhir.outbox import Outbox
from face2bone.hospital.fhir.transaction import Transaction

HERE, ELSEWHERE = "https://a:443/fhir", "https://b:443/fhir"


def test_the_same_file_is_kept_once_and_another_beside_it(outbox: Outbox) -> None:
    for name, data in (("a", b"1"), ("a", b"1"), ("b", b"2")):
        outbox.put([Transaction(name, data)], HERE)
    assert sorted(path.name for path in outbox.waiting()) == ["a.json", "b.json"]


def test_what_was_sent_is_gone(outbox: Outbox) -> None:
    outbox.put([Transaction("a", b"1")], HERE)
    for path in outbox.waiting():
        outbox.sent(path)
    assert outbox.waiting() == []


def test_what_is_refused_lies_aside_with_its_reason(outbox: Outbox) -> None:
    outbox.put([Transaction("a", b"1")], HERE)
    outbox.refuse(outbox.waiting()[0], "status 422")
    assert outbox.waiting() == []
    kept = {path.name: path.read_bytes() for path in outbox.refused.iterdir()}
    assert kept == {"a.json": b"1", "a.txt": b"status 422"}


def test_what_was_refused_once_and_is_sent_leaves_nothing(outbox: Outbox) -> None:
    one, other = Transaction("a", b"1"), Transaction("b", b"2")
    outbox.put([one, other], HERE)
    for path in outbox.waiting():
        outbox.refuse(path, "status 422")
    outbox.put([one], HERE)
    assert (outbox.has_refused("a"), outbox.has_refused("c")) == (True, False)
    outbox.sent(outbox.waiting()[0])
    assert {path.name for path in outbox.refused.iterdir()} == {"b.json", "b.txt"}


def test_what_fails_is_the_last_of_all_for_the_next_process_too(outbox: Outbox) -> None:
    outbox.put([Transaction(name, b"1") for name in "abc"], HERE)
    first, second, third = outbox.waiting()
    outbox.behind(first)
    outbox.behind(second)
    assert Outbox(outbox.outbox.parent).waiting() == [third, first, second]
    third.unlink()
    outbox.behind(third)
    assert outbox.waiting() == [first, second]


def test_what_somebody_deletes_meanwhile_no_longer_waits(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.put([Transaction(name, b"1") for name in "ab"], HERE)
    found = list(outbox.outbox.iterdir())
    monkeypatch.setattr(Path, "glob", lambda *_: found)
    (outbox.outbox / "a.json").unlink()
    assert [path.stem for path in outbox.waiting()] == ["b"]


@pytest.mark.parametrize("step", ["write_lasting", "remove_lasting"])
def test_a_kill_while_it_is_put_aside_loses_nothing(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    outbox.put([Transaction("a", b"1")], HERE)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(f"face2bone.hospital.fhir.outbox.{step}", killed)
        with pytest.raises(KeyboardInterrupt):
            outbox.refuse(outbox.waiting()[0], "why")
    outbox.refuse(outbox.waiting()[0], "why")
    assert {path.name for path in outbox.refused.iterdir()} == {"a.json", "a.txt"}


def test_what_waits_goes_to_no_other_server_than_it_was_meant_for(outbox: Outbox) -> None:
    outbox.put([Transaction("a", b"1")], HERE)
    other = Outbox(outbox.outbox.parent)
    with pytest.raises(SendError, match="delete the file named server"):
        other.put([Transaction("b", b"2")], ELSEWHERE)
    with pytest.raises(SendError, match="another server"), other.held(ELSEWHERE):
        pass
    assert [path.stem for path in outbox.waiting()] == ["a"]
    outbox.sent(outbox.waiting()[0])
    with other.held(ELSEWHERE) as ours:
        assert ours


def test_nothing_is_put_in_for_another_server_than_somebody_sends_to(outbox: Outbox) -> None:
    other = Outbox(outbox.outbox.parent)
    with outbox.held(HERE):
        other.put([Transaction("a", b"1")], HERE)
        outbox.sent(outbox.waiting()[0])
        with pytest.raises(SendError, match="another server"):
            other.put([Transaction("b", b"2")], ELSEWHERE)
    assert outbox.waiting() == []
    other.put([Transaction("b", b"2")], ELSEWHERE)


def test_one_process_sends_and_others_may_put_in(outbox: Outbox) -> None:
    other = Outbox(outbox.outbox.parent)
    with outbox.held(HERE) as first, other.held(HERE) as second:
        assert (first, second) == (True, False)
        other.put([Transaction("a", b"1")], HERE)
        assert len(outbox.waiting()) == 1
    with other.held(HERE) as again:
        assert again


def test_who_is_about_to_leave_is_waited_for(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face2bone.hospital.fhir.outbox.SENDER_GOES", 30.0)
    with outbox.held(HERE):
        leaves = threading.Event()
        answers = list[bool]()

        def asks() -> None:
            leaves.set()
            with Outbox(outbox.outbox.parent).held(HERE) as ours:
                answers.append(ours)

        asking = threading.Thread(target=asks)
        asking.start()
        leaves.wait(30)
    asking.join(30)
    assert answers == [True]


def test_what_a_killed_process_left_half_written_goes(outbox: Outbox) -> None:
    (outbox.outbox / f".a.json.1-2{LEFTOVER}").write_bytes(b"hal")
    with outbox.held(HERE):
        assert list(outbox.outbox.iterdir()) == []


def test_nobody_else_reads_it(outbox: Outbox) -> None:
    for folder in (outbox.outbox, outbox.refused):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_file_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in ("file", "file/below"):
        with pytest.raises(SendError, match="a file is in its place"):
            Outbox(tmp_path / place)
