"""Heads noted outside the database: what was cut off or written anew is named by its entry."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, event, text

from face2bone import clock
from face2bone.errors import RecordsUnavailable
from face2bone.records import (
    DxaResult,
    Records,
    Visit,
    enter_dxa,
    expire,
    kept_assessments,
    note_opened,
    save,
    verify,
)
from face2bone.records.audit_trail import Action, Event, append
from face2bone.records.heads import HeadFile, SystemLog, head_log
from face2bone.report.assessment.document import AssessmentDocument


@pytest.fixture
def noted(url: str, tmp_path: Path) -> Iterator[Records]:
    opened = Records(url, heads=HeadFile(tmp_path / "heads.txt"))
    yield opened
    opened.close()


@pytest.fixture
def filled(noted: Records, assessed: AssessmentDocument, visit: Visit) -> Records:
    """Two patients, the second with a DXA result: three entries."""
    save(noted, assessed, visit)
    second = save(noted, assessed, replace(visit, patient_id="P-0002"))
    enter_dxa(noted, second, [DxaResult("lowest", -1.5, clock.today())], "Dr. Li")
    return noted


def lines(records: Records) -> list[str]:
    assert isinstance(records.heads, HeadFile)
    return records.heads.path.read_text("ascii").splitlines()


def change(url: str, *statements: str) -> None:
    """Behind the program's back, with every right to the database."""
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for name in connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).scalars():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_each_write_adds_the_newest_entry(filled: Records) -> None:
    found = verify(filled)
    assert found.faults == ()
    shown = [(line.split()[0], *line.split()[3:]) for line in lines(filled)]
    assert shown == [(n, *end) for n in "123" for end in (("writing",), ())]
    assert {line.split()[1] for line in lines(filled)[-2:]} == {found.head}


def test_a_line_names_nobody(filled: Records) -> None:
    for line in lines(filled):
        assert re.fullmatch(
            r"\d+ [0-9a-f]{64} \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00( writing)?", line
        )


def test_a_trail_cut_off_at_its_end_is_noticed(filled: Records, url: str) -> None:
    change(
        url,
        "DELETE FROM audit_entry WHERE sequence = 3",
        "DELETE FROM dxa_result",
    )
    (fault,) = verify(filled).faults
    assert fault.startswith("entry 3, noted on ")
    assert fault.endswith("is no longer in the trail")


def test_a_trail_written_anew_is_noticed(filled: Records, url: str) -> None:
    change(
        url,
        "UPDATE audit_entry SET entry_hash = substr(entry_hash, 1, 56) || '00000000' "
        "WHERE sequence = 3",
    )
    assert any(
        fault.startswith("entry 3, noted on ") and fault.endswith("has another hash now")
        for fault in verify(filled).faults
    )


def export(url: str, heads: HeadFile | None = None) -> None:
    """What somebody adds with the program's own means: with or without the noted heads."""
    records = Records(url, heads=heads)
    with records.writing() as connection:
        append(connection, clock.now(), [Event(action=Action.EXPORTED, actor="Dr. Mallory")])
    records.close()


def never_noted(records: Records) -> list[int]:
    """Numbers of the entries that the check names as such; it finds nothing else."""
    found = [re.match(r"entry (\d+) \(.* was never noted", f) for f in verify(records).faults]
    return [int(one[1]) if one else 0 for one in found]


def test_an_entry_added_behind_the_programs_back_is_noticed(filled: Records, url: str) -> None:
    before = clock.now().isoformat()[:16]
    export(url)
    (fault,) = verify(filled).faults
    assert fault.startswith(f"entry 4 (exported, {before}")
    assert "was never noted outside the database" in fault


def test_it_is_still_noticed_between_entries_that_were_noted(
    filled: Records, url: str, assessed: AssessmentDocument, visit: Visit
) -> None:
    export(url)
    export(url)
    save(filled, assessed, visit)
    expire(filled, 99_999, "Dr. Li")  # a write without an entry notes nobody else's
    export(url)
    expire(filled, 99_999, "Dr. Li")
    assert never_noted(filled) == [4, 5, 7]


def test_an_entry_in_the_place_of_a_write_that_came_to_nothing_is_noticed(
    filled: Records, url: str
) -> None:
    undone(filled)
    assert verify(filled).faults == ()
    export(url)
    assert never_noted(filled) == [4]


def undone(records: Records) -> None:
    """A write that the database refuses when it is to be kept, as on a disk that is full."""

    def refuse(_: Connection) -> None:
        raise ZeroDivisionError

    event.listen(records._engine, "commit", refuse)
    with pytest.raises(ZeroDivisionError):
        note_opened(records, "P-0002", "Dr. Li")
    event.remove(records._engine, "commit", refuse)


