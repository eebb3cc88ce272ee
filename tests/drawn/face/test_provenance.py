"""The frozen generator: what it draws is what was drawn when it was frozen.

`reference.json` holds eight patients and their faces, made small, as the frozen version drew
them. A rounding may move a pixel by one on another processor; a changed drawing moves many.
"""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pytest

from face2bone.drawn.face.patients import DrawnPatient, draw_cohort, patient_face
from face2bone.drawn.face.provenance import (
    GENERATOR_HASH,
    GENERATOR_VERSION,
    PATIENT_MODEL_HASH,
)
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.people import TEST_SEED_RANGE
from face2bone.drawn.worlds import World

REFERENCE: Final = json.loads(Path(__file__).with_name("reference.json").read_text("utf-8"))
CHANGED: Final = (
    "The generator draws otherwise than when it was frozen. Undo the change, or raise "
    "GENERATOR_VERSION, give it new hashes and a new reference, and retrain what it drew for."
)
EACH: Final = 4


def drawn_again(place: int) -> DrawnPatient:
    world = World(REFERENCE[place]["world"])
    return draw_cohort(6, world, TEST_SEED_RANGE.start + 61)[place % EACH]


def facts(patient: DrawnPatient) -> dict[str, Any]:
    person = patient.patient
    return asdict(patient) | {
        "patient": None,
        "bone_class": patient.bone_class.label,
        "acquired_on": str(patient.acquired_on),
        "ageing": pytest.approx(asdict(patient.ageing), abs=1e-5),
        "age_years": person.age_years,
        "sex": person.sex.value,
        "height_cm": person.height_cm,
        "weight_kg": person.weight_kg,
    }


@pytest.mark.parametrize("place", range(len(REFERENCE)))
def test_the_frozen_patients_are_drawn(place: int) -> None:
    assert REFERENCE[place]["patient"] == facts(drawn_again(place)), CHANGED


@pytest.mark.parametrize("place", range(len(REFERENCE)))
def test_the_frozen_faces_are_drawn(place: int) -> None:
    face = draw_face(patient_face(drawn_again(place)), 256, maps=True)
    small = cv2.resize(face.pixels, (16, 16), interpolation=cv2.INTER_AREA)
    moved = np.abs(small.astype(int) - REFERENCE[place]["thumbnail"])
    assert moved.max() <= 1, CHANGED
    assert face.parameter_maps is not None
    means = {name: float(influence.mean()) for name, influence in face.parameter_maps.items()}
    assert means == pytest.approx(REFERENCE[place]["maps"], abs=2e-5), CHANGED


def test_a_changed_face_would_be_seen() -> None:
    """The least of the ageing signs, a little stronger: more than a rounding."""
    parameters = patient_face(drawn_again(0))
    older = replace(parameters, ageing=replace(parameters.ageing, jaw=parameters.ageing.jaw + 1.0))
    small = cv2.resize(draw_face(older, 256).pixels, (16, 16), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - REFERENCE[0]["thumbnail"]).max() > 1


def test_names_are_a_semantic_version_and_two_hashes() -> None:
    assert [part.isdigit() for part in GENERATOR_VERSION.split(".")] == [True] * 3
    assert {len(GENERATOR_HASH), len(PATIENT_MODEL_HASH)} == {64}
    assert GENERATOR_HASH != PATIENT_MODEL_HASH
