"""The PDF report as a DICOM Encapsulated PDF object (PS3.3, A.45.1), for archives that take no PDF.

An extra that nothing writes unless asked. It carries the pseudonym and the sex, no birth
date and no name, and the PDF is made without the crop, so no face is in it.
"""

from dataclasses import replace

from pydicom.dataset import FileDataset
from pydicom.uid import EncapsulatedPDFStorage, generate_uid

from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.page import STATUS_WORDS, Heading
from face2bone.report.assessment.pdf import to_pdf
from face2bone.report.dicom_object import add_equipment, add_pdf, file_bytes, new_object, plain


def to_dicom(document: AssessmentDocument, heading: Heading) -> bytes:
    """The report as a DICOM file; always without the crop."""
    pdf = to_pdf(document, replace(heading, crop_png=None))
    bundle = document.bundle
    dataset = new_object(EncapsulatedPDFStorage, generate_uid())
    _patient_and_study(dataset, document, heading)
    add_equipment(dataset, bundle.name, bundle.version, bundle.sha256)
    dataset.ContentDate = dataset.StudyDate
    dataset.ContentTime = dataset.StudyTime
    add_pdf(dataset, pdf, f"Bone health report, {STATUS_WORDS[bundle.status]}")
    return file_bytes(dataset)


def _patient_and_study(
    dataset: FileDataset, document: AssessmentDocument, heading: Heading
) -> None:
    dataset.PatientName = ""
    dataset.PatientID = plain(heading.pseudonym)
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
