"""Keep the assessment: pseudonym, decision, reason where it differs, and consent."""

from typing import Final

import streamlit as st

from face2bone.apparent_age import ApparentAge
from face2bone.assessment import AnswersOnly, Assessment
from face2bone.clinical.referral import Referral
from face2bone.dashboard.common import elements, records_desk, session
from face2bone.dashboard.common.language import say, speaker
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.common.saver import saver
from face2bone.dashboard.review.export_step import pseudonym
from face2bone.dashboard.review.kept_picture import KeptPicture
from face2bone.dashboard.review.review_case import Press, Subject
from face2bone.drawn.samples import is_sample
from face2bone.errors import Face2BoneError
from face2bone.patient import Patient
from face2bone.records import (
    DECISIONS,
    ConsentBy,
    Visit,
    consent_text,
)
from face2bone.records.saving import SAMPLE_NOT_KEPT
from face2bone.report.assessment.assessment_json import document
from face2bone.settings import get_settings
from face2bone.words import template, together

KEPT_TOO: Final = template("The {picture} is kept too, encrypted.")
NOT_KEPT: Final = template("The {picture} is not kept.")


def save_step(
    assessment: Assessment | AnswersOnly, photo: KeptPicture | None, age: ApparentAge | None = None
) -> None:
    """Offer to keep the assessment; nothing is written before the button is pressed."""
    if is_sample(assessment.photo_sha256):
        st.info(say(SAMPLE_NOT_KEPT), icon=":material/draw:")
        return
    photo_too, review_case = get_settings().records_photos, session.review_case()
    st.caption(
        say("Kept under a pseudonym, with an audit trail.")
        + " "
        + say(KEPT_TOO if photo_too else NOT_KEPT, picture=session.noun())
    )
    visit = _visit(assessment, photo_too)
    st.button(
        say("Save assessment"),
        key="save_assessment",
        type="primary",
        on_click=review_case.ask_to_save,
        args=(_key(assessment),),
    )
    before = review_case.saved
    with review_case.saving:  # a script that was ended may still be writing
        press = review_case.save_asked
        refused = press is not None and not _act_on(press, visit, photo, assessment, age)
    if review_case.saved != before:
        st.rerun()  # what was drawn above counts what is saved
    _say_saved(assessment, visit, refused)


def is_saved(assessment: Assessment | AnswersOnly) -> bool:
    """Whether something of exactly these answers and this photo is in the records."""
    return session.review_case().saved[:1] == (_key(assessment),)


def _visit(assessment: Assessment | AnswersOnly, photo_too: bool) -> Visit:
    key = session.review_case().patient_key
    decision = st.selectbox(
        say("Your decision"),
        DECISIONS,
        format_func=speaker(),
        index=DECISIONS.index(assessment.referral.urgency.label),
        key=key(f"decision_{assessment.referral.urgency.name}"),
        persist_state="session",
        help=say("Starts as the suggestion."),
    )
    reason = st.text_input(
        say("Reason (needed when it differs from the suggestion)"),
        key=key("save_reason"),
        persist_state="session",
    )
    given_by = st.radio(
        say("Consent given by"),
        list(ConsentBy),
        format_func=speaker(lambda given_by: given_by.value),
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
    text = consent_text()
    words = together((text.text, text.photo_text)) if photo_too else text.text
    key = session.review_case().photo_key("consent", assessment.photo_sha256)
    return st.checkbox(
        say("{words} (text version {version})", words=words, version=text.version),
        key=key,
        persist_state="session",
    )


def _act_on(
    press: Press,
    visit: Visit,
    photo: KeptPicture | None,
    assessment: Assessment | AnswersOnly,
    age: ApparentAge | None,
) -> bool:
    """Save what Save was pressed for, once; the press is forgotten when all is done and said.

    Returns whether it is saved; where not, the page has said why.
    """
    review_case, key, ways = session.review_case(), _key(assessment), _ways(assessment)
    if press.what != key:
        st.warning(say("An answer changed before it was saved. Look again, and press Save."))
    elif review_case.saved != (key, visit, ways):
        try:
            records_desk.keep(document(assessment, age), visit, photo)
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
            say(
                "An earlier version of this form is saved under {patient_id}. What it shows "
                "now is not saved.",
                patient_id=literal(saved.patient_id),
            ),
            icon=":material/history:",
        )
        return
    st.success(
        say(
            "Saved under {patient_id}. Enter the DXA result on the Follow-up page when it comes.",
            patient_id=literal(saved.patient_id),
        ),
        icon=":material/check:",
    )
    if ways != _ways(assessment):
        st.caption(say("The explanation was finished after saving, so it is not in the records."))


def _key(assessment: Assessment | AnswersOnly) -> tuple[Subject, str, Patient, Referral]:
    """All that a correction can change. An explanation that ends meanwhile changes none of it."""
    subject = session.review_case().subject
    return subject, assessment.photo_sha256, assessment.patient, assessment.referral


def _ways(assessment: Assessment | AnswersOnly) -> int:
    """In how many ways the photo was explained; 0 for not at all."""
    return len(assessment.explanation.regions) if isinstance(assessment, Assessment) else 0
