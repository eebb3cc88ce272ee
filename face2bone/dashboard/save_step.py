"""Keep the assessment: pseudonym, decision, reason where it differs, and consent."""

from typing import Final

import streamlit as st

from face2bone.assess import Assessment
from face2bone.dashboard import session, show
from face2bone.errors import Face2BoneError
from face2bone.records import (
    DECISIONS,
    ConsentBy,
    Records,
    Visit,
    consent_text,
    open_records,
    save,
)
from face2bone.report.assessment_json import document
from face2bone.settings import get_settings

SAVED: Final = "saved_visit"
SAVER: Final = "saver_name"


@st.cache_resource(show_spinner=False)
def shared_records() -> Records:
    """The database everyone writes to: connections and a lock, no patient's data."""
    return open_records()


def save_step(assessment: Assessment) -> None:
    """Offer to keep the assessment; nothing is written before the button is pressed."""
    st.subheader("Save to the records")
    text, photo_too = consent_text(), get_settings().records_photos
    st.caption(
        "Kept under a pseudonym, with an audit trail. "
        + ("The photo is kept too, encrypted." if photo_too else "The photo is not kept.")
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.text_input("Patient's pseudonym", key="save_patient_id", help="Never a name.")
        st.text_input("Your name or initials", key=SAVER)
        given_by = st.radio(
            "Consent given by", list(ConsentBy), format_func=lambda c: c.value, key="consent_by"
        )
    with right:
        decision = st.selectbox(
            "Your decision",
            DECISIONS,
            index=DECISIONS.index(assessment.referral.urgency.label),
            key=f"decision_{assessment.referral.urgency.name}",
            help="Starts as the suggestion.",
        )
        st.text_input("Reason (needed when it differs from the suggestion)", key="save_reason")
    words = f"{text.text} {text.photo_text}" if photo_too else text.text
    agreed = st.checkbox(f"{words} (text version {text.version})", key="consent")
    if st.button("Save assessment", key="save_assessment", type="primary"):
        _save(assessment, _visit(decision, given_by if agreed else None))
    _say_saved(assessment)


def _visit(decision: str, given_by: ConsentBy | None) -> Visit:
    typed = st.session_state
    return Visit(
        patient_id=typed["save_patient_id"].strip(),
        decision=decision,
        saved_by=typed[SAVER].strip(),
        consent_by=given_by,
        reason=typed["save_reason"].strip(),
    )


def _save(assessment: Assessment, visit: Visit) -> None:
    if st.session_state.get(SAVED, (None, None, ""))[:2] == (_key(assessment), visit):
        return  # pressed twice
    try:
        made = save(shared_records(), document(assessment), visit, session.get_photo())
    except Face2BoneError as error:
        show.refusal(error)
        return
    st.session_state[SAVED] = (_key(assessment), visit, made)


def _say_saved(assessment: Assessment) -> None:
    key, visit, made = st.session_state.get(SAVED, (None, None, ""))
    if visit is not None and key == _key(assessment):
        st.success(
            f"Saved under {visit.patient_id}, assessment {made}. "
            "Enter the DXA result on the Follow-up page when it comes.",
            icon=":material/check:",
        )


def _key(assessment: Assessment) -> tuple[str, str]:
    return assessment.located.photo_sha256, assessment.referral.urgency.name
