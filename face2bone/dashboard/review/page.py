"""The Review page: what is typed on one side, one screen that answers on the other.

Every part has a place of its own from the start, so that one that grows or shrinks moves no
other: while a page is drawn again, Streamlit leaves the former drawing standing wherever the new
one has not come by yet, and a part that moved would stand there twice.
"""

import html

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face2bone.dashboard.common import elements, session, start
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.sign_in import page_for
from face2bone.dashboard.review import layout
from face2bone.dashboard.review.layout import mode_switch
from face2bone.dashboard.review.photo_step import examples, photo_step, shows_samples
from face2bone.errors import BundleError, Face2BoneError
from face2bone.patient import Patient
from face2bone.roles import Permission


@page_for(Permission.ASSESS)
def review() -> None:
    """Draw the page; a refused bundle or a failed step is one sentence, never a traceback."""
    review_case = session.review_case()
    try:
        _drawn()
    finally:  # also where the run was ended
        review_case.close_photos()


def _drawn() -> None:
    entry, side = layout.sides()
    with side:
        top = st.container()  # filled when the model is there; the photo does not wait for it
        heard = st.container(key="heard")
        answering, below = elements.places(2)
    with below:  # below, so that nobody on the way to Save stops at it
        mode_switch()
    try:
        with entry:
            patient = photo_step()
        announcement = _Announcement(heard)
        with top:
            start.wait()
            with st.spinner(say("Loading the model …")):  # of a study that nobody chose before
                assessor = session.assessor_at_hand()
            elements.banner(assessor.bundle.card.status)
        with answering, _place():
            announcement.say(_answer(patient))
    except BundleError as error:
        with top:
            elements.refusal(error)
    except Face2BoneError as error:
        with answering:
            elements.refusal(error)


class _Announcement:
    """Result and suggestion as a screen reader speaks them when they change, and only then.

    The element stays where it is from one drawing of the page to the next; what was said of
    another patient or photo goes at once.
    """

    def __init__(self, place: DeltaGenerator) -> None:
        review_case = session.review_case()
        other = review_case.subject != review_case.drawn[0]
        self._place = place.empty() if other else place

    def say(self, words: str) -> None:
        """Put these words in the place of the former ones."""
        self._place.markdown(
            f'<div role="status" aria-live="polite">{html.escape(words)}</div>',
            unsafe_allow_html=True,
        )


def _place() -> DeltaGenerator:
    """Where the answer stands; that of another patient or photo goes at once.

    Of two places one is always empty. Another subject takes the other one: nothing that was
    drawn for the one before can be inherited by it, or stand beside it while it is computed.
    """
    review_case = session.review_case()
    last, side = review_case.drawn
    subject = review_case.subject
    side = side if subject == last else 1 - side
    place = elements.one_of_two(side)
    review_case.drawn = subject, side  # only now: a script that was ended has emptied nothing
    return place


def _answer(patient: Patient | None) -> str:
    """Draw the answer; returns it in a few words."""
    # Heavy imports, which the load at the start has done by now.
    from face2bone.dashboard.review.answer import answer, photo_alone

    review_case = session.review_case()
    if review_case.unsure:  # all depends on whose details these are
        photo_alone(review_case.photo)
        return ""
    if patient is None:
        st.info(_what_is_missing())
        if not review_case.photos:
            examples()
        return ""
    return answer(patient)


def _what_is_missing() -> str:
    """What to do where details are missing, and perhaps the picture too."""
    review_case, picture = session.review_case(), session.noun()
    if review_case.photos:
        return say(
            "The {picture} is loaded. Now enter age, sex, height and weight.", picture=picture
        )
    if shows_samples():
        return say(
            "Choose a sample patient, or give a {picture} and the four details.", picture=picture
        )
    return say("Give a {picture} and the four details.", picture=picture)
