"""Cortical indices against the planted truth of drawn knees, and a tube worked out by hand."""

import numpy as np
import pytest

from face2bone.drawn.film.patients import FilmPatient
from face2bone.drawn.knee import cortical_indices as truth
from face2bone.modalities.knee.cortex import cortical_indices
from face2bone.modalities.knee.locator import FoundKnee, locate_knees
from face2bone.modalities.radiograph import Radiograph

SCALE = 4.0  # pixels a millimetre


def tube(outer: float, wall: float) -> np.ndarray:
    """A film of one straight tube: half width and wall in mm; path of the rays, 0 to 1."""
    x = (np.arange(400) - 200) / SCALE

    def chord(half: float) -> np.ndarray:
        return 2 * np.sqrt(np.clip(half**2 - x**2, 0, None))

    row = chord(outer) - 0.85 * chord(outer - wall)
    return np.repeat((0.1 + 0.8 * row / row.max())[None], 800, axis=0).astype(np.float32)


@pytest.mark.parametrize(("outer", "wall"), [(15.0, 3.0), (15.0, 4.5), (18.0, 3.0)])
def test_a_tube_is_measured_a_little_low(outer: float, wall: float) -> None:
    knee = FoundKnee(x=199.5, y=399.5, width=96.0 * SCALE, score=1.0, whole=1.0)
    found = cortical_indices(tube(outer, wall), knee, column_mm=1 / SCALE)
    assert [index.bone for index in found] == ["femur", "tibia"]
    for index in found:
        assert wall / outer - 0.06 < index.index < wall / outer + 0.01  # it reads low, and says so
        assert index.width_mm == pytest.approx(2 * outer, abs=0.8)
        assert index.thickness_mm == pytest.approx(wall, abs=0.9)


@pytest.mark.slow
def test_drawn_knees_rank_as_their_truth(
    patients: tuple[FilmPatient, ...], films: tuple[Radiograph, ...]
) -> None:
    told: dict[str, list[tuple[float, float]]] = {"femur": [], "tibia": []}
    for patient, film in zip(patients, films, strict=True):
        true = truth(patient)
        for index in cortical_indices(film.pixels, locate_knees(film.pixels)[0]):
            told[index.bone].append((index.index, true[index.bone]))
            assert (index.thickness_mm, index.width_mm) == (None, None)
    for pairs in told.values():
        assert len(pairs) >= 10
        assert np.corrcoef(np.array(pairs).T)[0, 1] > 0.85


def test_a_film_too_coarse_for_a_cortex_or_without_a_shaft_is_not_measured() -> None:
    knee = FoundKnee(x=199.5, y=399.5, width=96.0, score=1.0, whole=1.0)
    assert cortical_indices(tube(15.0, 3.0), knee) == ()
    fine = FoundKnee(x=199.5, y=399.5, width=96.0 * SCALE, score=1.0, whole=1.0)
    assert cortical_indices(np.full((800, 400), 0.5, np.float32), fine) == ()
