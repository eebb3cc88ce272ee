"""Answers as DICOM objects: filed beside their film, and the same whenever they are made."""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from pydicom import dcmread

from face2bone.hospital.answer import Answer, answer_of, failed
from face2bone.hospital.forms import AnswerForm
from face2bone.hospital.header import Header, read_header
from face2bone.hospital.models import Models
from face2bone.hospital.objects import object_of
from face2bone.words import Language
from tests.hospital.films import blank, film

BOTH = list(AnswerForm)


@pytest.fixture(scope="module")
def made(models: Models) -> tuple[Answer, Header]:
    header = read_header(film())
    return answer_of(film(), header, models), header


def objects(made: tuple[Answer, Header], picture: str = "a") -> dict[AnswerForm, bytes]:
    return {form: object_of(form, *made, picture, Language.ENGLISH) for form in BOTH}


def read(data: bytes) -> Any:
    return dcmread(io.BytesIO(data))


def test_it_is_filed_where_the_film_is(made: tuple[Answer, Header]) -> None:
    origin = read(film())
    for data in objects(made).values():
        found = read(data)
        for name in ("StudyInstanceUID", "PatientID", "PatientName", "PatientSex", "StudyDate"):
            assert found[name].value == origin[name].value
        assert found.SeriesInstanceUID != origin.SeriesInstanceUID
        assert found.SOPInstanceUID == found.file_meta.MediaStorageSOPInstanceUID
        assert found.SeriesDescription == "Face2Bone, DEMO MODEL"


def test_values_that_break_rules_are_repeated_as_they_came(made: tuple[Answer, Header]) -> None:
    tags = {"PatientBirthDate": "UNKNOWN", "PatientName": "x" * 200, "PatientID": "a" * 90}
    header = read_header(blank(**tags))
    found = read(object_of(AnswerForm.PDF, made[0], header, "a", Language.ENGLISH))
    with pytest.warns(UserWarning, match="Invalid value|exceeds the maximum"):
        assert (found.PatientID, str(found.PatientName)) == ("a" * 90, "x" * 200)


def test_the_same_answer_is_the_same_file_and_another_is_another_instance(
    made: tuple[Answer, Header], models: Models
) -> None:
    assert objects(made) == objects(made)
    others = [
        objects(made),
        objects(made, "b"),
        objects((failed(models, "1"), made[1])),
        {form: object_of(form, *made, "a", Language.CHINESE) for form in BOTH},
    ]
    uids = [read(data).SOPInstanceUID for one in others for data in one.values()]
    assert len(set(uids)) == len(uids)


def test_the_page_says_what_it_is_and_whose(made: tuple[Answer, Header]) -> None:
    found = read(objects(made)[AnswerForm.PDF])
    pdf = pdfium.PdfDocument(bytes(found.EncapsulatedDocument))
    text = " ".join(page.get_textpage().get_text_range() for page in pdf)
    pdf.close()
    assert len(text) > 500
    for said in ("DEMO MODEL", made[0].headline, "No person has checked this", "drawn-"):
        assert said in text.replace("\r\n", " ")


def test_the_capture_is_a_picture_that_names_nobody(made: tuple[Answer, Header]) -> None:
    answer, header = made
    found = read(objects(made)[AnswerForm.CAPTURE])
    assert found.pixel_array.shape == (found.Rows, found.Columns, 3)
    nobody = Header(**(vars(header) | {"repeated": dict.fromkeys(header.repeated, "")}))
    other = read(object_of(AnswerForm.CAPTURE, answer, nobody, "a", Language.ENGLISH))
    assert other.PixelData == found.PixelData
    assert found.BurnedInAnnotation == "NO"


def test_in_chinese(made: tuple[Answer, Header]) -> None:
    found = read(object_of(AnswerForm.PDF, *made, "a", Language.CHINESE))
    pdf = pdfium.PdfDocument(bytes(found.EncapsulatedDocument))
    text = pdf[0].get_textpage().get_text_range()
    pdf.close()
    assert "以 DXA 为准" in text.replace("\r\n", "")
    assert "[EN]" not in text


@pytest.mark.parametrize("form", BOTH)
def test_a_second_reader_finds_no_error(
    made: tuple[Answer, Header], form: AnswerForm, tmp_path: Path
) -> None:
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed; `apt-get install dicom3tools` runs this test too")
    path = tmp_path / "answer.dcm"
    path.write_bytes(objects(made)[form])
    said = subprocess.run([program, str(path)], capture_output=True, text=True, timeout=120)
    assert "Error" not in said.stderr
