"""The search for what is left of a face finds each form of it, whole, torn and inside a report."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from face2bone.bundle import Bundle
from face2bone.drawn.face.samples import sample_patients
from face2bone.report.assessment.assessment_json import document
from face2bone.report.assessment.page import Heading
from face2bone.report.assessment.pdf import to_pdf
from tests.browser.traces import Face, forms_of, pictures_of
from tests.report.conftest import Case, example

FORMS = ["photo", "crop as PNG", "crop as pixels", "photo with outlines"]


@pytest.fixture(scope="module")
def forms(tiny_bundle: Bundle) -> dict[str, bytes]:
    return forms_of(sample_patients()[0].photo_bytes(), tiny_bundle)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_found_whole_and_torn(
    forms: dict[str, bytes], form: str, tmp_path: Path
) -> None:
    picture, face, middle = forms[form], Face(forms), len(forms[form]) // 2
    (tmp_path / "whole").write_bytes(b"x" * 99 + picture)
    (tmp_path / "torn").write_bytes(picture[middle : middle + 4_000])
    (tmp_path / "none").write_bytes(os.urandom(4_000))
    found = face.files_among(sorted(tmp_path.iterdir()))
    assert [path.name for path in found] == ["torn", "whole"]
    assert face.forms_in(picture) == [form]


def test_another_face_is_not_this_one(forms: dict[str, bytes], tiny_bundle: Bundle) -> None:
    other = forms_of(sample_patients()[1].photo_bytes(), tiny_bundle)
    assert [Face(forms).forms_in(picture) for picture in other.values()] == [[]] * len(other)


def test_the_crop_in_a_report_is_found_and_none_where_there_is_none(
    forms: dict[str, bytes],
) -> None:
    made = document(example(Case()))
    with_face, without = (
        to_pdf(made, Heading("P-1", datetime(2026, 11, 21, 15, tzinfo=UTC), crop_png=crop))
        for crop in (forms["crop as PNG"], None)
    )
    assert pictures_of(without) == {}
    face = Face(forms | pictures_of(with_face))
    assert "picture 0 of the report" in face.forms_in(with_face)
    assert face.forms_in(without) == []
