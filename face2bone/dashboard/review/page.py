"""The Review page: what is typed on one side, one screen that answers on the other.

Every part has a place of its own from the start, so that one that grows or shrinks moves no
other: while a page is drawn again, Streamlit leaves the former drawing standing wherever the new
one has not come by yet, and a part that moved would stand there twice.
"""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face2bone.dashboard.common import elements, session, start
from face2bone.dashboard.review import layout
from face2bone.dashboard.review.photo_step import examples, photo_step
from face2bone.errors import BundleError, Face2BoneError
from face2bone.patient import Patient


def review() -> None:
    """Draw the page; a refused bundle or a failed step is one sentence, never a traceback."""
    entry, side = layout.sides()
    with side:
        top = st.container()  # filled when the model is there; the photo does not wait for it
    try:
        with entry:
            patient = photo_step()
        with top:
            start.wait()
            elements.banner(session.assessor().bundle.card.status)
        with side, _place():
            _answer(patient)
    except BundleError as error:
        with top:
            elements.refusal(error)
    except Face2BoneError as error:
        with side:
            elements.refusal(error)


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


def _answer(patient: Patient | None) -> None:
    # Heavy imports, which the load at the start has done by now.
    from face2bone.dashboard.review.answer import answer, photo_alone

    review_case = session.review_case()
    if review_case.unsure:  # all depends on whose details these are
        photo_alone(review_case.photo)
    elif patient is None:
        st.info("Choose a sample patient, or give a photo and the four details.")
        examples()
    else:
        answer(patient)
