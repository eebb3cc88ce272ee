"""The end of step 6 of Review: the assessment as files to take away.

Every file is made when its button is pressed: a file made ahead would wait in Streamlit's
media store, which anyone can read by its address.
"""

from collections.abc import Callable

import streamlit as st

from face2bone import clock
from face2bone.assess import NOT_EXPLAINED, AnswersOnly, Assessment, LocatedFace
from face2bone.dashboard.common import session
from face2bone.drawing.pictures import crop_png
from face2bone.report.assessment.assessment_json import document, to_json
from face2bone.report.assessment.exports import KINDS, Form
from face2bone.report.assessment.page import PSEUDONYM_LIMIT, Heading
from face2bone.report.language import Language

LANGUAGES = {Language.ENGLISH: "English", Language.CHINESE: "简体中文"}
LABELS = {
    Form.PDF: "Report (PDF)",
    Form.FHIR: "FHIR R4 bundle",
    Form.DICOM: "DICOM Encapsulated PDF",
}


def export(assessment: Assessment | AnswersOnly) -> None:
    """Offer the assessment as PDF, FHIR and JSON; the photo is in none of them."""
    st.subheader("Take it along")
    if isinstance(assessment, AnswersOnly):
        st.caption("Without a result of a photo. The report and the records say so, and why.")
        heading = _heading(None)
    else:
        if not assessment.explanation.regions:
            st.caption(f"{NOT_EXPLAINED} The report and the records say so.")
        heading = _heading(assessment.located)
    pdf, fhir, plain = st.columns(3)
    with pdf:
        _button(Form.PDF, assessment, heading)
    with fhir:
        _button(Form.FHIR, assessment, heading)
    with plain:
        _download(
            "Download as JSON (without the photo)",
            lambda: to_json(assessment).encode(),
            "assessment.json",
            "application/json",
            key=_key(assessment, "download_json"),
        )
    if st.checkbox("Also offer DICOM Encapsulated PDF", key="offer_dicom", persist_state="session"):
        _button(Form.DICOM, assessment, heading)


def _heading(found: LocatedFace | None) -> Callable[[], Heading]:
    """What was typed for the report; the time is taken when the file is made."""
    key = session.review_case().patient_key
    name, tongue = st.columns([2, 1])
    pseudonym = name.text_input(
        "Pseudonym on the report (never a name)",
        key=key("report_pseudonym"),
        max_chars=PSEUDONYM_LIMIT,
        persist_state="session",
    )
    language = tongue.selectbox(
        "Language of the PDF",
        list(Language),
        format_func=LANGUAGES.__getitem__,
        key="report_language",
        persist_state="session",
    )
    shown = found is not None and st.checkbox(
        "Show the face crop in the PDF (the person can be recognised by it)",
        key=key(f"report_crop_{found.photo_sha256[:8]}"),
        persist_state="session",
    )
    return lambda: Heading(
        pseudonym,
        clock.local(clock.now()),
        language or Language.ENGLISH,
        crop_png(found.aligned) if found is not None and shown else None,
    )


def _button(
    form: Form, assessment: Assessment | AnswersOnly, heading: Callable[[], Heading]
) -> None:
    kind = KINDS[form]
    _download(
        LABELS[form],
        lambda: kind.make(document(assessment), heading()),
        kind.file_name,
        kind.mime,
        key=_key(assessment, f"download_{form.value}"),
    )


def _key(assessment: Assessment | AnswersOnly, name: str) -> str:
    """Of a button that gives away a file: of this photo of this patient and no other."""
    photo = assessment.photo_sha256[:8]
    return session.review_case().patient_key(f"{name}_{photo}")


def _download(label: str, make: Callable[[], bytes], name: str, mime: str, key: str) -> None:
    st.download_button(label, make, file_name=name, mime=mime, key=key, on_click="ignore")
