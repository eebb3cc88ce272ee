"""The two kinds of film, and a few patients of each."""

import pytest

from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort
from face2bone.drawn.hand import HAND
from face2bone.drawn.knee import KNEE
from face2bone.drawn.worlds import World

SEED = 400_300


@pytest.fixture(scope="session", params=[KNEE, HAND], ids=["knee", "hand"])
def kind(request: pytest.FixtureRequest) -> FilmKind:
    chosen: FilmKind = request.param
    return chosen


@pytest.fixture(scope="session")
def few(kind: FilmKind) -> tuple[FilmPatient, ...]:
    return draw_film_cohort(kind.model, 4, World.PLANTED, SEED)
