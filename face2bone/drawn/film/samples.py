"""Sample patients of a kind of film: see ``drawn.samples``."""

import io
from functools import cache
from pathlib import Path

from PIL import Image

from face2bone.drawn.film.film import DrawnFilm
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort
from face2bone.drawn.film.planted import PlantedModel
from face2bone.drawn.people import DEMONSTRATION_SEED_RANGE
from face2bone.drawn.samples import COHORT, JPEG_QUALITY, DrawnSample, samples_of
from face2bone.drawn.worlds import World

FilmSample = DrawnSample[FilmPatient]


@cache
def film_samples(model: PlantedModel, folder: Path) -> tuple[FilmSample, ...]:
    """Four drawn patients of different sex, age and bone mass class."""
    cohort = draw_film_cohort(model, COHORT, World.PLANTED, DEMONSTRATION_SEED_RANGE.start)
    return samples_of(cohort, folder)


def film_jpeg(film: DrawnFilm) -> bytes:
    """A film as the samples keep it."""
    buffer = io.BytesIO()
    Image.fromarray(film.pixels(8)).save(buffer, format="JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
