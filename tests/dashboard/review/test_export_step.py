"""The export buttons: nothing is made before it is asked for, and the crop only when ticked."""

import json
from collections.abc import Callable
from dataclasses import replace

import pypdfium2 as pdfium
import pytest
import streamlit as st
from pypdfium2 import raw

from face2bone.assess import Assessor
from face2bone.assessment import NOT_EXPLAINED, Assessment, Explanation
from face2bone.bundle import Bundle
from face2bone.dashboard.common import session
from face2bone.dashboard.review.export_step import export
from face2bone.drawn.face.samples import sample_patients
from face2bone.modalities.photo import read_photo
from face2bone.report.assessment.document import SCHEMA_VERSION
from tests.report.apparent_ages import AGE

Offered = dict[str, Callable[[], bytes]]


@pytest.fixture(scope="module")
def assessment(tiny_bundle: Bundle) -> Assessment:
    """That of a drawn sample patient, not explained."""
    assessor, sample = Assessor(tiny_bundle), sample_patients()[0]
    found = assessor.locate(read_photo(sample.photo_bytes()))
    prediction = assessor.predict(found)
    referral = assessor.refer(sample.patient, prediction)
    return Assessment(
        sample.patient, found, prediction, Explanation.none(), referral, assessor.facts
    )


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Offered:
    """What each download button was handed, by name."""
    handed: Offered = {}

    def button(label: str, data: Callable[[], bytes], key: str, **_: object) -> None:
        handed[key.rsplit("_", 2)[0]] = data  # without which photo and patient it is of

    monkeypatch.setattr(st, "download_button", button)
    return handed


def tick(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    monkeypatch.setattr(st, "checkbox", lambda *_, key, **__: key.startswith(keys))


def pictures(pdf: bytes) -> int:
    document = pdfium.PdfDocument(pdf)
    return sum(1 for page in document for _ in page.get_objects([raw.FPDF_PAGEOBJ_IMAGE]))


@pytest.mark.slow
def test_every_file_is_made_only_when_asked_for(assessment: Assessment, offered: Offered) -> None:
    export(assessment)
    assert set(offered) == {f"download_{form}" for form in ("pdf", "fhir", "dicom", "json")}
    assert all(callable(make) for make in offered.values())
    assert offered["download_pdf"]().startswith(b"%PDF-")
    assert json.loads(offered["download_fhir"]())["resourceType"] == "Bundle"
    assert json.loads(offered["download_json"]())["schema_version"] == SCHEMA_VERSION


def test_a_button_is_of_one_patient_and_one_photo(
    assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under one key for all, a button drawn for one patient could hand out the next one's file."""
    keys: list[str] = []
    monkeypatch.setattr(st, "download_button", lambda *_, key, **__: keys.append(key))
    export(assessment)
    other = replace(assessment.located, photo_sha256="f" * 64)
    export(replace(assessment, located=other))
    session.review_case().new_patient()
    export(assessment)
    assert len(set(keys)) == len(keys) == 12


def test_what_was_not_explained_says_so_in_every_file(
    assessment: Assessment, offered: Offered
) -> None:
    export(assessment)
    written = json.loads(offered["download_json"]())
    assert written["regions_withheld"] == NOT_EXPLAINED
    assert (written["regions"], written["concepts"]) == ([], [])
    assert NOT_EXPLAINED in offered["download_fhir"]().decode()


def test_the_crop_is_in_the_pdf_only_when_ticked(
    assessment: Assessment, offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(assessment)
    assert pictures(offered["download_pdf"]()) == 0
    tick(monkeypatch, "report_crop")
    export(assessment)
    assert pictures(offered["download_pdf"]()) == 1


def test_dicom_never_holds_the_crop(
    assessment: Assessment, offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick(monkeypatch, "report_crop")
    export(assessment)
    data = offered["download_dicom"]()
    assert data[128:132] == b"DICM"
    assert b"/Subtype/Image" not in data


def test_every_file_holds_how_old_the_face_looks_where_the_page_says_so(
    assessment: Assessment, offered: Offered
) -> None:
    export(assessment, replace(AGE, photo_sha256=assessment.photo_sha256))
    assert json.loads(offered["download_json"]())["apparent_age"]["years"] == 52.3
    assert "Apparent age" in offered["download_fhir"]().decode()
    report = pdfium.PdfDocument(offered["download_pdf"]())
    words = "".join(page.get_textpage().get_text_range() for page in report)
    assert "about 52 years" in " ".join(words.split())
