"""Rows are appended whole; what is torn is cut off and done again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.errors import ScoringError
from face2bone.scoring.journal import JOB, ROWS, ScoredRow, open_journal, read_rows
from face2bone.words import made_in, made_of, message


def row(position: int) -> ScoredRow:
    return ScoredRow(
        position, f"{position:064x}", "scored", "", (0.2, 0.3, 0.5), (1, 2), 0.5, False
    )


def filled(folder: Path, count: int) -> Path:
    with open_journal(folder, "this", count) as journal:
        for position in range(count):
            journal.append(row(position))
    return folder


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    folder = filled(tmp_path / "job", 3)
    assert read_rows(folder, 3) == {i: row(i) for i in range(3)}


def test_how_a_reason_was_made_comes_back_with_it(tmp_path: Path) -> None:
    reason = message("Choose one of {kinds}, at most {most} MB.", kinds=("JPEG", "PNG"), most=20)
    rejected = ScoredRow(0, "0" * 64, "rejected", reason, messages=made_in(reason))
    with open_journal(tmp_path, "this", 1) as journal:
        journal.append(rejected)
    kept = read_rows(tmp_path, 1)[0]
    assert kept == rejected
    assert kept.messages[kept.reason] == made_of(reason)


def test_a_row_of_before_reasons_were_kept_so_is_read(tmp_path: Path) -> None:
    written = (filled(tmp_path, 1) / ROWS).read_text("utf-8")
    (tmp_path / ROWS).write_text(written.replace(', "messages": {}', ""), "utf-8")
    assert "messages" not in (tmp_path / ROWS).read_text("utf-8")
    assert read_rows(tmp_path, 1) == {0: row(0)}


def test_a_row_is_never_there_twice(tmp_path: Path) -> None:
    with (
        open_journal(filled(tmp_path / "job", 1), "this", 1) as journal,
        pytest.raises(ScoringError, match="twice"),
    ):
        journal.append(row(0))


@pytest.mark.slow
@given(st.integers(min_value=0, max_value=400))
def test_wherever_a_write_is_cut_only_that_row_is_lost(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = filled(tmp_path_factory.mktemp("job"), 3)
    whole = (folder / ROWS).read_bytes()
    kept = whole[: max(0, len(whole) - cut)]
    (folder / ROWS).write_bytes(kept)
    done = kept.count(b"\n")
    assert set(read_rows(folder, 3)) == set(range(done))
    with open_journal(folder, "this", 3) as journal:
        assert set(journal.rows) == set(range(done))
        for position in range(done, 3):
            journal.append(row(position))
    assert (folder / ROWS).read_bytes() == whole


def test_one_at_a_time(tmp_path: Path) -> None:
    with (
        open_journal(tmp_path / "job", "this", 1),
        pytest.raises(ScoringError, match="already"),
        open_journal(tmp_path / "job", "this", 1),
    ):
        pass  # pragma: no cover


def test_another_jobs_folder_is_left_alone(tmp_path: Path) -> None:
    folder = filled(tmp_path / "job", 1)
    with (
        pytest.raises(ScoringError, match="another cohort or model"),
        open_journal(folder, "that", 1),
    ):
        pass  # pragma: no cover
    assert "this" in (folder / JOB).read_text()


@pytest.mark.parametrize("line", [b"{}", b"nonsense", b'{"position": -1}'])
def test_a_damaged_row_is_told(tmp_path: Path, line: bytes) -> None:
    folder = filled(tmp_path / "job", 2)
    (folder / ROWS).write_bytes(line + b"\n" + (folder / ROWS).read_bytes())
    with pytest.raises(ScoringError, match="line 1 is no row"):
        read_rows(folder, 2)


def test_a_row_of_no_picture_is_told(tmp_path: Path) -> None:
    folder = filled(tmp_path / "job", 2)
    with pytest.raises(ScoringError, match="line 2 is of no picture"):
        read_rows(folder, 1)


def test_before_the_first_row_there_is_none(tmp_path: Path) -> None:
    assert read_rows(tmp_path, 5) == {}
