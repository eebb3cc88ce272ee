"""The PDF: tagged, with language and fonts, at most two pages, and deaf to markup."""

import io
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdfium2 import raw

from face2bone.apparent_age import WHAT_IT_IS_NOT
from face2bone.assessment import AnswersOnly, Assessment
from face2bone.clinical.frax import FraxResult
from face2bone.patient import Patient, Sex
from face2bone.report.assessment.assessment_json import document
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.page import Heading
from face2bone.report.assessment.pdf import TEMPLATE, to_pdf
from face2bone.words import Language, catalogue
from tests.report.apparent_ages import AGE

Example = Callable[..., AssessmentDocument]
HOSTILE = (
    '#text(fill: red)[x] $sum_0^n$ @ref <label> *b* _e_ `raw` // comment \\ #import "a.typ"',
    "= Heading\n- list /* open",
    '#read("/etc/hostname") #panic("stop")',
    "\u202egnp.exe\u0000\x1b[31m 😀 ſ́",
)


def pages_of(data: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(data)]


def text_of(data: bytes) -> str:
    return "\n".join(pages_of(data))


def plain(text: str) -> str:
    """Without the white space and hyphens that line breaks put in."""
    return re.sub(r"[\s\u00ad\ufffe\x02]+", "", text)


def language_of(data: bytes) -> str:
    document = pdfium.PdfDocument(data)
    size = raw.FPDFCatalog_GetLanguage(document, None, 0)
    buffer = (raw.FPDF_WCHAR * (size // 2))()
    raw.FPDFCatalog_GetLanguage(document, buffer, size)
    return bytes(buffer).decode("utf-16-le").rstrip("\0")


@pytest.mark.parametrize(("language", "code"), [("en", "en"), ("zh", "zh-CN")])
def test_tagged_titled_and_in_its_language(
    example_document: Example, now: datetime, language: str, code: str
) -> None:
    data = to_pdf(example_document(), Heading("P-1", now, Language(language)))
    document = pdfium.PdfDocument(data)
    assert raw.FPDFCatalog_IsTagged(document)
    assert language_of(data) == code
    assert document.get_metadata_dict()["Title"]
    # The conformance claims stand in the XMP metadata, which is never compressed.
    assert b"<pdfuaid:part>1</pdfuaid:part>" in data
    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in data


@pytest.mark.parametrize("language", Language)
def test_every_text_object_uses_an_embedded_font(
    example_document: Example, now: datetime, language: Language
) -> None:
    document = pdfium.PdfDocument(to_pdf(example_document(), Heading("P-1", now, language)))
    embedded = [
        raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(found.raw))
        for page in document
        for found in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])
    ]
    assert set(embedded) == {1}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("guideline", ["china", "nogg", "uspstf"])
def test_two_pages_hold_everything(
    example_document: Example,
    everything: Patient,
    now: datetime,
    language: Language,
    guideline: str,
) -> None:
    document = example_document(
        patient=everything, guideline=guideline, frax=FraxResult(32.0, 12.5, with_bmd=False)
    )
    assert len(pdfium.PdfDocument(to_pdf(document, Heading("P-1", now, language)))) <= 2


@pytest.mark.parametrize(
    "facts", [{"outside": True}, {"patient": Patient(45.0, Sex.MALE, 175.0, 70.0)}]
)
def test_a_report_without_a_class_shows_no_probability(
    example_document: Example, now: datetime, facts: dict[str, Any]
) -> None:
    shown = text_of(to_pdf(example_document(**facts), Heading("P-1", now)))
    assert "No result" in shown
    assert "60.0%" not in shown


