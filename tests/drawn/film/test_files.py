"""Files of a drawn film: read back bit for bit, marked, and in several syntaxes."""

import io

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from face2bone.drawn.film.files import dicom_bytes, png_bytes
from face2bone.drawn.film.film import DrawnFilm
from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import FilmPatient


@pytest.fixture(scope="module")
def film(kind: FilmKind, few: tuple[FilmPatient, ...]) -> DrawnFilm:
    return kind.draw(few[0], 0.9)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_png_holds_the_pixels_and_says_that_it_is_drawn(film: DrawnFilm, bits: int) -> None:
    with Image.open(io.BytesIO(png_bytes(film, bits))) as image:  # type: ignore[arg-type]
        assert image.text["Description"] == "drawn film"  # type: ignore[attr-defined]
        assert np.array_equal(np.asarray(image), film.pixels(bits))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "syntax",
    [
        ImplicitVRLittleEndian,
        ExplicitVRLittleEndian,
        DeflatedExplicitVRLittleEndian,
        RLELossless,
    ],
)
@pytest.mark.parametrize("inverted", [False, True])
def test_dicom_holds_the_pixels_in_each_syntax_and_polarity(
    kind: FilmKind,
    few: tuple[FilmPatient, ...],
    film: DrawnFilm,
    syntax: pydicom.uid.UID,
    inverted: bool,
) -> None:
    data = dicom_bytes(kind, few[0], film, inverted=inverted, transfer_syntax=syntax)
    read = pydicom.dcmread(io.BytesIO(data))
    assert read.file_meta.TransferSyntaxUID == syntax
    pixels = read.pixel_array
    assert read.PhotometricInterpretation == ("MONOCHROME1" if inverted else "MONOCHROME2")
    assert np.array_equal(4095 - pixels if inverted else pixels, film.pixels(12))


def test_dicom_says_what_and_whose_it_is(
    kind: FilmKind, few: tuple[FilmPatient, ...], film: DrawnFilm
) -> None:
    read = pydicom.dcmread(io.BytesIO(dicom_bytes(kind, few[0], film)))
    assert read.BodyPartExamined == kind.body_part
    assert read.ImageLaterality == ("L" if few[0].side == "left" else "R")
    assert [float(v) for v in read.PixelSpacing] == [0.9, 0.9]
    assert read.PatientID == few[0].patient_id
    assert read.SeriesDescription.startswith("drawn film")
    assert read.PresentationIntentType == "FOR PRESENTATION"


def test_the_same_film_gives_the_same_bytes(
    kind: FilmKind, few: tuple[FilmPatient, ...], film: DrawnFilm
) -> None:
    assert dicom_bytes(kind, few[0], film) == dicom_bytes(kind, few[0], film)
    assert png_bytes(film) == png_bytes(film)
