"""What is loaded when the server starts, once and for everyone.

Libraries and model take seconds. They are loaded in a thread of their own, from before the first
visitor comes: the server answers meanwhile, and a page draws what needs no model and then waits
for this same load.
"""

import importlib
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

import streamlit as st

from face2bone.dashboard.cohort import jobs
from face2bone.dashboard.common import session
from face2bone.dashboard.common.heap import few_heaps
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.serving import log_kept
from face2bone.dashboard.common.visitors import swept
from face2bone.errors import Face2BoneError

if TYPE_CHECKING:
    from face2bone.assessment import LocatedSubject

LIBRARIES: Final = (
    "face2bone.dashboard.review.answer",
    "matplotlib.figure",
    "scipy.stats",
)
"""What Review imports only when it is needed: loaded here, the first click does not pay for it."""

_loads: list[threading.Thread] = []


@asynccontextmanager
async def lifespan(_app: object) -> AsyncGenerator[None, None]:
    """Start the load with the server, and say so on the command line.

    While it serves, the log is kept, and what visitors left is swept away.
    """
    print("The model is being loaded; the dashboard can be opened meanwhile.", flush=True)
    few_heaps()  # before the threads of libraries, model and visitors
    with log_kept():
        begin()
        async with swept(also=jobs.sweep):
            yield


def begin() -> None:
    """Start the load in the background."""
    thread = threading.Thread(target=_load, name="load", daemon=True)
    _loads[:] = [thread]
    thread.start()


def wait() -> None:
    """Wait until what was begun is loaded, with words on the page; where nothing was, go on.

    A load that failed is not told here: whoever needs the model asks for it again, and gets the
    reason.
    """
    for thread in _loads:
        if thread.is_alive():
            with st.spinner(say("Loading the model …")):
                thread.join()


def _load() -> None:
    for library in LIBRARIES:
        importlib.import_module(library)
    try:
        drawn = _assess_a_sample()
    except Face2BoneError as error:
        print(error, flush=True)
    else:
        print("The model is loaded.", flush=True)
        # Nobody waits for this: what an explanation runs is ready before the first is asked for.
        if drawn is not None:
            threading.Thread(
                target=_begin_to_explain, args=(drawn,), name="load", daemon=True
            ).start()


def _assess_a_sample() -> "LocatedSubject | None":
    """Load the model and use it once, so that locator and engine are ready for a patient's."""
    assessor = session.assessor()
    for sample in assessor.tools.samples()[:1]:
        return assessor.assess(sample.photo_bytes(), sample.patient, explained=False).located
    return None


class _Enough(Exception):
    """Ends an explanation of which only the beginning is wanted."""


def _begin_to_explain(drawn: "LocatedSubject") -> None:
    def enough(_stage: str, done: float, _total: float = 1, _note: str = "", /) -> None:
        if done > 0:
            raise _Enough

    with suppress(Face2BoneError):
        session.age_assessor()
    with suppress(_Enough, Face2BoneError):
        session.assessor().explain(drawn, enough)
