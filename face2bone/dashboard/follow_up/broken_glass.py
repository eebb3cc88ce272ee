"""Opening a named patient outside one's role: for a reason, which is kept before anything is shown.

Nothing can be changed or taken away from here, and what is shown is gone with the next patient.
"""

from typing import Final

import streamlit as st

from face2bone.clock import in_words
from face2bone.dashboard.common import elements, records_desk
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.review.saved_page import saved_page
from face2bone.errors import Face2BoneError

SHOWN: Final = "glass_shown"


def one_patient() -> None:
    """Ask whom and why; then show what is kept, read-only."""
    elements.step(
        1,
        say("Open one patient"),
        say("Your role sees figures, not patients. Whom you open, when and why is kept."),
    )
    with st.form("break_glass", border=False, clear_on_submit=True, enter_to_submit=False):
        patient_id = st.text_input(say("Pseudonym"), key="glass_patient").strip()
        reason = st.text_input(
            say("Reason (kept with your name in the records)"), key="glass_reason"
        ).strip()
        if st.form_submit_button(say("Open for this reason"), key="glass_open"):
            _open(patient_id, reason)
    shown: tuple[str, records_desk.Kept] | None = st.session_state.get(SHOWN)
    if shown is not None:
        _show(*shown)


def _open(patient_id: str, reason: str) -> None:
    st.session_state.pop(SHOWN, None)
    try:
        kept = records_desk.opened_for_a_reason(patient_id, reason)
    except Face2BoneError as error:
        elements.refusal(error)
    else:
        st.session_state[SHOWN] = patient_id, kept


def _show(patient_id: str, kept: records_desk.Kept) -> None:
    st.info(
        say("**{name}**, read-only. Close it when you have read it.", name=literal(patient_id)),
        icon=":material/lock_open:",
    )
    for one in kept.assessments:
        st.subheader(say("Saved on {saved_at}", saved_at=in_words(one.saved_at)))
        saved_page(one, kept.results[one.assessment_id])
    if st.button(say("Close"), key="glass_close"):
        del st.session_state[SHOWN]
        st.rerun()
