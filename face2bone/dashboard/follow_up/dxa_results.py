"""The DXA results that are kept for one assessment: who entered them, correcting, withdrawing.

As where a result is entered, whose it is stands in the key of every field, here with the result's
own id: a reason typed for one result can never change another.
"""

from datetime import date
from typing import Final

import streamlit as st

from face2bone.bone import SITE_WORDS
from face2bone.clock import in_words
from face2bone.cohort.manifest_schema import T_SCORE_RANGE
from face2bone.dashboard.common import elements, records_desk
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.common.number_field import Typed, number_field
from face2bone.dashboard.common.saver import saver
from face2bone.errors import Face2BoneError
from face2bone.records import DxaEntry, StoredAssessment
from face2bone.typed import Quantity
from face2bone.words import AsTyped, message, template

SAID: Final = "follow_up_said"
PLACE: Final = "follow_up"
ROUND: Final = "dxa_round"


def say_and_start_over(said: str) -> None:
    """Draw the page anew with this above it, nobody chosen and every field empty."""
    st.session_state[SAID] = said
    st.session_state[ROUND] = round_number() + 1
    st.rerun()


def round_number() -> int:
    """How many results were kept on this page: each begins with a form of its own."""
    return int(st.session_state.get(ROUND, 0))


def dxa_results(one: StoredAssessment) -> None:
    """List what is kept for an assessment, and what was kept before."""
    history = records_desk.results_of(one, PLACE)
    for entry in history:
        if entry.counts:
            _counting(one, entry)
    earlier = [entry for entry in history if not entry.counts]
    if earlier:
        with st.expander(
            say("{count} earlier, no longer counted", count=len(earlier)),
            key=_key(one, "earlier"),
        ):
            for entry in earlier:
                st.text(f"{_words(entry)}\n{_what_became_of(entry)}")


def _counting(one: StoredAssessment, entry: DxaEntry) -> None:
    st.text(_words(entry))
    site = SITE_WORDS[entry.result.site]
    with (
        st.expander(say("Correct or withdraw: {site}", site=site), key=_key(entry, "change")),
        st.form(_key(entry, "change_dxa"), border=False, enter_to_submit=False),
    ):
        score = number_field(
            Quantity(message("Corrected T-score, {site}", site=site), *T_SCORE_RANGE),
            _key(entry, "corrected_t"),
            given=entry.result.t_score,
        )
        measured_on = st.date_input(
            say("Measured on"),
            value=entry.result.measured_on,
            format="YYYY-MM-DD",
            key=_key(entry, "corrected_day"),
        )
        reason = st.text_input(
            say("Reason (kept with the earlier value)"), key=_key(entry, "change_reason")
        ).strip()
        correct, withdraw = st.columns(2)
        with correct:
            if st.form_submit_button(say("Keep the correction"), key=_key(entry, "correct_dxa")):
                _correct(one, entry, score, measured_on, reason)
        with withdraw:
            if st.form_submit_button(say("Withdraw this result"), key=_key(entry, "withdraw_dxa")):
                _withdraw(one, entry, reason)


def _correct(
    one: StoredAssessment, entry: DxaEntry, score: Typed, measured_on: date, reason: str
) -> None:
    if score.value is None:
        st.warning(
            say("Nothing was changed. Enter the right T-score above, or withdraw the result.")
        )
        return
    try:
        records_desk.correct(entry.dxa_id, score.value, measured_on, reason, saver())
    except Face2BoneError as error:
        elements.refusal(error)
        return
    say_and_start_over(
        message("The DXA result of {patient} is corrected.", patient=literal(one.patient_id))
    )


def _withdraw(one: StoredAssessment, entry: DxaEntry, reason: str) -> None:
    try:
        records_desk.withdraw(entry.dxa_id, reason, saver())
    except Face2BoneError as error:
        elements.refusal(error)
        return
    say_and_start_over(
        message("The DXA result of {patient} is withdrawn.", patient=literal(one.patient_id))
    )


def _words(entry: DxaEntry) -> str:
    return say(
        "{result}; entered by {name}, {entered}",
        result=entry.result.words,
        name=AsTyped(entry.entered_by),
        entered=in_words(entry.entered_at),
    )


def _what_became_of(entry: DxaEntry) -> str:
    change = entry.change
    if change is None:
        return say("replaced by a later entry, by an earlier version that asked for no reason")
    corrected = template("corrected by {name}, {changed}: {reason}")
    withdrawn = template("withdrawn by {name}, {changed}: {reason}")
    return say(
        corrected if change.corrected else withdrawn,
        name=AsTyped(change.changed_by),
        changed=in_words(change.changed_at),
        reason=AsTyped(change.reason),
    )


def _key(of: DxaEntry | StoredAssessment, name: str) -> str:
    record_id = of.dxa_id if isinstance(of, DxaEntry) else of.assessment_id
    return f"{name}_{record_id}_{round_number()}"
