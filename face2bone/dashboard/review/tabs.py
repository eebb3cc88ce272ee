"""What is one click away: each tab is drawn, and computed, only while it is open."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from face2bone.dashboard.common import session
from face2bone.dashboard.common.language import say
from face2bone.dashboard.review.apparent_age import age_tab
from face2bone.dashboard.review.explanation_step import why_step
from face2bone.dashboard.review.layout import is_full
from face2bone.dashboard.review.referral_step import reasons_and_changes, risk_factors
from face2bone.dashboard.review.result_step import trust_step
from face2bone.dashboard.review.scores_table import scores_table
from face2bone.dashboard.review.subject_step import photo_details
from face2bone.dashboard.review.view import View
from face2bone.words import template

NO_RESULT: Final = template(
    "There is no result of a {picture} for this patient, so there is nothing to show."
)
HOW_OLD: Final = template("How old it looks")
REFUSED: Final = template("This waits until the answer that cannot be used is corrected.")


def tabs(view: View) -> None:
    """Risk factors first, for they cost nothing and are what is asked for next."""
    key = session.review_case().patient_key("more")
    _open_again(key)
    with st.container(key="more"):
        tabs_here = _tabs_here()
        titles = {say(title): title for title in tabs_here}
        drawn = st.tabs(list(titles), key=key, on_change="rerun")
        session.review_case().open_tab = titles[st.session_state[key]]
        for tab, draw in zip(drawn, tabs_here.values(), strict=True):
            if tab.open:
                with tab:
                    draw(view)


def _open_again(key: str) -> None:
    """The tab that was open for this patient is open again after a look at another page.

    Streamlit keeps no tab while its page is not drawn; nor one of another language.
    """
    titles = {say(title) for title in _tabs_here()}
    open_tab = session.review_case().open_tab
    if st.session_state.get(key) not in titles and open_tab in _tabs_here():
        st.session_state[key] = say(open_tab)


def _tabs_here() -> dict[str, Callable[[View], None]]:
    """Those of the study at hand: how old it looks is asked where the picture shows it."""
    shows_age = session.at_hand().modality.shows_age
    return {title: draw for title, draw in TABS.items() if shows_age or title != HOW_OLD}


def _no_result() -> None:
    st.caption(say(NO_RESULT, picture=session.noun()))


def _risk_factors(view: View) -> None:
    risk_factors(view.answers)


def _why(view: View) -> None:
    if view.result is None:
        _no_result()
    else:
        why_step(*view.result)


def _trust(view: View) -> None:
    if view.result is None or view.referral is None:
        _no_result()
    else:
        trust_step(view.result[1], view.referral, view.answers.patient, session.assessor_at_hand())
    if is_full() and view.photo is not None and view.seen is not None:
        st.markdown(say("**The {picture}**", picture=session.noun()))
        photo_details(view.photo, view.seen)


def _scores(view: View) -> None:
    if view.referral is None:
        st.caption(say(REFUSED))
    else:
        scores_table(view.answers, view.referral.situation.scores)


def _changes(view: View) -> None:
    if view.referral is None:
        st.caption(say(REFUSED))
    else:
        reasons_and_changes(view.referral)


TABS: Final[dict[str, Callable[[View], None]]] = {
    template("Risk factors and FRAX"): _risk_factors,
    template("Why"): _why,
    template("How far to trust it"): _trust,
    template("Scores"): _scores,
    template("What changes it"): _changes,
    HOW_OLD: age_tab,
}
