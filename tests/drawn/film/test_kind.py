"""The frozen generators: what they draw is what was drawn when they were frozen.

A folder's `reference.json` holds four patients and their films, made small, as the frozen
version drew them. A rounding may move a pixel by one on another processor; a changed drawing
moves many.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pytest

from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort
from face2bone.drawn.worlds import World

SEED: Final = 400_320
EACH: Final = 2
CHANGED: Final = (
    "The generator draws otherwise than when it was frozen. Undo the change, or raise its "
    "GENERATOR_VERSION, give it a new reference, and retrain what it drew for."
)


def reference(kind: FilmKind) -> dict[str, Any]:
    path = Path(__file__).parent.parent / kind.name / "reference.json"
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read


def drawn_again(kind: FilmKind) -> list[FilmPatient]:
    return [
        patient
        for world in (World.PLANTED, World.NULL)
        for patient in draw_film_cohort(kind.model, EACH, world, SEED)
    ]


def thumbnail(kind: FilmKind, patient: FilmPatient) -> np.ndarray:
    pixels = kind.draw(patient).pixels()
    return cv2.resize(pixels, (16, 16), interpolation=cv2.INTER_AREA)


def test_the_frozen_version_is_the_one_that_draws(kind: FilmKind) -> None:
    assert reference(kind)["version"] == kind.version, CHANGED


def test_the_frozen_patients_are_drawn(kind: FilmKind) -> None:
    for frozen, patient in zip(reference(kind)["films"], drawn_again(kind), strict=True):
        assert frozen["patient_id"] == patient.patient_id, CHANGED
        assert frozen["t_score"] == patient.t_score, CHANGED
        assert frozen["side"] == patient.side, CHANGED
        assert patient.values == pytest.approx(tuple(frozen["values"]), abs=1e-6), CHANGED


@pytest.mark.slow
def test_the_frozen_films_are_drawn(kind: FilmKind) -> None:
    for frozen, patient in zip(reference(kind)["films"], drawn_again(kind), strict=True):
        moved = np.abs(thumbnail(kind, patient).astype(int) - frozen["thumbnail"])
        assert moved.max() <= 1, CHANGED
        parts = np.bincount(kind.draw(patient).part_map.ravel() + 1, minlength=11)
        assert parts == pytest.approx(np.array(frozen["part_pixels"]), rel=0.01, abs=8), CHANGED


def test_a_changed_film_would_be_seen(kind: FilmKind) -> None:
    patient = drawn_again(kind)[0]
    values = list(patient.values)
    values[0] *= 0.7
    thinner = thumbnail(kind, replace(patient, values=tuple(values)))
    moved = np.abs(thinner.astype(int) - reference(kind)["films"][0]["thumbnail"])
    assert moved.max() > 1
