"""A job on the page: how far it is, a button that stops it, and one that starts it again."""

from collections.abc import Callable
from typing import Final, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face2bone.dashboard.common import elements, session
from face2bone.dashboard.common.job import Job
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.waiting_line import told
from face2bone.dashboard.review.review_case import Key
from face2bone.errors import Face2BoneError

T = TypeVar("T")

LOOK_SECONDS: Final = 1.0
FIRST_SIGHT_SECONDS: Final = 1.2
"""How long a drawing waits for something to show: longer would hold up who clicks elsewhere."""
STEP_SECONDS: Final = 0.1


def nothing() -> bool:
    """What there is to see of a job that shows nothing until it is done."""
    return True


def watched(job: Job[T], at: Key, meanwhile: Callable[[], bool] = nothing) -> T | None:
    """What the job found, or None with its progress and a Stop button on the page.

    ``at`` is the key under which the case keeps the job; ``meanwhile`` draws what there is to
    see of it so far, and returns whether there is. One that was stopped or failed says so and can
    be started again; the rest of the page stays usable in every case.
    """
    try:
        found = job.result()
    except Face2BoneError as error:
        elements.refusal(error)
        _again(at)
        return None
    if found is None and job.stopped:
        st.info(say("Stopped. No partial result was saved."), icon=":material/block:")
        _again(at)
    elif found is None:
        _progress(job, at, meanwhile)
    return found


def _again(at: Key) -> None:
    review_case = session.review_case()
    st.button(say("Start again"), key=f"again_{at[0]}", on_click=review_case.forget, args=(at,))


@st.fragment(run_every=LOOK_SECONDS)
def _progress(job: Job[T], key: Key, meanwhile: Callable[[], bool]) -> None:
    """Only this part of the page is drawn again while the job runs."""
    if job.over or job.stopped:
        st.rerun()
    bar, button = st.columns([5, 1], vertical_alignment="center")
    place = bar.empty()
    _how_far(place, job)
    button.button(say("Stop"), key=f"stop_{key[0]}", icon=":material/stop:", on_click=job.stop)
    # The browser asks again after a second; what is there sooner need not wait for that.
    for _ in range(round(FIRST_SIGHT_SECONDS / STEP_SECONDS)):
        if meanwhile() or job.before is not None or job.wait(STEP_SECONDS):
            break
        _how_far(place, job)  # where a click elsewhere ends this drawing


def _how_far(place: DeltaGenerator, job: Job[T]) -> None:
    """The bar: a part done, in words, or the place in the line."""
    words, fraction = job.progress
    before = job.before
    text = f"{say(words)}: {fraction:.0%}" if before is None else say(told(before))
    place.progress(fraction, text=text)
