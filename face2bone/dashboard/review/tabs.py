"""What is one click away: each tab is drawn, and computed, only while it is open."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from face2bone.dashboard.common import session
from face2bone.dashboard.review.explanation_step import why_step
from face2bone.dashboard.review.face_step import photo_details
from face2bone.dashboard.review.referral_step import reasons_and_changes, risk_factors
from face2bone.dashboard.review.result_step import trust_step
from face2bone.dashboard.review.scores_table import scores_table
from face2bone.dashboard.review.view import View

NO_RESULT: Final = "There is no result of a photo for this patient, so there is nothing to show."
REFUSED: Final = "This waits until the answer that cannot be used is corrected."


def tabs(view: View) -> None:
    """Risk factors first, for they cost nothing and are what is asked for next."""
    key = session.review_case().patient_key("more")
    with st.container(key="more"):
        drawn = st.tabs(list(TABS), key=key, on_change="rerun")
        for tab, draw in zip(drawn, TABS.values(), strict=True):
            if tab.open:
                with tab:
                    draw(view)


def _risk_factors(view: View) -> None:
    risk_factors(view.answers)


def _why(view: View) -> None:
    if view.result is None:
        st.caption(NO_RESULT)
    else:
        why_step(*view.result)


def _trust(view: View) -> None:
    if view.result is None or view.referral is None:
        st.caption(NO_RESULT)
    else:
        trust_step(view.result[1], view.referral, view.answers.patient, session.assessor())
    if view.photo is not None and view.seen is not None:
        st.markdown("**The photo**")
        photo_details(view.photo, view.seen)


def _scores(view: View) -> None:
    if view.referral is None:
        st.caption(REFUSED)
    else:
        scores_table(view.answers, view.referral.situation.scores)


def _changes(view: View) -> None:
    if view.referral is None:
        st.caption(REFUSED)
    else:
        reasons_and_changes(view.referral)


TABS: Final[dict[str, Callable[[View], None]]] = {
    "Risk factors and FRAX": _risk_factors,
    "Why": _why,
    "How far to trust it": _trust,
    "Scores": _scores,
    "What changes it": _changes,
}
