"""Write a cohort of drawn films of one kind: see ``drawn.writing``.

films/*.png: one film a patient, 8 bits, marked as drawn; truth.parquet: the planted values.

One film as a file: PNG of 8 or 16 bits, or a small DICOM object. Each says it is drawn.
"""

import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
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
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort, named_values
from face2bone.drawn.worlds import World
from face2bone.drawn.writing import Pictures, manifest_row, write_folder
from face2bone.patient import Sex
from face2bone.progress import UnitsDone

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


FILM_FOLDER: Final = "films"


def write_film_cohort(
    kind: FilmKind,
    study: str,
    out: Path,
    patients: int,
    world: World,
    seed: int,
    workers: int | None = None,
    progress: UnitsDone | None = None,
) -> Path:
    """Draw patients 0 to ``patients`` - 1 of a study into ``out``; returns the manifest's path.

    The rest is as ``writing.write_folder``.
    """
    plan = {
        "drawn": True,
        "world": world.value,
        "seed": seed,
        "patients": patients,
        "film": kind.name,
        "spacing_mm": kind.spacing_mm,
        "generator_version": kind.version,
    }
    pictures = Pictures[FilmPatient](
        folder=FILM_FOLDER,
        what=f"Films of a {kind.name}",
        one="film",
        link="film and bone",
        name_of=film_name,
        bytes_of=partial(film_bytes, kind=kind),
    )
    cohort = draw_film_cohort(kind.model, patients, world, seed)
    tables = film_manifest(kind, study, cohort), film_truth(kind, cohort)
    return write_folder(Path(out), plan, cohort, pictures, *tables, workers, progress)


def film_name(drawn: FilmPatient) -> str:
    """Path of a patient's film, relative to the manifest."""
    return f"{FILM_FOLDER}/{drawn.patient_id}.png"


def film_bytes(drawn: FilmPatient, kind: FilmKind) -> bytes:
    """The patient's film as PNG; the same patient gives the same bytes."""
    return png_bytes(kind.draw(drawn))


def film_manifest(kind: FilmKind, study: str, cohort: Sequence[FilmPatient]) -> pd.DataFrame:
    """The cohort as a manifest of ``study``, one row a patient, with the side of the body."""
    device = f"{MARK} {kind.name} {kind.version}"
    rows = [
        manifest_row(p, film_name(p), device) | {"study": study, "laterality": p.side}
        for p in cohort
    ]
    return pd.DataFrame(rows)


def film_truth(kind: FilmKind, cohort: Sequence[FilmPatient]) -> pd.DataFrame:
    """What only the generator knows: each patient's seed and planted values."""
    rows: list[dict[str, Any]] = [
        {"patient_id": p.patient_id, "seed": p.seed} | dict(named_values(kind.model, p))
        for p in cohort
    ]
    return pd.DataFrame(rows)
