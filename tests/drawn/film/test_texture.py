"""Struts: oriented, the same for the same seed, the same at any pixel size."""

import numpy as np
import pytest

from face2bone.drawn.film.texture import GRID_MM, fitted, ridges


def struts(vertical: bool) -> np.ndarray:
    return ridges(np.random.default_rng(5), 80.0, 60.0, vertical, 0.25)


@pytest.mark.parametrize("vertical", [True, False])
def test_struts_run_along_their_direction(vertical: bool) -> None:
    field = struts(vertical)
    along, across = (np.abs(np.diff(field, axis=axis)).mean() for axis in (0, 1))
    assert (along < 0.8 * across) if vertical else (across < 0.8 * along)


def test_the_field_covers_its_millimetres_and_is_at_most_one() -> None:
    field = struts(True)
    assert field.shape == (80 / GRID_MM, 60 / GRID_MM)
    assert field.max() <= 1
    assert field.dtype == np.float32


def test_a_finer_film_shows_the_same_struts() -> None:
    field = struts(False)
    coarse, fine = fitted(field, (200, 150)), fitted(field, (400, 300))
    assert np.corrcoef(coarse.ravel(), fine[::2, ::2].ravel())[0, 1] > 0.9


def test_seeds_draw_other_struts() -> None:
    again, other = struts(True), ridges(np.random.default_rng(6), 80.0, 60.0, True, 0.25)
    assert np.array_equal(again, struts(True))
    assert abs(np.corrcoef(again.ravel(), other.ravel())[0, 1]) < 0.1
