"""Heads noted outside the database: what was cut off or written anew is named by its entry."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from face2bone import clock
from face2bone.errors import RecordsUnavailable
from face2bone.records import DxaResult, Records, Visit, enter_dxa, save, verify
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
    numbers = [int(line.split()[0]) for line in lines(filled)]
    assert numbers == [1, 2, 3]
    assert lines(filled)[-1].split()[1] == found.head


def test_a_line_names_nobody(filled: Records) -> None:
    for line in lines(filled):
        assert re.fullmatch(r"\d+ [0-9a-f]{64} \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", line)


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


def test_a_line_that_somebody_wrote_is_noticed(filled: Records) -> None:
    assert isinstance(filled.heads, HeadFile)
    with filled.heads.path.open("a") as file:
        file.write("4 nothing to see here\n")
    (fault,) = verify(filled).faults
    assert fault == "line 4 of the noted heads is none that Face2Bone wrote"


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
        HeadFile(tmp_path / "heads.txt").note(1, "ab" * 32)


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
    log.note(7, "ab" * 32)
    ((kind, words),) = sent
    assert kind == syslog.LOG_AUTH | syslog.LOG_NOTICE
    assert words.startswith("face2bone records 7 " + "ab" * 32)
    assert list(log.faults({})) == []
