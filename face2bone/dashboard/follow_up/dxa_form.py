"""Entering one patient's DXA result on the Follow-up page.

Whose result it is, is in the key of every field and in what the button does: fields filled in for
one patient are gone from the page when another is chosen, and a press of the button drawn for
one can never keep anything for another.
"""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from face2bone.bone import SITE_WORDS
from face2bone.clock import in_words, today
from face2bone.cohort.manifest_schema import DXA_SITES, T_SCORE_RANGE
from face2bone.dashboard.common import elements, records_desk
from face2bone.dashboard.common.labels import distinct
from face2bone.dashboard.common.language import say, speaker
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.common.number_field import Typed, number_field
from face2bone.dashboard.common.saver import saver
from face2bone.dashboard.follow_up.dxa_results import (
    dxa_results,
    round_number,
    say_and_start_over,
)
from face2bone.errors import Face2BoneError
from face2bone.records import DxaResult, StoredAssessment
from face2bone.typed import Quantity
from face2bone.words import message, template


def dxa_form(kept: tuple[StoredAssessment, ...]) -> None:
    """Choose an assessment, then enter its T-scores; those who wait are offered first."""
    if not kept:  # a list without options is grey words that cannot be read
        st.caption(
            say("No assessment is saved yet. Save one on Review; its result is entered here.")
        )
        return
    by_id = {one.assessment_id: one for one in kept}
    labels = distinct(
        {i: f"{one.patient_id}, {in_words(one.saved_at)}" for i, one in by_id.items()}
    )
    chosen = st.selectbox(
        say("Assessment"),
        sorted(by_id, key=lambda i: (not by_id[i].waits, bool(by_id[i].results))),
        format_func=speaker(
            lambda i: message("{label} ({state})", label=labels[i], state=_state(by_id[i]))
        ),
        index=None,
        placeholder=say("Choose"),
        key=f"dxa_assessment_{round_number()}",
        persist_state="session",
    )
    if chosen is None:
        st.caption(say("Choose an assessment to enter its result."))
    else:
        _enter(by_id[chosen])


def _state(one: StoredAssessment) -> str:
    if one.results:
        return template("has a result")
    return template("waiting") if one.waits else template("not sent to DXA")


def _enter(one: StoredAssessment) -> None:
    dxa_results(one)
    own = f"{one.assessment_id}_{round_number()}"
    measured = {result.site for result in one.results}
    open_sites = [site for site in DXA_SITES if site not in measured]
    if not open_sites:
        return
    with st.form(f"enter_dxa_{own}", border=False, enter_to_submit=False):
        measured_on = st.date_input(
            say("Measured on"), value=today(), format="YYYY-MM-DD", key=f"dxa_day_{own}"
        )
        scores = {
            site: number_field(
                Quantity(message("T-score, {site}", site=SITE_WORDS[site]), *T_SCORE_RANGE),
                f"t_{site}_{own}",
            )
            for site in open_sites
        }
        if st.form_submit_button(
            say("Keep result for {patient}", patient=literal(one.patient_id)), key=f"keep_dxa_{own}"
        ):
            _keep(one, measured_on, scores)


def _keep(one: StoredAssessment, measured_on: date, scores: Mapping[str, Typed]) -> None:
    if any(score.refused for score in scores.values()):
        st.warning(say("Nothing was kept. Correct the T-score marked above, and press again."))
        return
    results = [
        DxaResult(site, score.value, measured_on)
        for site, score in scores.items()
        if score.value is not None
    ]
    try:
        records_desk.enter(one.assessment_id, results, saver())
    except Face2BoneError as error:
        elements.refusal(error)
        return
    say_and_start_over(
        message("The DXA result of {patient} is kept.", patient=literal(one.patient_id))
    )
