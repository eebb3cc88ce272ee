"""The assessment as files to take away, and as text for the patient's record.

Every file is made when its button is pressed: a file made ahead would wait in Streamlit's
media store, which anyone can read by its address.
"""

from collections.abc import Callable
from typing import Final

import streamlit as st

from face2bone import clock
from face2bone.assess import AnswersOnly, Assessment, LocatedFace
from face2bone.dashboard.common import session
from face2bone.dashboard.review.answers import PSEUDONYM
from face2bone.dashboard.review.record_text import record_text
from face2bone.drawing.pictures import crop_png
from face2bone.report.assessment.assessment_json import document, to_json
from face2bone.report.assessment.exports import KINDS, Form
from face2bone.report.assessment.page import Heading
from face2bone.report.language import Language

LANGUAGES: Final = {Language.ENGLISH: "English", Language.CHINESE: "简体中文"}
LABELS: Final = {
    Form.PDF: "Download report",
    Form.FHIR: "FHIR R4, for electronic records",
    Form.DICOM: "DICOM Encapsulated PDF",
}


def export(assessment: Assessment | AnswersOnly) -> None:
    """Offer the report, text to copy, FHIR, DICOM and JSON; the photo is in none of them."""
    report = st.container(width="content")
    with st.popover("Copy text", icon=":material/content_copy:"):
        st.caption("For the patient's record. The button in the corner copies it.")
        st.code(_text(assessment), language=None, wrap_lines=True)
    with st.popover("Report options"):
        heading = _heading(assessment.located if isinstance(assessment, Assessment) else None)
        for form in (Form.FHIR, Form.DICOM):
            _button(form, assessment, heading)
        _download(
            "Download as JSON (without the photo)",
            lambda: to_json(assessment).encode(),
            "assessment.json",
            "application/json",
            key=_key(assessment, "download_json"),
        )
    with report:
        _button(Form.PDF, assessment, heading)


def remark(assessment: Assessment | AnswersOnly) -> str:
    """What report and records do not hold, if anything."""
    if isinstance(assessment, AnswersOnly):
        return "Without a result of a photo. The report and the records say so, and why."
    if not assessment.explanation.regions:
        return (
            "Report and records are without an explanation; opening *Why* adds it once it is done."
        )
    return ""


def pseudonym() -> str:
    """What was typed for the patient at hand."""
    typed: str | None = st.session_state.get(session.review_case().patient_key(PSEUDONYM))
    return (typed or "").strip()


def saver() -> str:
    """Name or initials of who uses the page."""
    typed: str | None = st.session_state.get(session.SAVER)
    return (typed or "").strip()


def _text(assessment: Assessment | AnswersOnly) -> str:
    return record_text(assessment, pseudonym(), saver(), clock.today())


def _heading(found: LocatedFace | None) -> Callable[[], Heading]:
    """What was typed for the report; the time is taken when the file is made."""
    of = pseudonym()
    language = st.selectbox(
        "Language of the report",
        list(Language),
        format_func=LANGUAGES.__getitem__,
        key="report_language",
        persist_state="session",
    )
    shown = found is not None and st.checkbox(
        "Show the face crop in the report (the person can be recognised by it)",
        key=session.review_case().patient_key(f"report_crop_{found.photo_sha256[:8]}"),
        persist_state="session",
    )
    return lambda: Heading(
        of,
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
