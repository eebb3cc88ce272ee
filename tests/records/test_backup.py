"""A copy of the records: whole, of one moment, and never in the place of something else."""

import sqlite3
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from face2bone.errors import RecordRefused, RecordsUnavailable
from face2bone.records import Records, Visit, back_up, kept_assessments, save, verify
from face2bone.records.tables import AUDIT_ENTRY
from face2bone.report.assessment.document import AssessmentDocument


def test_the_copy_holds_everything_and_a_whole_trail(three: Records, tmp_path: Path) -> None:
    out = tmp_path / "away" / "copy.sqlite"
    if three.dialect == "postgresql":
        with pytest.raises(RecordRefused, match="pg_dump"):
            back_up(three, out, "Dr. Li")
        assert verify(three).entries == 3
        return
    assert back_up(three, out, "Dr. Li") == out
    assert [path.name for path in out.parent.iterdir()] == ["copy.sqlite"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    copy = Records(f"sqlite:///{out}")
    assert kept_assessments(copy) == kept_assessments(three)
    assert verify(copy) == verify(three)
    assert (verify(copy).entries, verify(copy).faults) == (4, ())
    copy.close()


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Records:
    return Records(f"sqlite:///{tmp_path / 'records.sqlite'}")


def test_a_backup_is_an_entry_of_the_trail_and_of_the_copys(
    on_sqlite: Records, tmp_path: Path
) -> None:
    out = back_up(on_sqlite, tmp_path / "copy.sqlite", "Dr. Li")
    copy = Records(f"sqlite:///{out}")
    for records in (on_sqlite, copy):
        with records.reading() as connection:
            (entry,) = connection.execute(select(AUDIT_ENTRY)).mappings()
        assert (entry["action"], entry["actor"]) == ("backed up", "Dr. Li")
        records.close()


def test_a_copy_made_while_others_save_is_of_one_moment(
    on_sqlite: Records, assessed: AssessmentDocument, visit: Visit, tmp_path: Path
) -> None:
    def work() -> None:
        for number in range(20):
            save(on_sqlite, assessed, replace(visit, patient_id=f"P-{number}"))

    writer = threading.Thread(target=work)
    writer.start()
    for number in range(3):
        back_up(on_sqlite, tmp_path / f"{number}.sqlite", "Dr. Li")
    writer.join(120)
    for number in range(3):
        copy = Records(f"sqlite:///{tmp_path / f'{number}.sqlite'}")
        found = verify(copy)
        copy.close()
        assert found.faults == ()
        assert verify(on_sqlite, found.head).faults == ()
    on_sqlite.close()


def test_nothing_is_written_over_and_nobody_is_anonymous(
    on_sqlite: Records, tmp_path: Path
) -> None:
    out = tmp_path / "copy.sqlite"
    out.write_bytes(b"another file")
    with pytest.raises(RecordRefused, match=r"a file copy.sqlite already"):
        back_up(on_sqlite, out, "Dr. Li")
    assert out.read_bytes() == b"another file"
    with pytest.raises(RecordRefused, match="name or initials"):
        back_up(on_sqlite, tmp_path / "other.sqlite", "")
    on_sqlite.close()


def test_a_copy_that_fails_leaves_nothing(
    on_sqlite: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("face2bone.records.backup._copy", full)
    with pytest.raises(RecordsUnavailable, match="cannot be written"):
        back_up(on_sqlite, tmp_path / "away" / "copy.sqlite", "Dr. Li")
    assert list((tmp_path / "away").iterdir()) == []
    on_sqlite.close()
