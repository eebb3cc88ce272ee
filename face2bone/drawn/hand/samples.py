"""Sample patients with a drawn hand: see ``drawn.film.samples``."""

from pathlib import Path
from typing import Final

from face2bone.drawn.film.samples import FilmSample, film_jpeg, film_samples
from face2bone.drawn.hand.render import draw_hand
from face2bone.drawn.hand.values import HAND_VALUES

SPACING_MM: Final = 0.35  # fine enough for the index
FOLDER: Final = Path(__file__).parent / "sample_films"


def hand_samples() -> tuple[FilmSample, ...]:
    """Four drawn patients."""
    return film_samples(HAND_VALUES, FOLDER)


def drawn_hands() -> dict[str, bytes]:
    """Every film drawn anew, as JPEG bytes by its name in ``FOLDER``."""
    samples = hand_samples()
    return {one.file_name: film_jpeg(draw_hand(one.drawn, SPACING_MM)) for one in samples}
