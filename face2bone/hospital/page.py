"""An answer as the strings of a page, and the page as PDF and as a picture."""

from pathlib import Path
from typing import Any, Final

from face2bone.bundle.card import notice_of
from face2bone.hospital.answer import Answer
from face2bone.hospital.header import PATIENT_ID, Header
from face2bone.report.assessment.page import STATUS_WORDS, drawn_page
from face2bone.report.assessment.page_result import measures_of, percent
from face2bone.report.assessment.pdf import typeset_pdf, typeset_png
from face2bone.words import Catalogue, Language, catalogue, message, template

FOLDER: Final = Path(__file__).parent
PDF_TEMPLATE: Final = FOLDER / "answer.typ"
CAPTURE_TEMPLATE: Final = FOLDER / "capture.typ"
DOTS_PER_INCH: Final = 110.0
COLUMNS: Final = (message("Class"), message("Calibrated probability"), message("Base rate"))
TITLE: Final = template("What a model says of a {kind}")


def answer_pdf(answer: Answer, header: Header, language: Language) -> bytes:
    """The answer on a page without a date of its own: the same answer gives the same bytes."""
    return typeset_pdf(PDF_TEMPLATE, page_of(answer, header, language), None)


def answer_png(answer: Answer, header: Header, language: Language) -> bytes:
    """Status, sentence and crop as a picture that names nobody."""
    return typeset_png(CAPTURE_TEMPLATE, page_of(answer, header, language), DOTS_PER_INCH)


def page_of(answer: Answer, header: Header, language: Language) -> dict[str, Any]:
    """Every string and share of the page, as plain JSON values."""
    words = catalogue(language)
    page: dict[str, Any] = drawn_page(
        {
            "language": language.value,
            "region": language.region,
            "title": words.say(message(TITLE, kind=answer.modality.kind)),
            "status": words.say(STATUS_WORDS[answer.facts.status]),
            "notice": words.say(notice_of(answer.facts.status)),
            "headline": words.say(answer.headline),
            "identity": _identity(header, words),
            "columns": [words.say(text) for text in COLUMNS],
            "classes": _classes(answer, words),
            "remarks": [words.say(one) for one in answer.remarks],
            "measures": measures_of(answer.told, answer.measures, words),
            "measured": words.say(
                message("Measured on the {picture}", picture=answer.modality.noun)
            ),
            "model": _model(answer, words),
            "closing": words.say(
                "No person has checked this. It rests on the picture, age and sex alone, is no "
                "diagnosis and suggests no referral: DXA decides, not this model."
            ),
        }
    )
    return page | {"crop": list(answer.crop)}


def _identity(header: Header, words: Catalogue) -> list[tuple[str, str]]:
    return [
        (words.say("Patient ID"), header.repeated[PATIENT_ID]),
        (words.say("Day of the study"), header.study_day),
    ]


def _classes(answer: Answer, words: Catalogue) -> list[tuple[str, str, str]]:
    facts = answer.facts
    rates = facts.class_fractions
    return [
        (words.say(name), percent(share), f"{rate:.0%}")
        for name, share, rate in zip(facts.classes, answer.probabilities, rates, strict=False)
    ]


def _model(answer: Answer, words: Catalogue) -> list[tuple[str, str]]:
    facts = answer.facts
    return [
        (words.say("Name and version"), f"{facts.name} {facts.version} ({facts.created_on})"),
        (words.say("Trained on"), words.find(facts.cohort) or facts.cohort),
        (words.say("Bundle SHA-256"), facts.sha256),
    ]
