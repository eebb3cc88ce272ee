"""Sample patients with a drawn knee: see ``drawn.film.samples``."""

from pathlib import Path
from typing import Final

from face2bone.drawn.film.samples import FilmSample, film_jpeg, film_samples
from face2bone.drawn.knee.render import draw_knee
from face2bone.drawn.knee.values import KNEE_VALUES

SPACING_MM: Final = 0.35  # fine enough for the index
FOLDER: Final = Path(__file__).parent / "sample_films"


def knee_samples() -> tuple[FilmSample, ...]:
    """Four drawn patients."""
    return film_samples(KNEE_VALUES, FOLDER)


def drawn_knees() -> dict[str, bytes]:
    """Every film drawn anew, as JPEG bytes by its name in ``FOLDER``."""
    samples = knee_samples()
    return {one.file_name: film_jpeg(draw_knee(one.drawn, SPACING_MM)) for one in samples}
