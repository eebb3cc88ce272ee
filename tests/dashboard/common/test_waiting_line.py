"""The line: a few at once, first come first served, and nobody is held in it."""

import gc
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.dashboard.common.job import Job
from face2bone.dashboard.common.waiting_line import Line, shared_line, told
from face2bone.errors import LineFull
from face2bone.progress import Progress

SECONDS = 20
STEPS = {"count": "Counting"}


class Held:
    """Work that begins, says so, and goes on only when it is let."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> str:
        self.begun.set()
        assert self.go_on.wait(SECONDS)
        progress("count", 0.5)
        return "done"


@contextmanager
def busy(line: Line) -> Iterator[Held]:
    """A line of one whose one place is taken while inside."""
    work = Held()
    job = Job(work, STEPS, line)
    assert work.begun.wait(SECONDS)
    try:
        yield work
    finally:
        work.go_on.set()
        assert job.wait(SECONDS)


@given(st.integers(1, 4), st.integers(1, 12))
@settings(max_examples=20)
def test_never_more_at_once_than_allowed_and_all_get_their_turn(most: int, jobs: int) -> None:
    line, running, highest = Line(most), [], []
    order: list[int] = []

    def work(i: int, progress: Progress) -> int:
        running.append(i)
        order.append(i)
        highest.append(len(running))
        progress("count", 0.0)
        running.remove(i)
        return i

    made = [Job(lambda progress, i=i: work(i, progress), STEPS, line) for i in range(jobs)]
    assert all(job.wait(SECONDS) for job in made)
    assert [job.result() for job in made] == list(range(jobs))
    assert max(highest) <= most
    if most == 1:
        assert order == list(range(jobs))


def test_each_knows_how_many_go_first() -> None:
    line = Line(1)
    with busy(line):
        second, third = Job(Held(), STEPS, line), Job(Held(), STEPS, line)
        assert (second.before, third.before) == (1, 2)
        second.stop()
        assert (second.before, third.before) == (None, 1)
        assert second.stopped
        assert second.over
        assert second.result() is None
        third.stop()


def test_a_full_line_says_so_and_takes_the_next_when_a_place_is_free() -> None:
    line = Line(1, longest=2)
    with busy(line):
        waiting = [Job(Held(), STEPS, line) for _ in range(2)]
        refused = Job(Held(), STEPS, line)
        assert refused.over
        assert refused.before is None
        with pytest.raises(LineFull, match=r"2 others wait for their turn.*Try again"):
            refused.result()
        assert [job.before for job in waiting] == [1, 2]
        waiting[0].stop()
        last = Job(lambda progress: 7, STEPS, line)
        assert last.before == 2
        waiting[1].stop()
    assert last.wait(SECONDS)
    assert last.result() == 7


def test_one_that_has_begun_has_nobody_before_it() -> None:
    line = Line(2)
    with busy(line), busy(line):
        waiting = Job(Held(), STEPS, line)
        assert waiting.before == 2
        waiting.stop()
    work = Held()
    job = Job(work, STEPS, line)
    assert work.begun.wait(SECONDS)
    assert job.before is None
    work.go_on.set()
    assert job.wait(SECONDS)


def test_a_session_that_ends_frees_its_place_and_leaves_nothing_behind() -> None:
    line, never = Line(1), Held()
    with busy(line):
        left, last = Job(never, STEPS, line), Job(lambda progress: 7, STEPS, line)
        photo = weakref.ref(never)
        assert last.before == 2
        del left, never
        gc.collect()
        assert photo() is None
        assert last.before == 1
    assert last.wait(SECONDS)
    assert last.result() == 7


def test_one_that_failed_gives_its_place_on() -> None:
    line = Line(1)

    def fail(progress: Progress) -> None:
        raise ValueError("broken")

    with busy(line):
        bad, good = Job(fail, STEPS, line), Job(lambda progress: 7, STEPS, line)
    assert good.wait(SECONDS)
    assert good.result() == 7
    with pytest.raises(ValueError, match="broken"):
        bad.result()


def test_stopped_at_the_moment_its_turn_comes_it_does_nothing() -> None:
    done: list[int] = []
    line = Line(1)
    with busy(line):
        job = Job(lambda progress: done.append(1), STEPS, line)
        job._state.stop.set()  # as when the line has just let go of it
    job._state.run()
    assert job.over
    assert not done


def test_all_sessions_share_one_line_of_the_documented_length(
    fresh_settings: pytest.MonkeyPatch,
) -> None:
    shared_line.cache_clear()
    fresh_settings.setenv("FACE2BONE_EXPLANATIONS_AT_ONCE", "3")
    assert shared_line() is shared_line()
    assert shared_line()._most == 3
    shared_line.cache_clear()


@pytest.mark.parametrize(
    ("before", "words"),
    [(1, "One explanation before"), (2, "2 explanations before"), (12, "12 explanations before")],
)
def test_the_place_is_told_in_words(before: int, words: str) -> None:
    assert told(before) == f"{words} yours"
