"""A drawn film as a file: PNG of 8 or 16 bits, or a small DICOM object. Each says it is drawn."""

import io
from typing import Final, Literal

import numpy as np
from PIL import Image, PngImagePlugin
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import (
    UID,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    RLELossless,
    generate_uid,
)

from face2bone.drawn.film.film import DrawnFilm
from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import FilmPatient
from face2bone.patient import Sex

MARK: Final = "drawn film"
DICOM_BITS: Final = 12


def png_bytes(film: DrawnFilm, bits: Literal[8, 16] = 8) -> bytes:
    """The film as a grey PNG of 8 or 16 bits a pixel."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Description", MARK)
    buffer = io.BytesIO()
    Image.fromarray(film.pixels(bits)).save(buffer, format="PNG", pnginfo=info)
    return buffer.getvalue()


def dicom_bytes(
    kind: FilmKind,
    patient: FilmPatient,
    film: DrawnFilm,
    *,
    inverted: bool = False,
    transfer_syntax: str = ExplicitVRLittleEndian,
) -> bytes:
    """The film as a digital X-ray image for presentation, 12 bits in 16.

    ``inverted`` stores bone dark, as MONOCHROME1. ``transfer_syntax``: explicit or implicit
    little endian, deflated, or RLE. The same film gives the same bytes.
    """
    data = _description(kind, patient, film.spacing_mm)
    pixels = film.pixels(DICOM_BITS)
    if inverted:
        pixels = (2**DICOM_BITS - 1 - pixels).astype(np.uint16)
    data.PhotometricInterpretation = "MONOCHROME1" if inverted else "MONOCHROME2"
    data.PresentationLUTShape = "INVERSE" if inverted else "IDENTITY"
    data.Rows, data.Columns = pixels.shape
    data.PixelData = pixels.astype("<u2").tobytes()
    if transfer_syntax == RLELossless:
        data.compress(RLELossless, generate_instance_uid=False)
    else:
        data.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    buffer = io.BytesIO()
    data.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _description(kind: FilmKind, patient: FilmPatient, spacing_mm: float) -> FileDataset:
    """Everything but the pixels."""
    uid = generate_uid(entropy_srcs=[kind.name, kind.version, patient.patient_id])
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    meta.MediaStorageSOPInstanceUID = uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = DigitalXRayImageStorageForPresentation, uid
    data.StudyInstanceUID, data.SeriesInstanceUID = f"{uid}.1"[:64], f"{uid}.2"[:64]
    data.Modality, data.PresentationIntentType = "DX", "FOR PRESENTATION"
    data.ImageType = ["DERIVED", "PRIMARY"]
    data.Manufacturer, data.SeriesDescription = MARK, f"{MARK}: {kind.name} {kind.version}"
    data.PatientName, data.PatientID = "DRAWN^NOBODY", patient.patient_id
    data.PatientSex = "F" if patient.patient.sex is Sex.FEMALE else "M"
    data.PatientAge = f"{int(patient.patient.age_years):03d}Y"
    data.StudyDate = patient.acquired_on.strftime("%Y%m%d")
    data.BodyPartExamined, data.ViewPosition = kind.body_part, kind.view
    data.ImageLaterality = "L" if patient.side == "left" else "R"
    data.PixelSpacing = [spacing_mm, spacing_mm]
    data.BurnedInAnnotation = "YES"  # the side marker
    data.SamplesPerPixel, data.PixelRepresentation = 1, 0
    data.BitsAllocated, data.BitsStored, data.HighBit = 16, DICOM_BITS, DICOM_BITS - 1
    data.WindowCenter, data.WindowWidth = 2 ** (DICOM_BITS - 1), 2**DICOM_BITS
    data.RescaleIntercept, data.RescaleSlope, data.RescaleType = 0, 1, "US"
    return data
