"""The assessment as files to take away, and as text for the patient's record.

Every file is made when its button is pressed: a file made ahead would wait in Streamlit's
media store, which anyone can read by its address.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

import streamlit as st

from face2bone import clock
from face2bone.apparent_age import ApparentAge
from face2bone.assessment import AnswersOnly, Assessment, LocatedSubject
from face2bone.dashboard.common import session
from face2bone.dashboard.common.downloads import for_who_may
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.saver import saver
from face2bone.dashboard.review.answers import PSEUDONYM
from face2bone.dashboard.review.record_text import record_text
from face2bone.drawing.pictures import crop_png
from face2bone.report.assessment.assessment_json import document, to_json
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.exports import KINDS, Form
from face2bone.report.assessment.page import Heading
from face2bone.roles import Permission
from face2bone.words import Language, template

LANGUAGES: Final = {Language.ENGLISH: "English", Language.CHINESE: "简体中文"}
LABELS: Final = {
    Form.PDF: template("Download report"),
    Form.FHIR: template("FHIR R4, for electronic records"),
    Form.DICOM: template("DICOM Encapsulated PDF"),
}


def export(assessment: Assessment | AnswersOnly, age: ApparentAge | None = None) -> None:
    """Offer the report, text to copy, FHIR, DICOM and JSON; the photo is in none of them.

    ``age``: how old the face in the photo looks, where the page says so.
    """
    made = partial(document, assessment, age)
    report = st.container(width="content")
    with st.popover(say("Copy text"), icon=":material/content_copy:"):
        st.caption(say("For the patient's record. The button in the corner copies it."))
        st.code(_text(assessment, age), language=None, wrap_lines=True)
    with st.popover(say("Report options")):
        heading = _heading(assessment.located if isinstance(assessment, Assessment) else None)
        for form in (Form.FHIR, Form.DICOM):
            _button(form, assessment, made, heading)
        _download(
            say("Download as JSON (without the {picture})", picture=session.noun()),
            lambda: to_json(assessment, age).encode(),
            "assessment.json",
            "application/json",
            key=_key(assessment, "download_json"),
        )
    with report:
        _button(Form.PDF, assessment, made, heading)


def remark(assessment: Assessment | AnswersOnly) -> str:
    """What report and records do not hold, if anything."""
    if isinstance(assessment, AnswersOnly):
        return say(
            "Without a result of a {picture}. The report and the records say so, and why.",
            picture=session.noun(),
        )
    if not assessment.explanation.regions:
        return say(
            "Report and records have no explanation yet. Open *Why* to add it; it takes a moment."
        )
    return ""


def pseudonym() -> str:
    """What was typed for the patient at hand."""
    typed: str | None = st.session_state.get(session.review_case().patient_key(PSEUDONYM))
    return (typed or "").strip()


def _text(assessment: Assessment | AnswersOnly, age: ApparentAge | None) -> str:
    return record_text(assessment, pseudonym(), saver(), clock.today(), age)


def _heading(found: LocatedSubject | None) -> Callable[[], Heading]:
    """What was typed for the report; the time is taken when the file is made."""
    of = pseudonym()
    language = st.selectbox(
        say("Language of the report"),
        list(Language),
        format_func=LANGUAGES.__getitem__,
        key="report_language",
        persist_state="session",
    )
    shown = found is not None and st.checkbox(
        say(
            "Show the {subject} crop in the report (the person can be recognised by it)",
            subject=session.subject(),
        ),
        key=session.review_case().photo_key("report_crop", found.photo_sha256),
        persist_state="session",
    )
    return lambda: Heading(
        of,
        clock.local(clock.now()),
        language or Language.ENGLISH,
        crop_png(found.aligned) if found is not None and shown else None,
    )


def _button(
    form: Form,
    assessment: Assessment | AnswersOnly,
    made: Callable[[], AssessmentDocument],
    heading: Callable[[], Heading],
) -> None:
    kind = KINDS[form]
    _download(
        say(LABELS[form]),
        lambda: kind.make(made(), heading()),
        kind.file_name,
        kind.mime,
        key=_key(assessment, f"download_{form.value}"),
    )


def _key(assessment: Assessment | AnswersOnly, name: str) -> str:
    """Of a button that gives away a file: of this photo of this patient and no other."""
    return session.review_case().photo_key(name, assessment.photo_sha256)


def _download(label: str, make: Callable[[], bytes], name: str, mime: str, key: str) -> None:
    for_who_may(Permission.EXPORT, label, make, name, mime, key)
