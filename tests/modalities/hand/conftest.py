"""A few drawn hands with their truth, found once for all tests of the hand."""

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.drawn.film.film import DrawnFilm
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort
from face2bone.drawn.hand import HAND as DRAWN_HAND
from face2bone.drawn.hand import draw_hand
from face2bone.drawn.worlds import World
from face2bone.modalities.hand.finding import Hand, find_hand
from face2bone.modalities.hand.locator import HandLocator, shared_hand_locator
from face2bone.modalities.hand.points import Points
from face2bone.modalities.radiograph import Polarity, Radiograph, Spacing

SEED = 400_600  # of the seeds reserved for tests


def film_of(
    pixels: NDArray[np.float32], spacing_mm: float | None = None, **said: object
) -> Radiograph:
    """A film with these pixels and, of its file, what is said."""
    spacing = None if spacing_mm is None else Spacing(spacing_mm, spacing_mm, False)
    told: dict[str, object] = {
        "polarity": Polarity.FILE,
        "laterality": None,
        "view": None,
        "body_part": None,
    }
    return Radiograph(
        pixels=pixels,
        blanked=np.zeros(pixels.shape, bool),
        bits=12,
        spacing=spacing,
        sha256="0" * 64,
        remarks=(),
        **(told | said),  # type: ignore[arg-type]
    )


@dataclass(frozen=True)
class Drawn:
    """A drawn hand: who, the film, its true points (21, 2), and what was found on it."""

    patient: FilmPatient
    film: DrawnFilm
    truth: Points
    hand: Hand


@pytest.fixture(scope="session")
def locator() -> HandLocator:
    return shared_hand_locator()


@pytest.fixture(scope="session")
def drawn(locator: HandLocator) -> tuple[Drawn, ...]:
    """Four patients, both sides among them."""
    cv2.setNumThreads(1)
    made = []
    for patient in draw_film_cohort(DRAWN_HAND.model, 4, World.PLANTED, SEED):
        film = draw_hand(patient)
        truth = np.array([film.landmarks[str(n)] for n in range(21)])
        made.append(Drawn(patient, film, truth, find_hand(film_of(film.grey), locator)))
    assert {one.patient.side for one in made} == {"left", "right"}
    return tuple(made)


def off_by(points: Points, truth: Points) -> float:
    """Mean distance in lengths of the third metacarpal; the wrist and the thumb's base left out:
    what is meant by them differs.
    """
    palm = float(np.hypot(*(truth[9] - truth[0])))
    return float(np.hypot(*(points - truth)[2:].T).mean()) / palm
