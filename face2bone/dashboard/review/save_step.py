"""Keep the assessment: pseudonym, decision, reason where it differs, and consent."""

import streamlit as st

from face2bone.assess import AnswersOnly, Assessment
from face2bone.clinical.referral import Referral
from face2bone.dashboard.common import elements, session
from face2bone.dashboard.review.export_step import pseudonym, saver
from face2bone.dashboard.review.review_case import Press
from face2bone.drawn.face.samples import is_sample_photo
from face2bone.errors import Face2BoneError
from face2bone.modalities.photo import Photo
from face2bone.patient import Patient
from face2bone.records import (
    DECISIONS,
    ConsentBy,
    Records,
    Visit,
    consent_text,
    open_records,
    save,
)
from face2bone.records.saving import SAMPLE_NOT_KEPT
from face2bone.report.assessment.assessment_json import document
from face2bone.settings import get_settings


@st.cache_resource(show_spinner=False)
def shared_records() -> Records:
    """The database everyone writes to: connections and a lock, no patient's data."""
    return open_records()


def save_step(assessment: Assessment | AnswersOnly, photo: Photo | None) -> None:
    """Offer to keep the assessment; nothing is written before the button is pressed."""
    if is_sample_photo(assessment.photo_sha256):
        st.info(SAMPLE_NOT_KEPT, icon=":material/draw:")
        return
    photo_too, review_case = get_settings().records_photos, session.review_case()
    st.caption(
        "Kept under a pseudonym, with an audit trail. "
        + ("The photo is kept too, encrypted." if photo_too else "The photo is not kept.")
    )
    visit = _visit(assessment, photo_too)
    st.button(
        "Save assessment",
        key="save_assessment",
        type="primary",
        on_click=review_case.ask_to_save,
        args=(_key(assessment),),
    )
    with review_case.saving:  # a script that was ended may still be writing
        press = review_case.save_asked
        refused = press is not None and not _act_on(press, assessment, visit, photo)
    _say_saved(assessment, visit, refused)


def is_saved(assessment: Assessment | AnswersOnly) -> bool:
    """Whether something of exactly these answers and this photo is in the records."""
    return session.review_case().saved[:1] == (_key(assessment),)


def _visit(assessment: Assessment | AnswersOnly, photo_too: bool) -> Visit:
    key = session.review_case().patient_key
    decision = st.selectbox(
        "Your decision",
        DECISIONS,
        index=DECISIONS.index(assessment.referral.urgency.label),
        key=key(f"decision_{assessment.referral.urgency.name}"),
        persist_state="session",
        help="Starts as the suggestion.",
    )
    reason = st.text_input(
        "Reason (needed when it differs from the suggestion)",
        key=key("save_reason"),
        persist_state="session",
    )
    given_by = st.radio(
        "Consent given by",
        list(ConsentBy),
        format_func=lambda c: c.value,
        key=key("consent_by"),
        persist_state="session",
        horizontal=True,
    )
    agreed = _consent(assessment, photo_too)
    return Visit(
        patient_id=pseudonym(),
        decision=decision,
        saved_by=saver(),
        consent_by=given_by if agreed else None,
        reason=reason.strip(),
    )


def _consent(assessment: Assessment | AnswersOnly, photo_too: bool) -> bool:
    """The box with the text; a tick holds for this photo of this patient and no other."""
    text, photo = consent_text(), assessment.photo_sha256[:8]
    words = f"{text.text} {text.photo_text}" if photo_too else text.text
    key = session.review_case().patient_key(f"consent_{photo}")
    return st.checkbox(f"{words} (text version {text.version})", key=key, persist_state="session")


def _act_on(
    press: Press, assessment: Assessment | AnswersOnly, visit: Visit, photo: Photo | None
) -> bool:
    """Save what Save was pressed for, once; the press is forgotten when all is done and said.

    Returns whether it is saved; where not, the page has said why.
    """
    review_case, key, ways = session.review_case(), _key(assessment), _ways(assessment)
    if press.what != key:
        st.warning("An answer changed before it was saved. Look again, and press Save.")
    elif review_case.saved != (key, visit, ways):
        try:
            save(shared_records(), document(assessment), visit, photo)
            review_case.saved = (key, visit, ways)
        except Face2BoneError as error:
            elements.refusal(error)
    if review_case.save_asked is press:
        review_case.save_asked = None
    return review_case.saved[:2] == (key, visit)


def _say_saved(assessment: Assessment | AnswersOnly, visit: Visit, refused: bool) -> None:
    """What has been saved: all that is on the page, or only what stood there before."""
    key, saved, ways = session.review_case().saved or (None, None, 0)
    if saved is None or key != _key(assessment):
        return
    if saved != visit or refused:
        st.info(
            f"What the form held before is in the records under {saved.patient_id}. "
            "What it holds now is not saved.",
            icon=":material/history:",
        )
        return
    st.success(
        f"Saved under {saved.patient_id}. "
        "Enter the DXA result on the Follow-up page when it comes.",
        icon=":material/check:",
    )
    if ways != _ways(assessment):
        st.caption("The explanation was done later and is not in what was saved.")


def _key(assessment: Assessment | AnswersOnly) -> tuple[str, str, Patient, Referral]:
    """All that a correction can change. An explanation that ends meanwhile changes none of it."""
    number = session.review_case().patient_key("")
    return number, assessment.photo_sha256, assessment.patient, assessment.referral


def _ways(assessment: Assessment | AnswersOnly) -> int:
    """In how many ways the photo was explained; 0 for not at all."""
    return len(assessment.explanation.regions) if isinstance(assessment, Assessment) else 0