def test_status_suggestion_reasons_and_signature_are_on_it(
    example_document: Example, now: datetime
) -> None:
    document = example_document(status="demo")
    shown = plain(text_of(to_pdf(document, Heading("P-1", now))))
    wanted = [document.notice, document.referral.urgency, "DEMO MODEL", "Signature", "P-1"]
    wanted += [part.text for part in document.referral.reasons]
    wanted += [part.source for part in document.referral.reasons]
    assert [text for text in wanted if plain(text) not in shown] == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        ("demo", ("DEMO MODEL", "trained on drawn pictures; never drives a referral")),
        ("research", ("RESEARCH MODEL", "not a medical device; DXA decides, not this model")),
    ],
)
def test_status_and_notice_stand_on_every_page(
    example_document: Example,
    everything: Patient,
    now: datetime,
    status: str,
    wanted: tuple[str, ...],
    language: Language,
) -> None:
    frax = FraxResult(32.0, 12.5, with_bmd=False)
    document = example_document(status=status, patient=everything, guideline="china", frax=frax)
    pages = pages_of(to_pdf(document, Heading("P-1", now, language)))
    assert len(pages) == 2
    for number, page in enumerate(pages):
        for text in wanted:
            assert plain(catalogue(language).say(text)) in plain(page), (number, text)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_was_typed_is_shown_and_not_obeyed(
    example_document: Example, now: datetime, name: str
) -> None:
    from face2bone.report.assessment.glyphs import drawable

    shown = plain(text_of(to_pdf(example_document(), Heading(name, now))))
    assert plain(drawable(name[:64])) in shown


@settings(max_examples=15)
@given(name=st.text(max_size=70))
def test_no_pseudonym_breaks_the_report(
    example_document: Example, now: datetime, name: str
) -> None:
    assert to_pdf(example_document(), Heading(name, now)).startswith(b"%PDF-")


def test_the_crop_is_the_only_picture(example_document: Example, now: datetime) -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.full((160, 160, 3), 200, np.uint8)).save(buffer, format="PNG")
    for crop, pictures in ((None, 0), (buffer.getvalue(), 1)):
        document = pdfium.PdfDocument(to_pdf(example_document(), Heading("P", now, crop_png=crop)))
        found = [o for page in document for o in page.get_objects([raw.FPDF_PAGEOBJ_IMAGE])]
        assert len(found) == pictures


def test_the_same_input_gives_the_same_bytes(example_document: Example, now: datetime) -> None:
    heading = Heading("P-1", now)
    assert to_pdf(example_document(), heading) == to_pdf(example_document(), heading)


def test_black_on_white_only(example_document: Example, now: datetime) -> None:
    """Without the crop no colour is used, so a black and white printer loses nothing."""
    document = pdfium.PdfDocument(to_pdf(example_document(status="demo"), Heading("P-1", now)))
    for page in document:
        pixels = np.asarray(page.render(scale=1).to_pil().convert("RGB")).astype(int)
        assert np.abs(pixels - pixels.mean(axis=-1, keepdims=True)).max() < 1


def test_the_template_imports_nothing() -> None:
    source = Path(TEMPLATE).read_text("utf-8")
    assert not re.search(r"#(import|include|read|eval)\b|@preview", source)
    assert "eval(" not in source


def test_without_a_result_there_is_a_report(answers_only: AnswersOnly, now: datetime) -> None:
    for language in Language:
        data = to_pdf(document(answers_only), Heading("P-1", now, language))
        assert data.startswith(b"%PDF-")


@pytest.mark.parametrize("language", Language)
def test_two_pages_hold_everything_and_how_old_the_face_looks(
    example_assessment: Callable[..., Assessment],
    everything: Patient,
    now: datetime,
    language: Language,
) -> None:
    made = example_assessment(patient=everything, frax=FraxResult(32.0, 12.5, with_bmd=True))
    data = to_pdf(document(made, AGE), Heading("P-1", now, language))
    assert len(pdfium.PdfDocument(data)) <= 2
    shown = plain(text_of(data))
    assert AGE.facts.sha256 in shown
    if language is Language.ENGLISH:
        assert plain(WHAT_IT_IS_NOT) in shown
