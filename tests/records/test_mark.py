"""A database that held records and is gone is an error; one that never was, is made."""

from pathlib import Path

import pytest

from face2bone.errors import RecordsUnavailable
from face2bone.records import Records, Visit, kept_assessments, save
from face2bone.records.mark import note_records
from face2bone.report.assessment.document import AssessmentDocument


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(
        "face2bone.records.mark.user_data_path", lambda name: tmp_path / "data" / name
    )
    return tmp_path / "disk" / "records.sqlite"


def opened(file: Path) -> Records:
    return Records(f"sqlite:///{file}")


def gone(file: Path) -> None:
    for path in file.parent.iterdir():
        path.unlink()
    file.parent.rmdir()


def test_a_file_that_held_records_is_missed(
    file: Path, assessed: AssessmentDocument, visit: Visit
) -> None:
    records = opened(file)
    save(records, assessed, visit)
    records.close()
    whole = file.read_bytes()
    gone(file)
    with pytest.raises(RecordsUnavailable, match=r"records\.sqlite is missing") as caught:
        opened(file)
    assert "\n" not in str(caught.value)
    assert "/" not in str(caught.value), "a page says it to whoever looks"
    assert not file.parent.exists(), "nothing is made in its place"
    file.parent.mkdir()
    file.touch()
    with pytest.raises(RecordsUnavailable, match="is missing"):
        opened(file)
    file.write_bytes(whole)
    records = opened(file)
    assert len(kept_assessments(records)) == 1
    records.close()


def test_a_file_from_before_the_mark_is_marked_when_opened(
    file: Path, tmp_path: Path, assessed: AssessmentDocument, visit: Visit
) -> None:
    records = opened(file)
    save(records, assessed, visit)
    records.close()
    (mark,) = (tmp_path / "data").rglob("*.txt")
    mark.unlink()
    opened(file).close()
    assert mark.read_text("utf-8") == f"{file.resolve()}\n"


def test_one_in_which_nothing_was_kept_may_go(file: Path) -> None:
    opened(file).close()
    gone(file)
    opened(file).close()
    assert file.is_file()


def test_who_removes_the_mark_begins_anew(
    file: Path, tmp_path: Path, assessed: AssessmentDocument, visit: Visit
) -> None:
    records = opened(file)
    save(records, assessed, visit)
    records.close()
    gone(file)
    (mark,) = (tmp_path / "data").rglob("*.txt")
    with pytest.raises(RecordsUnavailable, match=f"remove {mark.name} from records-kept"):
        opened(file)
    mark.unlink()
    records = opened(file)
    assert kept_assessments(records) == ()
    records.close()


def test_a_mark_that_cannot_be_left_keeps_nobody_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    monkeypatch.setattr("face2bone.records.mark.user_data_path", lambda _: tmp_path / "data")
    note_records(tmp_path / "records.sqlite")
    assert (tmp_path / "data").read_text() == "a file where a folder should be"
    opened(tmp_path / "records.sqlite").close()  # and it still opens
