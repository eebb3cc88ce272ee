"""Hands found on a hundred drawn films and on none of other things; the index against its truth."""

import cv2
import numpy as np
import pytest

from face2bone.drawn.face.patients import draw_cohort, patient_face
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.film.patients import draw_film_cohort
from face2bone.drawn.hand import HAND, draw_hand, metacarpal_indices
from face2bone.drawn.knee import KNEE, draw_knee
from face2bone.drawn.worlds import World
from face2bone.errors import SubjectNotFound
from face2bone.modalities.hand.finding import find_hand
from face2bone.modalities.hand.locator import shared_hand_locator
from face2bone.modalities.hand.metacarpal_index import metacarpal_index
from face2bone.modalities.radiograph import Polarity, Radiograph, Spacing

pytestmark = pytest.mark.long
SEED = 400_640
MANY = 100


def film_of(pixels: np.ndarray, spacing_mm: float | None = None) -> Radiograph:
    spacing = None if spacing_mm is None else Spacing(spacing_mm, spacing_mm, False)
    blanked = np.zeros(pixels.shape, bool)
    return Radiograph(pixels, blanked, 12, Polarity.FILE, spacing, None, None, None, "0" * 64, ())


def usable(pixels: np.ndarray) -> bool:
    try:
        return find_hand(film_of(pixels)).quality.status != "reject"
    except SubjectNotFound:
        return False


def test_drawn_hands_are_found_and_usable() -> None:
    cohort = draw_film_cohort(HAND.model, MANY, World.PLANTED, SEED)
    assert np.mean([usable(draw_hand(patient).grey) for patient in cohort]) >= 0.97


def test_no_hand_is_found_on_knees_and_faces() -> None:
    for patient in draw_film_cohort(KNEE.model, MANY, World.PLANTED, SEED + 1):
        assert not usable(draw_knee(patient).grey)
    for face in draw_cohort(MANY, World.PLANTED, SEED + 2):
        grey = cv2.cvtColor(draw_face(patient_face(face), 256).pixels, cv2.COLOR_RGB2GRAY)
        assert not usable((grey / np.float32(255)).astype(np.float32))


@pytest.mark.parametrize("pixel_mm", [0.2, 0.4])
def test_the_index_is_the_planted_one(pixel_mm: float) -> None:
    found, truth = [], []
    for patient in draw_film_cohort(HAND.model, 40, World.PLANTED, SEED + 3):
        film = film_of(draw_hand(patient, pixel_mm).grey, pixel_mm)
        hand = shared_hand_locator().locate(film.pixels)
        assert hand is not None
        result = metacarpal_index(film, hand.points)
        found.append((result.second, result.mean))
        truth.append((metacarpal_indices(patient)[1], np.mean(metacarpal_indices(patient)[1:4])))
    pairs = np.array(found, float), np.array(truth)
    for column in range(2):
        one, other = pairs[0][:, column], pairs[1][:, column]
        used = ~np.isnan(one)
        assert used.mean() > 0.9
        assert np.corrcoef(one[used], other[used])[0, 1] >= 0.90
        assert abs((one - other)[used].mean()) < 0.03