def test_a_write_that_came_to_nothing_is_not_missed(
    filled: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    undone(filled)
    assert lines(filled)[-1].startswith("4 ")
    assert lines(filled)[-1].endswith(" writing")
    save(filled, assessed, visit)
    found = verify(filled)
    assert (found.entries, found.faults) == (4, ())


def test_what_was_kept_when_the_program_died_is_known(
    filled: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = HeadFile.note

    def killed(self: HeadFile, sequence: int, head: str, *, kept: bool) -> None:
        if kept:
            raise KeyboardInterrupt
        note(self, sequence, head, kept=kept)

    with monkeypatch.context() as patched:
        patched.setattr(HeadFile, "note", killed)
        with pytest.raises(KeyboardInterrupt):
            note_opened(filled, "P-0002", "Dr. Li")
    found = verify(filled)
    assert (found.entries, found.faults) == (4, ())


def test_what_was_there_before_heads_were_noted_is_no_fault(
    url: str, tmp_path: Path, assessed: AssessmentDocument, visit: Visit
) -> None:
    export(url)
    records = Records(url, heads=HeadFile(tmp_path / "heads.txt"))
    save(records, assessed, visit)
    assert verify(records).faults == ()
    records.close()


def test_heads_that_an_earlier_version_noted_are_enough(filled: Records, tmp_path: Path) -> None:
    """It noted the last entry of a write once, when it was kept."""
    assert isinstance(filled.heads, HeadFile)
    first, second = (one.assessment_id for one in kept_assessments(filled))
    sites = [DxaResult(site, -1.5, clock.today()) for site in ("total_hip", "lumbar_spine")]
    enter_dxa(filled, first, sites, "Dr. Li")
    assert [line.split()[0] for line in lines(filled)[-2:]] == ["5", "5"]
    old = [line for line in lines(filled) if not line.endswith("writing")]
    filled.heads.path.write_text("".join(f"{line}\n" for line in old), "ascii")
    found = verify(filled)
    assert (found.entries, found.faults) == (5, ())
    enter_dxa(filled, second, sites[:1], "Dr. Li")
    assert verify(filled).faults == ()


def test_two_servers_note_in_one_file(filled: Records, url: str) -> None:
    assert isinstance(filled.heads, HeadFile)
    export(url, filled.heads)
    note_opened(filled, "P-0002", "Dr. Li")
    found = verify(filled)
    assert (found.entries, found.faults) == (5, ())


def test_who_checks_while_others_write_is_told_nothing_untrue(filled: Records, url: str) -> None:
    """The trail grows between reading it and reading what is noted of it."""
    assert isinstance(filled.heads, HeadFile)
    read = HeadFile.noted

    class Meanwhile(HeadFile):
        def noted(self) -> tuple[str, ...]:
            export(url, HeadFile(self.path))
            found = read(self)
            export(url, HeadFile(self.path))
            return found

    checking = Records(url, heads=Meanwhile(filled.heads.path))
    for _ in range(3):
        assert verify(checking).faults == ()
    checking.close()


def test_a_line_that_somebody_wrote_is_noticed(filled: Records) -> None:
    assert isinstance(filled.heads, HeadFile)
    with filled.heads.path.open("a") as file:
        file.write("4 nothing to see here\n")
    (fault,) = verify(filled).faults
    assert fault == "line 7 of the noted heads is none that Face2Bone wrote"


def test_what_was_saved_stands_where_the_head_cannot_be_noted(
    url: str,
    tmp_path: Path,
    assessed: AssessmentDocument,
    visit: Visit,
    caplog: pytest.LogCaptureFixture,
) -> None:
    records = Records(url, heads=HeadFile(tmp_path / "no such folder" / "heads.txt"))
    save(records, assessed, visit)
    assert "could not be noted" in caplog.text
    assert visit.patient_id not in caplog.text
    found = verify(records)
    assert found.entries == 1
    (fault,) = found.faults
    assert fault.startswith("no head is noted")
    records.close()


def test_noted_heads_that_are_gone_are_missed(filled: Records) -> None:
    assert isinstance(filled.heads, HeadFile)
    filled.heads.path.unlink()
    (fault,) = verify(filled).faults
    assert fault.startswith("no head is noted")


def test_before_anything_was_written_none_is_missed(noted: Records) -> None:
    assert verify(noted).faults == ()


def test_a_write_that_is_undone_notes_nothing(noted: Records) -> None:
    with pytest.raises(ZeroDivisionError), noted.writing():
        raise ZeroDivisionError
    assert isinstance(noted.heads, HeadFile)
    assert not noted.heads.path.exists()


def test_a_file_that_cannot_be_read_is_one_sentence(filled: Records) -> None:
    assert isinstance(filled.heads, HeadFile)
    filled.heads.path.unlink()
    filled.heads.path.mkdir()
    with pytest.raises(RecordsUnavailable, match="FACE2BONE_RECORDS_HEADS cannot be read"):
        verify(filled)


def test_a_line_that_a_full_disk_cuts_short_is_no_success(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "write", lambda *_: 3)
    with pytest.raises(OSError, match="No space left"):
        HeadFile(tmp_path / "heads.txt").note(1, "ab" * 32, kept=True)


def test_the_file_is_its_owners_alone(filled: Records) -> None:
    assert isinstance(filled.heads, HeadFile)
    assert filled.heads.path.stat().st_mode & 0o077 == 0


def test_where_heads_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert head_log(None) is head_log("") is None
    log = head_log(str(tmp_path / "heads.txt"))
    assert isinstance(log, HeadFile)
    assert log.path == tmp_path / "heads.txt"
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(RecordsUnavailable, match="no syslog"):
        head_log("syslog")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no syslog")
def test_the_systems_log_gets_number_and_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    import syslog

    sent: list[tuple[int, str]] = []
    monkeypatch.setattr(syslog, "syslog", lambda kind, words: sent.append((kind, words)))
    log = head_log("syslog")
    assert isinstance(log, SystemLog)
    log.note(7, "ab" * 32, kept=True)
    ((kind, words),) = sent
    assert kind == syslog.LOG_AUTH | syslog.LOG_NOTICE
    assert words.startswith("face2bone records 7 " + "ab" * 32)
    assert log.noted() is None
