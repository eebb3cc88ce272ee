"""One kind of drawn film as one value, and its sample patients.

What writes, tests and measures films takes this; samples are as in ``drawn.samples``.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from face2bone.drawn.film.film import DrawnFilm
from face2bone.drawn.film.patients import FilmPatient, PlantedModel, draw_film_cohort
from face2bone.drawn.people import DEMONSTRATION_SEED_RANGE
from face2bone.drawn.samples import COHORT, JPEG_QUALITY, DrawnSample, samples_of
from face2bone.drawn.worlds import World
from face2bone.modalities.parts import Part


class DrawFilm(Protocol):
    """Draws a patient's film; ``clean`` leaves out noise, collimation and marker."""

    def __call__(
        self, patient: FilmPatient, spacing_mm: float = ..., *, clean: bool = ...
    ) -> DrawnFilm:
        """See ``knee.render.draw_knee``."""
        ...


@dataclass(frozen=True)
class FilmKind:
    """name: ``"knee"``. body_part, view: DICOM's terms. spacing_mm: of a film unless told.

    planted_parts: the ids of the parts in which each value shows. value_maps: patient and
    spacing to (H, W) influence by value. version: of the generator, frozen by its test.
    """

    name: str
    body_part: str
    view: str
    spacing_mm: float
    parts: tuple[Part, ...]
    model: PlantedModel
    planted_parts: Mapping[str, tuple[str, ...]]
    draw: DrawFilm
    value_maps: Callable[[FilmPatient, float], dict[str, npt.NDArray[np.float32]]]
    version: str


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
