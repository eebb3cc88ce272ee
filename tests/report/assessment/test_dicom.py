"""The DICOM object: read back whole, with the PDF inside and no face."""

import io
from collections.abc import Callable
from datetime import datetime

import pydicom
import pypdfium2 as pdfium
import pytest
from pypdfium2 import raw

from face2bone.report.assessment.dicom import to_dicom
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.page import Heading
from face2bone.report.assessment.pdf import to_pdf

Example = Callable[..., AssessmentDocument]


def read(data: bytes) -> pydicom.FileDataset:
    return pydicom.dcmread(io.BytesIO(data))


def test_the_pdf_comes_back_to_the_byte(example_document: Example, now: datetime) -> None:
    heading = Heading("P-0017", now)
    dataset = read(to_dicom(example_document(), heading))
    pdf = dataset.EncapsulatedDocument[: dataset.EncapsulatedDocumentLength]
    assert pdf == to_pdf(example_document(), heading)
    assert len(dataset.EncapsulatedDocument) % 2 == 0
    assert dataset.SOPClassUID.name == "Encapsulated PDF Storage"
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID


def test_pseudonym_and_sex_and_nothing_else_of_the_person(
    example_document: Example, now: datetime
) -> None:
    dataset = read(to_dicom(example_document(), Heading("P-0017", now)))
    assert (dataset.PatientID, dataset.PatientSex) == ("P-0017", "F")
    assert not dataset.PatientName
    assert not dataset.PatientBirthDate
    assert (
        "DEMO MODEL"
        in read(to_dicom(example_document(status="demo"), Heading("", now))).DocumentTitle
    )


def test_the_crop_stays_out_even_when_ticked(example_document: Example, now: datetime) -> None:
    dataset = read(to_dicom(example_document(), Heading("P", now, crop_png=b"no picture")))
    pdf = pdfium.PdfDocument(bytes(dataset.EncapsulatedDocument))
    assert not [o for page in pdf for o in page.get_objects([raw.FPDF_PAGEOBJ_IMAGE])]


def test_two_files_are_two_objects(example_document: Example, now: datetime) -> None:
    first, second = (read(to_dicom(example_document(), Heading("P", now))) for _ in range(2))
    assert first.SOPInstanceUID != second.SOPInstanceUID


@pytest.mark.parametrize("name", ["a\\b\nc", "患者甲", "x" * 200, "\x1b[31m"])
def test_any_pseudonym_fits_its_element(
    example_document: Example, now: datetime, name: str
) -> None:
    dataset = read(to_dicom(example_document(), Heading(name, now)))
    assert len(dataset.PatientID) <= 64
    assert "\\" not in dataset.PatientID
