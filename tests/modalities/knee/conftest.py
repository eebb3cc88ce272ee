"""Drawn knees, and what is true of them."""

import pytest

from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort
from face2bone.drawn.film.write import film_bytes
from face2bone.drawn.knee import KNEE
from face2bone.drawn.worlds import World
from face2bone.modalities.radiograph import Radiograph, read_radiograph

SEED = 400_710


@pytest.fixture(scope="session")
def patients() -> tuple[FilmPatient, ...]:
    return draw_film_cohort(KNEE.model, 12, World.PLANTED, SEED)


@pytest.fixture(scope="session")
def films(patients: tuple[FilmPatient, ...]) -> tuple[Radiograph, ...]:
    return tuple(read_radiograph(film_bytes(patient, KNEE)) for patient in patients)
