"""An answer as DICOM objects of the study that its picture is of.

Everything in them follows from the picture, the model and the program's version, the UIDs too, so
that an answer that is made and sent a second time is the same instance to the byte.
"""

import io
from collections.abc import Callable
from typing import Final

import numpy as np
from PIL import Image
from pydicom.config import IGNORE
from pydicom.dataelem import DataElement
from pydicom.dataset import FileDataset
from pydicom.uid import EncapsulatedPDFStorage, SecondaryCaptureImageStorage, generate_uid

from face2bone import __version__
from face2bone.hospital.answer import Answer
from face2bone.hospital.forms import AnswerForm
from face2bone.hospital.header import REPEATED, Header
from face2bone.hospital.page import answer_pdf, answer_png
from face2bone.report.assessment.page import STATUS_WORDS
from face2bone.report.dicom_object import add_equipment, add_pdf, file_bytes, new_object
from face2bone.words import Language

SOP_CLASSES: Final = {
    AnswerForm.PDF: EncapsulatedPDFStorage,
    AnswerForm.CAPTURE: SecondaryCaptureImageStorage,
}


def object_of(
    form: AnswerForm, answer: Answer, header: Header, picture: str, language: Language
) -> bytes:
    """The answer as a DICOM file; ``picture`` is the hash of what came."""
    # With its sentence: an instance never says two things.
    made_by = [answer.facts.sha256, __version__, language.value, form.value]
    sources = [picture, header.study, *made_by, answer.headline]
    dataset = new_object(SOP_CLASSES[form], generate_uid(entropy_srcs=[*sources, "instance"]))
    _add_origin(dataset, header)
    dataset.SeriesInstanceUID = generate_uid(entropy_srcs=[*sources, "series"])
    _add_series(dataset, answer)
    add_equipment(dataset, answer.facts.name, answer.facts.version, answer.facts.sha256)
    _ADD[form](dataset, answer, header, language)
    return file_bytes(dataset)


def _add_origin(dataset: FileDataset, header: Header) -> None:
    """Patient and study as they came, right or wrong: an archive files by them."""
    dataset.StudyInstanceUID = header.study
    for tag, text in header.repeated.items():
        dataset.add(DataElement(tag, REPEATED[tag], text, validation_mode=IGNORE))


def _add_series(dataset: FileDataset, answer: Answer) -> None:
    # One number for all: an archive tells series apart by their UIDs.
    dataset.SeriesNumber, dataset.InstanceNumber = 9001, 1
    dataset.SeriesDescription = f"Face2Bone, {STATUS_WORDS[answer.facts.status]}"
    dataset.ContentDate, dataset.ContentTime = "", ""


def _add_pdf(dataset: FileDataset, answer: Answer, header: Header, language: Language) -> None:
    dataset.Modality = "DOC"
    title = f"Answer of a model, {STATUS_WORDS[answer.facts.status]}"
    add_pdf(dataset, answer_pdf(answer, header, language), title)


def _add_capture(dataset: FileDataset, answer: Answer, header: Header, language: Language) -> None:
    with Image.open(io.BytesIO(answer_png(answer, header, language))) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    dataset.Modality = "OT"
    dataset.ImageType = ["DERIVED", "SECONDARY"]
    dataset.BurnedInAnnotation = "NO"  # no text on it tells who it is of
    dataset.PatientOrientation, dataset.Laterality = "", ""
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, "RGB"
    dataset.PlanarConfiguration, dataset.PixelRepresentation = 0, 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.PixelData = pixels.tobytes() + b"\0" * (pixels.size % 2)


_ADD: Final[dict[AnswerForm, Callable[[FileDataset, Answer, Header, Language], None]]] = {
    AnswerForm.PDF: _add_pdf,
    AnswerForm.CAPTURE: _add_capture,
}
