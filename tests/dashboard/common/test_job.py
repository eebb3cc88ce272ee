"""Jobs: they end, they stop, they fail where they are asked, and they outlive nobody."""

import gc
import threading
import weakref

import pytest

from face2bone.dashboard.common.job import Job
from face2bone.errors import EngineError, SubjectNotFound
from face2bone.progress import Progress

SECONDS = 20
STEPS = {"prepare": "Preparing", "count": "Counting"}


def in_steps(go_on: threading.Event, kept: list[int]) -> object:
    """Work of 100 steps that waits before the second for ``go_on``."""

    def work(progress: Progress) -> int:
        for i in range(100):
            progress("count", i / 100)
            kept.append(i)
            assert go_on.wait(SECONDS)
        return 5050

    return work


def test_a_job_gives_what_its_work_gave() -> None:
    job = Job(lambda progress: 7, STEPS)
    assert job.wait(SECONDS)
    assert job.result() == 7
    assert not job.stopped


def test_a_running_job_has_progress_and_no_result() -> None:
    go_on, kept = threading.Event(), []
    job = Job(in_steps(go_on, kept), STEPS)
    assert job.result() is None
    go_on.set()
    assert job.wait(SECONDS)
    assert job.progress == ("Counting", 0.99)
    assert job.result() == 5050


def test_a_stopped_job_ends_at_its_next_step_and_keeps_nothing() -> None:
    go_on, kept = threading.Event(), []
    job = Job(in_steps(go_on, kept), STEPS)
    job.stop()
    go_on.set()
    assert job.wait(SECONDS)
    assert job.stopped
    assert job.result() is None
    assert len(kept) <= 1


def test_work_that_ends_after_it_was_stopped_is_not_kept() -> None:
    go_on = threading.Event()
    job = Job(lambda progress: go_on.wait(SECONDS), STEPS)
    job.stop()
    go_on.set()
    assert job.wait(SECONDS)
    assert job.result() is None


def test_stopping_what_is_done_changes_nothing() -> None:
    job = Job(lambda progress: 7, STEPS)
    job.wait(SECONDS)
    job.stop()
    assert job.result() == 7
    assert not job.stopped


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    def work(progress: Progress) -> None:
        raise EngineError("The engine broke.")

    job = Job(work, STEPS)
    assert job.wait(SECONDS)
    with pytest.raises(EngineError, match="broke"):
        job.result()


def test_a_job_that_nobody_holds_stops() -> None:
    go_on, kept, ended = threading.Event(), [], threading.Event()
    steps = in_steps(go_on, kept)

    def work(progress: Progress) -> int:
        try:
            return steps(progress)
        finally:
            ended.set()

    job = Job(work, STEPS)
    del job
    gc.collect()
    go_on.set()
    assert ended.wait(SECONDS)
    assert len(kept) <= 1


def test_progress_stays_between_nought_and_one() -> None:
    job = Job(lambda progress: progress("count", 1.7), STEPS)
    job.wait(SECONDS)
    assert job.progress == ("Counting", 1.0)


def test_a_job_has_words_before_it_has_reported_anything() -> None:
    begun = threading.Event()
    job = Job(lambda progress: begun.wait(SECONDS), STEPS)
    assert job.progress == ("Preparing", 0.0)
    begun.set()
    assert job.wait(SECONDS)


def test_a_step_without_words_keeps_those_of_the_step_before() -> None:
    job = Job(lambda progress: (progress("count", 0.2), progress("new", 0.1)), STEPS)
    assert job.wait(SECONDS)
    assert job.progress == ("Counting", 0.1)


class Pixels:
    """Stands for a decoded picture."""


def test_a_refusal_is_raised_at_every_look_and_keeps_nothing_it_was_met_with() -> None:
    met: list[weakref.ref[Pixels]] = []

    def refuse(_: Progress) -> str:
        mine = Pixels()
        met.append(weakref.ref(mine))
        raise SubjectNotFound("No face was found. Give another photo.")

    job = Job(refuse, STEPS)
    assert job.wait(SECONDS)
    for _ in range(2):
        with pytest.raises(SubjectNotFound, match="No face"):
            job.result()
    assert met[0]() is None
