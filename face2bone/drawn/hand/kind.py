"""The drawn hand as a kind of film, its generator's version, and sample patients.

The version is frozen by its reference drawings: ``tests/drawn/hand/reference.json`` holds what it
draws. Raise it, with a new reference, when a hand or a patient is drawn otherwise; then retrain
what was trained on it.
"""

from pathlib import Path
from typing import Final

from face2bone.drawn.film.kind import FilmKind, FilmSample, film_jpeg, film_samples
from face2bone.drawn.hand.render import SPACING_MM, draw_hand, value_maps
from face2bone.drawn.hand.values import HAND_VALUES, PLANTED_PART
from face2bone.modalities.hand.parts import HAND_PARTS

GENERATOR_VERSION: Final = "1.0.0"


HAND: Final = FilmKind(
    name="hand",
    body_part="HAND",
    view="PA",
    spacing_mm=SPACING_MM,
    parts=HAND_PARTS,
    model=HAND_VALUES,
    planted_parts=PLANTED_PART,
    draw=draw_hand,
    value_maps=value_maps,
    version=GENERATOR_VERSION,
)


SAMPLE_SPACING_MM: Final = 0.35  # fine enough for the index
FOLDER: Final = Path(__file__).parent / "sample_films"


def hand_samples() -> tuple[FilmSample, ...]:
    """Four drawn patients."""
    return film_samples(HAND_VALUES, FOLDER)


def drawn_hands() -> dict[str, bytes]:
    """Every film drawn anew, as JPEG bytes by its name in ``FOLDER``."""
    samples = hand_samples()
    return {one.file_name: film_jpeg(draw_hand(one.drawn, SAMPLE_SPACING_MM)) for one in samples}
