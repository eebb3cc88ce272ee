"""A visitor's cohort: found again, paused, gone on with, and let go of."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from face2bone.clock import now
from face2bone.dashboard.cohort import jobs
from face2bone.dashboard.cohort.jobs import Work
from face2bone.errors import ScoringError
from face2bone.scoring.pictures import GivenPictures
from face2bone.scoring.score_list import list_of_pictures
from tests.dashboard.visit import until
from tests.scoring.answering import Answering, cohort

WHO = "somebody"


class Halting(Answering):
    """Waits at each picture until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Semaphore(0)

    def locate(self, data: bytes) -> Any:
        assert self.may.acquire(timeout=30)
        return super().locate(data)


@pytest.fixture(autouse=True)
def nobody_else() -> Iterator[None]:
    yield
    jobs.end(WHO)


def begun(assessor: Any, root: Path, count: int = 6) -> Work:
    return jobs.begin(WHO, lambda: Work(*cohort(count), assessor, root))


def ended(work: Work) -> bool:
    return until(lambda: not work.running)


def test_a_cohort_is_scored_beside_the_page_and_its_pictures_go(tmp_path: Path) -> None:
    work = begun(Answering(), tmp_path)
    assert ended(work)
    work.raise_error()
    assert work.done
    assert [row.position for row in work.rows()] == list(range(6))
    assert not work.can_go_on
    assert jobs.work_of(WHO) is work
    assert jobs.work_of("somebody else") is None


def test_paused_and_resumed_nothing_is_lost_or_done_twice(tmp_path: Path) -> None:
    assessor = Halting()
    work = begun(assessor, tmp_path)
    assessor.may.release(2)
    assert until(lambda: len(work.rows()) == 2)
    work.pause()
    assert not work.running
    assert not work.done
    work.resume()  # while the thread is still at its picture
    assessor.may.release(4)
    assert ended(work)
    work.raise_error()
    assert work.done
    assert assessor.looked_at == 6


def test_the_same_files_go_on_after_the_server_was_started_again(tmp_path: Path) -> None:
    first = Halting()
    work = begun(first, tmp_path)
    first.may.release(3)
    assert until(lambda: len(work.rows()) == 3)
    work.pause()
    first.may.release()
    assert until(lambda: len(work.rows()) == 4)
    assert work._run.wait(30)
    jobs.leave(WHO)
    second = Answering()
    again = begun(second, tmp_path)
    assert ended(again)
    assert again.done
    assert second.looked_at == 2


def test_what_is_on_the_disk_is_no_picture_and_no_identifier(tmp_path: Path) -> None:
    pictures = GivenPictures({"Eva-Novak.jpg": b"her photo"})
    work = Work(list_of_pictures(["Eva-Novak.jpg"]), pictures, Answering(), tmp_path)  # type: ignore[arg-type]
    assert ended(work)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"scored" in written
    assert b"Novak" not in written
    assert b"her photo" not in written


def test_another_tab_finds_the_cohort_that_was_begun(tmp_path: Path) -> None:
    work = begun(Answering(), tmp_path)
    assert begun(Answering(), tmp_path, count=3) is work


def test_closing_deletes_everything(tmp_path: Path) -> None:
    work = begun(Answering(), tmp_path)
    assert ended(work)
    jobs.end(WHO)
    assert jobs.work_of(WHO) is None
    assert list(tmp_path.iterdir()) == []


def test_an_error_is_told_and_the_rows_before_it_stay(tmp_path: Path) -> None:
    files = {"1.jpg": b"one", "2.jpg": b"two", "3.jpg": b"three"}
    assessor = Halting()
    listed, pictures = list_of_pictures(sorted(files)), GivenPictures(files)
    work = Work(listed, pictures, assessor, tmp_path)  # type: ignore[arg-type]
    assessor.may.release()
    assert until(lambda: len(work.rows()) == 1)
    files["3.jpg"] = b"another"  # the second is being looked at
    assessor.may.release()
    assert ended(work)
    with pytest.raises(ScoringError, match="was changed"):
        work.raise_error()
    assert len(work.rows()) == 2


def test_what_nobody_looks_at_is_let_go_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assessor = Halting()
    work = begun(assessor, tmp_path)
    passes = clock(monkeypatch)
    passes(jobs.LEFT_SECONDS + 1)
    jobs.sweep()
    assert work.can_go_on  # it runs: whoever began it may be asleep
    assert jobs.work_of(WHO) is work
    work.pause()
    assessor.may.release(6)
    assert ended(work)
    passes(jobs.PAUSED_SECONDS + 1)
    jobs.sweep()
    assert not work.can_go_on
    work.resume()
    assert not work.running
    passes(jobs.LEFT_SECONDS)
    jobs.sweep()
    assert jobs.work_of(WHO) is None


def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass."""
    gone = [0.0]
    real = time.monotonic
    monkeypatch.setattr(jobs.time, "monotonic", lambda: real() + gone[0])

    def passes(seconds: float) -> None:
        gone[0] += seconds

    return passes


def test_old_folders_are_deleted_and_others_are_not(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / "who" / name).mkdir(parents=True)
        (tmp_path / "who" / name / "rows.jsonl").write_text("x")
    long_ago = time.time() - jobs.FOLDER_SECONDS - 60
    for path in (tmp_path / "who" / "old" / "rows.jsonl", tmp_path / "who" / "old"):
        os.utime(path, (long_ago, long_ago))
    jobs.delete_old(tmp_path)
    assert [path.name for path in (tmp_path / "who").iterdir()] == ["new"]


def test_a_clock_that_was_set_back_keeps_a_folder_no_longer_than_from_now_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "who" / "one"
    folder.mkdir(parents=True)
    (folder / "rows.jsonl").write_text("x")
    back = now() - timedelta(days=6 * 365)
    monkeypatch.setattr(jobs.clock, "now", lambda: back)
    jobs.delete_old(tmp_path)
    assert folder.is_dir()
    later = back + timedelta(seconds=jobs.FOLDER_SECONDS + 60)
    monkeypatch.setattr(jobs.clock, "now", lambda: later)
    jobs.delete_old(tmp_path)
    assert not folder.exists()


def test_pictures_that_are_kept_can_be_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face2bone.cohort_explanations.scored.explain_scored", lambda *_: "them")
    monkeypatch.setattr("face2bone.cohort_explanations.table.explored", lambda found: found)
    work = jobs.begin(WHO, lambda: Work(*cohort(3), Answering(), tmp_path, kept=True))  # type: ignore[arg-type]
    assert ended(work)
    assert work.can_go_on
    work.explain()
    assert until(lambda: work.explained is not None)
    assert work.explained == "them"  # type: ignore[comparison-overlap]
    assert not work.busy


def test_pictures_that_were_let_go_of_are_not_explained(tmp_path: Path) -> None:
    work = begun(Answering(), tmp_path, count=2)
    assert ended(work)
    work.explain()
    assert work.explaining is None
    assert work.explained is None
