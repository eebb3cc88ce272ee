"""A job on the page: its bar, its place in the line, what shows of it soon, and Stop."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.common import job_progress
from face2bone.dashboard.common.job import Job
from face2bone.dashboard.common.waiting_line import Line
from face2bone.errors import EngineError
from face2bone.progress import Progress
from tests.dashboard.common.test_waiting_line import SECONDS, STEPS, Held, busy

LOOKS = round(job_progress.FIRST_SIGHT_SECONDS / job_progress.STEP_SECONDS)


def page() -> None:
    import streamlit as st

    from face2bone.dashboard.common.job_progress import watched

    def meanwhile() -> bool:
        st.session_state["looks"] += 1
        there = st.session_state["looks"] == st.session_state["there_at"]
        if there:
            st.text("the first of it")
        return there

    found = watched(st.session_state["watched_job"], ("step", "", ""), meanwhile)
    if found is not None:
        st.text(found)


def page_of(job: Job[str], there_at: int = 1) -> AppTest:
    app = AppTest.from_function(page, default_timeout=SECONDS)
    app.session_state["watched_job"] = job
    app.session_state["looks"], app.session_state["there_at"] = 0, there_at
    return app.run()


def running() -> tuple[Held, Job[str]]:
    work = Held()
    job = Job(work, STEPS, Line(1))
    assert work.begun.wait(SECONDS)
    return work, job


def shown(app: AppTest) -> list[str]:
    assert not app.exception
    return [str(text.value) for text in app.text]


@pytest.mark.parametrize("there_at", [1, 3])
def test_what_comes_soon_is_in_the_first_drawing(there_at: int) -> None:
    work, job = running()
    app = page_of(job, there_at)
    assert shown(app) == ["the first of it"]
    assert app.session_state["looks"] == there_at
    (bar,) = app.get("progress")
    assert bar.proto.text == "Counting: 0%"
    work.go_on.set()
    assert job.wait(SECONDS)
    assert shown(app.run()) == ["done"]


def test_a_drawing_waits_no_longer_than_it_says() -> None:
    work, job = running()
    app = page_of(job, there_at=LOOKS + 1)
    assert not shown(app)
    assert app.session_state["looks"] == LOOKS
    assert shown(app.run()) == ["the first of it"]
    work.go_on.set()
    assert job.wait(SECONDS)


def test_who_waits_in_line_is_told_the_place_at_once_and_stop_gives_it_up() -> None:
    line = Line(1)
    with busy(line):
        job = Job(Held(), STEPS, line)
        app = page_of(job, there_at=0)
        assert app.session_state["looks"] == 1
        (bar,) = app.get("progress")
        assert bar.proto.text == "One explanation before yours"
        app.button(key="stop_step").click().run()
        assert job.stopped
        assert "Stopped. No partial result was saved." in app.info[0].value


def test_a_job_that_fails_says_why_and_can_begin_again() -> None:
    def fails(_: Progress) -> str:
        raise EngineError("The network cannot be run.")

    app = page_of(ended(fails))
    assert [error.value for error in app.error] == ["The network cannot be run."]
    assert app.button(key="again_step").label == "Start again"
    assert not app.session_state["looks"]


def ended(work: Callable[[Progress], str]) -> Job[str]:
    job = Job(work, STEPS, Line(1))
    assert job.wait(SECONDS)
    return job


def test_a_full_line_is_said_and_it_can_be_tried_again() -> None:
    app = page_of(Job(Held(), STEPS, Line(1, longest=0)))
    assert not app.exception
    assert "Try again in a few minutes." in app.error[0].value
    assert app.button(key="again_step").label == "Start again"
