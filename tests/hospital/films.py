"""Drawn films as an archive would send them, in several syntaxes and both polarities."""

from functools import cache
from typing import Any, Final

import numpy as np
from pydicom.uid import (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
    VLPhotographicImageStorage,
)

from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort
from face2bone.drawn.film.write import dicom_bytes
from face2bone.drawn.hand import HAND
from face2bone.drawn.knee import KNEE
from face2bone.drawn.worlds import World
from tests.modalities.radiograph.films import LOSSLESS, dataset, recoded, saved

KINDS: Final = {"knee": KNEE, "hand": HAND}
WRITTEN: Final = {
    "explicit": ExplicitVRLittleEndian,
    "implicit": ImplicitVRLittleEndian,
    "rle": RLELossless,
}
JPEG_LOSSLESS: Final = "jpeg lossless, first order"
SYNTAXES: Final = (*WRITTEN, JPEG_LOSSLESS)
PATIENTS: Final = 10


@cache
def patients(kind: str) -> tuple[FilmPatient, ...]:
    """Ten drawn patients of 50 and over."""
    drawn = draw_film_cohort(KINDS[kind].model, 4 * PATIENTS, World.PLANTED, 7)
    return tuple([one for one in drawn if one.patient.age_years >= 50][:PATIENTS])


@cache
def film(
    kind: str = "knee", number: int = 0, syntax: str = "explicit", inverted: bool = False
) -> bytes:
    """A patient's film as a DICOM file; ``inverted`` has bone dark, as MONOCHROME1."""
    chosen: FilmKind = KINDS[kind]
    patient = patients(kind)[number]
    written = WRITTEN.get(syntax, ExplicitVRLittleEndian)
    drawn = chosen.draw(patient)
    data = dicom_bytes(chosen, patient, drawn, inverted=inverted, transfer_syntax=written)
    return data if syntax in WRITTEN else recoded(data, LOSSLESS[syntax])


def blank(**tags: Any) -> bytes:
    """An even film on which there is nothing; ``tags`` set or (None) leave out."""
    even = np.full((320, 260), 500, np.uint16)
    known = {"StudyInstanceUID": "1.2.3.5", "PatientAge": "066Y", "PatientSex": "F"}
    return saved(dataset(even, 12, **_given(known, tags)))


def photo(pixels: np.ndarray[Any, np.dtype[np.uint8]], **tags: Any) -> bytes:
    """A colour photograph as a DICOM file of plain RGB."""
    known = {
        "SOPClassUID": VLPhotographicImageStorage,
        "StudyInstanceUID": "1.2.3.6",
        "PatientAge": "066Y",
        "PatientSex": "F",
        "SamplesPerPixel": 3,
        "PhotometricInterpretation": "RGB",
        "PlanarConfiguration": 0,
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "BodyPartExamined": "HEAD",
    }
    flat = np.ascontiguousarray(pixels).reshape(len(pixels), -1)
    return saved(dataset(flat, 8, **_given(known, tags)))


def _given(known: dict[str, Any], tags: dict[str, Any]) -> dict[str, Any]:
    """Without those of ours that are left out; those of every film are removed later."""
    return {n: v for n, v in (known | tags).items() if v is not None or n not in known}
