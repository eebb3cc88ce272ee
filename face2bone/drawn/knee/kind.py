"""The drawn knee as a kind of film, its generator's version, and sample patients.

The version is frozen by its reference drawings: ``tests/drawn/knee/reference.json`` holds what it
draws. Raise it, with a new reference, when a knee or a patient is drawn otherwise; then retrain
what was trained on it.
"""

from pathlib import Path
from typing import Final

from face2bone.drawn.film.kind import FilmKind, FilmSample, film_jpeg, film_samples
from face2bone.drawn.knee.render import SPACING_MM, draw_knee, value_maps
from face2bone.drawn.knee.values import KNEE_VALUES, PLANTED_PART
from face2bone.modalities.knee.parts import KNEE_PARTS

GENERATOR_VERSION: Final = "1.0.0"


KNEE: Final = FilmKind(
    name="knee",
    body_part="KNEE",
    view="AP",
    spacing_mm=SPACING_MM,
    parts=KNEE_PARTS,
    model=KNEE_VALUES,
    planted_parts=PLANTED_PART,
    draw=draw_knee,
    value_maps=value_maps,
    version=GENERATOR_VERSION,
)


SAMPLE_SPACING_MM: Final = 0.35  # fine enough for the index
FOLDER: Final = Path(__file__).parent / "sample_films"


def knee_samples() -> tuple[FilmSample, ...]:
    """Four drawn patients."""
    return film_samples(KNEE_VALUES, FOLDER)


def drawn_knees() -> dict[str, bytes]:
    """Every film drawn anew, as JPEG bytes by its name in ``FOLDER``."""
    samples = knee_samples()
    return {one.file_name: film_jpeg(draw_knee(one.drawn, SAMPLE_SPACING_MM)) for one in samples}
