"""A written cohort of films: readable by the manifest's rules, marked, with its truth apart."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pydicom
import pytest
import yaml
from PIL import Image
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from face2bone.cohort.manifest import read_manifest
from face2bone.drawn.film.film import DrawnFilm
from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort
from face2bone.drawn.film.write import (
    dicom_bytes,
    film_bytes,
    film_name,
    png_bytes,
    write_film_cohort,
)
from face2bone.drawn.knee import KNEE
from face2bone.drawn.worlds import World
from face2bone.drawn.writing import read_plan
from face2bone.errors import ManifestError

SEED, N = 400_601, 3


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("films") / "cohort"
    return write_film_cohort(KNEE, "bone_net", out, N, World.PLANTED, SEED, workers=1)


def test_the_manifest_keeps_its_own_rules_and_names_side_and_study(written: Path) -> None:
    cohort = read_manifest(written)
    patients = draw_film_cohort(KNEE.model, N, World.PLANTED, SEED)
    assert cohort.study == "bone_net"
    assert list(cohort.table["laterality"]) == [p.side for p in patients]
    assert list(cohort.table["t_score"]) == [p.t_score for p in patients]
    assert list(cohort.labels) == [int(p.bone_class) for p in patients]


def test_every_film_says_that_it_is_drawn_and_is_the_patients(written: Path) -> None:
    for patient in draw_film_cohort(KNEE.model, N, World.PLANTED, SEED):
        path = written.parent / film_name(patient)
        assert path.read_bytes() == film_bytes(patient, KNEE)
        with Image.open(path) as film:
            assert (film.mode, film.info["Description"]) == ("L", "drawn film")


def test_the_plan_and_the_notice_say_what_was_drawn(written: Path) -> None:
    plan = read_plan(written.parent)
    assert plan == yaml.safe_load((written.parent / "cohort.yaml").read_text())
    assert plan is not None
    assert (plan["film"], plan["world"], plan["generator_version"]) == (
        *("knee", "planted"),
        KNEE.version,
    )
    notice = (written.parent / "README.txt").read_text()
    assert "Films of a knee, measurements and T-scores were drawn" in notice


def test_the_truth_is_kept_apart(written: Path) -> None:
    truth = pd.read_parquet(written.parent / "truth.parquet")
    patients = draw_film_cohort(KNEE.model, N, World.PLANTED, SEED)
    assert [tuple(row) for row in truth[list(KNEE.model.names)].to_numpy()] == [
        p.values for p in patients
    ]
    assert not set(truth) & set(read_manifest(written).table) - {"patient_id"}


def test_a_folder_with_another_cohort_is_refused(written: Path) -> None:
    with pytest.raises(ManifestError, match="another drawn cohort"):
        write_film_cohort(KNEE, "bone_net", written.parent, N, World.NULL, SEED, workers=1)


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
