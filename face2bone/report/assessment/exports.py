"""The forms in which an assessment leaves the program, each made from its document."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from face2bone.report.assessment.document import AssessmentDocument
    from face2bone.report.assessment.page import Heading


class Form(Enum):
    """One kind of file; the value is the word on the command line."""

    PDF = "pdf"
    FHIR = "fhir"
    DICOM = "dicom"


@dataclass(frozen=True)
class FileKind:
    """How a form is named and served."""

    file_name: str
    mime: str
    make: "Callable[[AssessmentDocument, Heading], bytes]"


def _pdf(document: "AssessmentDocument", heading: "Heading") -> bytes:
    from face2bone.report.assessment.pdf import to_pdf

    return to_pdf(document, heading)


def _fhir(document: "AssessmentDocument", heading: "Heading") -> bytes:
    from face2bone.report.assessment.fhir import to_fhir

    return to_fhir(document, heading).encode()


def _dicom(document: "AssessmentDocument", heading: "Heading") -> bytes:
    from face2bone.report.assessment.dicom import to_dicom

    return to_dicom(document, heading)


# Libraries are imported when a form is first made: a page that offers it stays fast.
KINDS: Final = {
    Form.PDF: FileKind("report.pdf", "application/pdf", _pdf),
    Form.FHIR: FileKind("report.fhir.json", "application/fhir+json", _fhir),
    Form.DICOM: FileKind("report.dcm", "application/dicom", _dicom),
}
