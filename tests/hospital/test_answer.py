"""What is answered to films, photographs and to what cannot be used."""

from typing import Any

import numpy as np
import pytest

from face2bone.assessment import Assessment
from face2bone.drawn.knee.pair import draw_both_knees
from face2bone.hospital.answer import Answer, answer_of, failed
from face2bone.hospital.header import read_header
from face2bone.hospital.models import Models
from face2bone.modalities.photo import Photo
from face2bone.patient import Patient
from tests.hospital.films import blank, film, patients, photo
from tests.modalities.radiograph.films import dataset, saved


def expected_words(assessment: Assessment) -> str:
    classes = assessment.bundle.classes
    names = [classes[index] for index in assessment.prediction.prediction_set]
    return "remain possible." if len(names) == len(classes) else " or ".join(names)


def answered(data: bytes, models: Models) -> Answer:
    return answer_of(data, read_header(data), models)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "place"), [("knee", 0), ("hand", 1)])
def test_a_film_is_answered_as_an_assessment_of_it_is(
    models: Models, kind: str, place: int
) -> None:
    answer = answered(film(kind, 2), models)
    drawn = patients(kind)[2].patient
    patient = Patient(float(int(drawn.age_years)), drawn.sex, drawn.height_cm, drawn.weight_kg)
    expected = models.assessors[place].assess(film(kind, 2), patient, explained=False)
    assert np.array_equal(answer.probabilities, expected.prediction.probabilities)
    assert answer.facts == expected.bundle
    assert answer.told == expected.located.told
    assert answer.measures == expected.located.measures
    assert not answer.refused
    assert answer.headline.startswith("Demonstration, not a finding. ")
    assert answer.headline.endswith(expected_words(expected))
    assert answer.crop.startswith(b"\x89PNG")


def test_polarity_and_syntax_change_nothing(models: Models) -> None:
    first = answered(film("knee", 0), models)
    other = answered(film("knee", 0, "rle", inverted=True), models)
    assert other.probabilities == pytest.approx(first.probabilities, abs=0.01)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({}, "knee"),
        ({"BodyPartExamined": "CHEST"}, "another body part"),
        ({"BodyPartExamined": None}, "Neither a knee nor a hand"),
        ({"Rows": 100, "Columns": 832}, "fewer than 200"),
    ],
)
def test_what_cannot_be_used_is_answered_with_the_reason(
    models: Models, tags: dict[str, Any], reason: str
) -> None:
    answer = answered(blank(**tags), models)
    assert answer.refused
    assert answer.headline.startswith("No result: ")
    assert reason in answer.headline
    assert (answer.probabilities, answer.crop) == ((), b"")


def changed(data: bytes, tag: bytes, value: bytes) -> bytes:
    place = data.index(tag) + 8
    return data[:place] + value.ljust(4) + data[place + 4 :]


AGE, SEX = b"\x10\x00\x10\x10AS", b"\x10\x00\x40\x00CS"


@pytest.mark.parametrize(
    ("age", "reason"),
    [(b"017Y", "is 17 years old"), (b"003M", "lacks"), (b"049Y", "not defined for this patient")],
)
def test_an_age_that_allows_no_class_is_the_answer(models: Models, age: bytes, reason: str) -> None:
    answer = answered(changed(film("knee", 0), AGE, age), models)
    assert answer.refused
    assert reason in answer.headline
    assert answer.probabilities == ()


def test_a_photo_is_answered_without_the_face(models: Models, drawn_photo: Photo) -> None:
    answer = answered(photo(drawn_photo.pixels), models)
    assert answer.modality.id == "face"
    assert answer.crop == b""
    assert not answer.refused


def test_what_the_program_failed_at_says_its_number(models: Models) -> None:
    answer = failed(models, "0badcafe")
    assert answer.refused
    assert "error 0badcafe" in answer.headline


def test_of_two_knees_it_is_said_that_one_was_looked_at(models: Models) -> None:
    both = draw_both_knees(patients("knee")[0]).pixels(12)
    tags = {"StudyInstanceUID": "1.2.3.5", "PatientAge": "066Y", "PatientSex": "F"}
    answer = answered(saved(dataset(both, 12, **tags)), models)
    assert answer.remarks[0] == (
        "The film shows more than one; only the one that is seen best was assessed."
    )
    assert not answer.refused
