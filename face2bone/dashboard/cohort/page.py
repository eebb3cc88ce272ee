"""The Cohort page: files in, a job that goes on by itself, and its results so far."""

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from face2bone.dashboard.cohort import jobs
from face2bone.dashboard.cohort.intake import intake
from face2bone.dashboard.common import elements, session
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.sign_in import page_for, pressed
from face2bone.errors import Face2BoneError
from face2bone.roles import Permission
from face2bone.words import message, template

if TYPE_CHECKING:
    from face2bone.scoring.job import Standing

_may = partial(pressed, Permission.SCORE)
LOOK_SECONDS: Final = 1.0
MEANING: Final = template(
    "Score many pictures at once. A score is the model's calibrated probability, not a diagnosis."
)


@page_for(Permission.SCORE)
def cohort() -> None:
    """Draw the page; what cannot be scored is one sentence."""
    st.title(say("Cohort"))
    st.caption(say(MEANING))
    try:
        elements.banner(session.bundle().card.status)
        work = jobs.work_of(jobs.visitor())
        if work is None:
            intake()
        else:
            _work(work)
    except Face2BoneError as error:
        elements.refusal(error)


def _work(work: jobs.Work) -> None:
    from face2bone.dashboard.cohort.results import results

    error, progress, so_far, explanation, below = elements.places(5)
    with error:
        try:
            work.raise_error()
        except Face2BoneError as failure:
            elements.refusal(failure)
    with progress:
        (_watched if work.running else _standing)(work)
    if work.running:
        so_far.button(say("Show what is done so far"), key="cohort_so_far")
    if work.done:
        with explanation:
            _explanation(work)
    with below:  # a filter in it is not taken from under the hand when the job ends
        results(work)


def _explanation(work: jobs.Work) -> None:
    """Offer to explain what is still in memory, and show the way to Explore."""
    job = work.explaining
    if job is not None and not job.over and not job.stopped:
        _explaining(work)
    elif job is not None and work.explained is not None:
        st.page_link("pages/explore.py", label=say("Open it on Explore"), icon=":material/explore:")
    elif work.can_go_on:
        st.button(say("Explain this cohort"), key="cohort_explain", on_click=_may(work.explain))
        st.caption(
            say(
                "Up to half a minute a picture, depending on the computer. Explore then shows it; "
                "nothing of it is written."
            )
        )
    else:
        st.caption(
            say(
                "To see a cohort on Explore, tick before it is scored that its pictures are kept; "
                "every row then needs sex, age, height, weight and a measured class. "
                "`face2bone explain` does the same for a folder."
            )
        )


@st.fragment(run_every=LOOK_SECONDS)
def _explaining(work: jobs.Work) -> None:
    job = work.explaining
    if job is None or job.over or job.stopped:
        st.rerun()
    words, fraction = job.progress
    before = job.before is not None
    st.progress(
        fraction, text=say("Waiting for its turn") if before else f"{say(words)}: {fraction:.0%}"
    )
    st.button(say("Stop explaining"), key="cohort_stop_explaining", on_click=_may(job.stop))


@st.fragment(run_every=LOOK_SECONDS)
def _watched(work: jobs.Work) -> None:
    """Only this part of the page is drawn again while the job runs."""
    if not work.running:
        st.rerun()
    at = work.at
    fraction = 0.0 if at is None else at.fraction
    words = say("Waiting for another cohort to be done") if work.waiting else told(at)
    st.progress(fraction, text=words)
    with st.container(horizontal=True):
        st.button(
            say("Pause"), key="cohort_pause", icon=":material/pause:", on_click=_may(work.pause)
        )


def _standing(work: jobs.Work) -> None:
    """A job that does not run: done, paused or ended by an error."""
    total, done = len(work.listed), work.count_done
    if work.done:
        st.success(told(work.at), icon=":material/check:")
    else:
        st.progress(
            done / total, text=say("Paused: {done} of {total} done", done=done, total=total)
        )
        if not work.can_go_on:
            st.info(
                say(
                    "The pictures were let go of because nobody looked at this cohort for a while. "
                    "Give the same files again: it goes on where it stopped."
                )
            )
    with st.container(horizontal=True):
        if not work.done and work.can_go_on:
            st.button(
                say("Resume"),
                key="cohort_resume",
                icon=":material/play_arrow:",
                on_click=_may(work.resume),
            )
        _close(work)


def _close(work: jobs.Work) -> None:
    whose = jobs.visitor()
    if not work.can_go_on and not work.done:
        st.button(
            say("Give the files again"),
            key="cohort_again",
            on_click=_may(jobs.leave),
            args=(whose,),
        )
    with st.popover(say("Close this cohort")):
        st.markdown(
            say(
                "The scores and everything else of this cohort are deleted here. "
                "Download them first if you need them."
            )
        )
        st.button(
            say("Delete and close"), key="cohort_close", on_click=_may(jobs.end), args=(whose,)
        )


def told(at: "Standing | None") -> str:
    """How far a job is, in words."""
    if at is None:
        return say("Starting")
    if at.step == "reading":
        return say("Reading the pictures: {done} of {total}", done=at.done, total=at.total)
    said = [
        say("{done} of {total} done", done=at.done, total=at.total),
        say("{count} rejected", count=at.rejected),
    ]
    if at.rate and at.done < at.total:
        said.append(say("{rate} a second", rate=f"{at.rate:.1f}"))
        said.append(say("about {time} left", time=duration(at.seconds_left or 0.0)))
    return " · ".join(said)


def duration(seconds: float) -> str:
    """A time to wait, rounded as one says it.

    >>> duration(4), duration(95), duration(7300)
    ('4 s', '2 min', '2 h 2 min')
    """
    if seconds < 60:
        return message("{seconds} s", seconds=f"{seconds:.0f}")
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if hours:
        return message("{hours} h {minutes} min", hours=hours, minutes=rest)
    return message("{minutes} min", minutes=minutes)
