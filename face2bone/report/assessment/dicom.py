"""The PDF report as a DICOM Encapsulated PDF object (PS3.3, A.45.1), for archives that take no PDF.

An extra that nothing writes unless asked. It carries the pseudonym and the sex, no birth
date and no name, and the PDF is made without the crop, so no face is in it.
"""

import io
from dataclasses import replace
from typing import Final

from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import EncapsulatedPDFStorage, ExplicitVRLittleEndian, generate_uid

from face2bone import __version__
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.page import STATUS_WORDS, Heading
from face2bone.report.assessment.pdf import to_pdf

LONG_STRING: Final = 64  # characters of a LO element
CHARACTER_SET: Final = "ISO_IR 192"  # UTF-8


def to_dicom(document: AssessmentDocument, heading: Heading) -> bytes:
    """The report as a DICOM file; always without the crop."""
    pdf = to_pdf(document, replace(heading, crop_png=None))
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = EncapsulatedPDFStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = CHARACTER_SET
    dataset.SOPClassUID = EncapsulatedPDFStorage
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    _patient_and_study(dataset, document, heading)
    _equipment(dataset, document)
    _encapsulated(dataset, document, heading, pdf)
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _patient_and_study(
    dataset: FileDataset, document: AssessmentDocument, heading: Heading
) -> None:
    dataset.PatientName = ""
    dataset.PatientID = _plain(heading.pseudonym)
    dataset.PatientBirthDate = ""
    dataset.PatientSex = document.patient.sex
    dataset.StudyInstanceUID = generate_uid()
    dataset.StudyDate = heading.made_at.strftime("%Y%m%d")
    dataset.StudyTime = heading.made_at.strftime("%H%M%S")
    dataset.TimezoneOffsetFromUTC = heading.made_at.strftime("%z")
    dataset.ReferringPhysicianName = ""
    dataset.StudyID = ""
    dataset.AccessionNumber = ""
    dataset.Modality = "DOC"
    dataset.SeriesInstanceUID = generate_uid()
    dataset.SeriesNumber = 1
    dataset.InstanceNumber = 1


def _equipment(dataset: FileDataset, document: AssessmentDocument) -> None:
    bundle = document.bundle
    dataset.Manufacturer = "Face2Bone"
    dataset.ManufacturerModelName = _plain(f"{bundle.name} {bundle.version}")
    dataset.DeviceSerialNumber = bundle.sha256
    dataset.SoftwareVersions = __version__
    dataset.ConversionType = "WSD"  # workstation


def _encapsulated(
    dataset: FileDataset, document: AssessmentDocument, heading: Heading, pdf: bytes
) -> None:
    status = STATUS_WORDS[document.bundle.status]
    dataset.ContentDate = dataset.StudyDate
    dataset.ContentTime = dataset.StudyTime
    dataset.AcquisitionDateTime = ""
    dataset.BurnedInAnnotation = "YES"  # the pseudonym stands on the page
    dataset.DocumentTitle = f"Bone health report, {status}"
    dataset.ConceptNameCodeSequence = []
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    dataset.EncapsulatedDocumentLength = len(pdf)
    dataset.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)  # DICOM values have even length


def _plain(text: str) -> str:
    """A text as an LO element takes it: one line of at most 64 characters, no backslash."""
    kept = "".join(c for c in text if c.isprintable() and c != "\\")
    return kept.strip()[:LONG_STRING]
