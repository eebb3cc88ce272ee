"""The metacarpal index against planted truth, its refusals, and the cuts beside it."""

from typing import Any

import numpy as np
import pytest

from face2bone.drawn.film.patients import draw_film_cohort
from face2bone.drawn.hand import HAND as DRAWN_HAND
from face2bone.drawn.hand import draw_hand, metacarpal_indices
from face2bone.drawn.worlds import World
from face2bone.modalities.hand.locator import HandLocator
from face2bone.modalities.hand.metacarpal_index import (
    MetacarpalIndex,
    has_ring,
    metacarpal_index,
)
from face2bone.modalities.hand.points import metacarpals
from tests.modalities.hand.conftest import SEED, film_of

PIXEL_MM = 0.3


@pytest.fixture(scope="module")
def measured(locator: HandLocator) -> list[tuple[Any, Any, tuple[float, ...]]]:
    """Ten hands at 0.3 mm: film, points found, and the true indices of metacarpals 1 to 5."""
    made = []
    for patient in draw_film_cohort(DRAWN_HAND.model, 10, World.PLANTED, SEED + 2):
        film = film_of(draw_hand(patient, PIXEL_MM).grey, PIXEL_MM)
        found = locator.locate(film.pixels)
        assert found is not None
        made.append((film, found.points, metacarpal_indices(patient)))
    return made


@pytest.mark.slow
def test_the_index_is_the_planted_one(
    measured: list[tuple[Any, Any, tuple[float, ...]]],
) -> None:
    """The floors are r .90 and a bias of .03; 60 hands a pixel size gave r .98."""
    results = [metacarpal_index(film, points) for film, points, _ in measured]
    second = np.array([r.second for r in results], float)
    mean = np.array([r.mean for r in results], float)
    truth = np.array([t for _, _, t in measured])
    for found, true in ((second, truth[:, 1]), (mean, truth[:, 1:4].mean(1))):
        used = ~np.isnan(found)
        assert used.sum() >= 9
        assert np.corrcoef(found[used], true[used])[0, 1] > 0.9
        assert abs((found - true)[used].mean()) < 0.03


@pytest.mark.slow
def test_a_mirrored_film_has_the_same_index(
    measured: list[tuple[Any, Any, tuple[float, ...]]],
) -> None:
    film, points, _ = measured[0]
    flipped = film_of(np.ascontiguousarray(film.pixels[:, ::-1]), PIXEL_MM)
    mirrored = np.column_stack((film.pixels.shape[1] - 1 - points[:, 0], points[:, 1]))
    one, other = metacarpal_index(film, points), metacarpal_index(flipped, mirrored)
    assert one.second is not None
    assert other.second == pytest.approx(one.second, abs=0.01)


@pytest.mark.slow
def test_without_spacing_the_pixel_is_judged_from_the_hand(
    measured: list[tuple[Any, Any, tuple[float, ...]]],
) -> None:
    film, points, _ = measured[0]
    known = metacarpal_index(film, points)
    judged = metacarpal_index(film_of(film.pixels), points)
    assert known.pixel_known
    assert not judged.pixel_known
    assert judged.pixel_mm == pytest.approx(PIXEL_MM, rel=0.2)
    assert judged.second == pytest.approx(known.second, abs=0.03)


def refusal(result: MetacarpalIndex) -> str:
    assert result.second is None
    assert result.mean is None
    return result.refused


def test_a_coarse_film_is_refused(
    measured: list[tuple[Any, Any, tuple[float, ...]]],
) -> None:
    film, points, _ = measured[0]
    coarse = film_of(np.ascontiguousarray(film.pixels[::2, ::2]), 2 * PIXEL_MM)
    assert "too coarse" in refusal(metacarpal_index(coarse, points / 2))
    unsaid = refusal(metacarpal_index(film_of(coarse.pixels), points / 2))
    assert "judged from the size of the hand" in unsaid


def test_a_ring_is_refused(measured: list[tuple[Any, Any, tuple[float, ...]]]) -> None:
    film, points, _ = measured[0]
    assert not any(has_ring(f.pixels, p) for f, p, _ in measured)
    ringed = film.pixels.copy()
    x, y = (points[13] + points[14]) / 2
    ringed[int(y) - 5 : int(y) + 6, int(x) - 30 : int(x) + 31] = 1.0
    assert has_ring(ringed, points)
    assert "ring" in refusal(metacarpal_index(film_of(ringed, PIXEL_MM), points))


def test_uneven_walls_are_refused(
    measured: list[tuple[Any, Any, tuple[float, ...]]],
) -> None:
    """One wall of the second metacarpal thickened by brightening its inner side."""
    film, points, _ = measured[0]
    base, head = metacarpals(points)[0]
    y, x = np.mgrid[: film.pixels.shape[0], : film.pixels.shape[1]]
    along = (head - base) / np.hypot(*(head - base))
    u = (x - base[0]) * -along[1] + (y - base[1]) * along[0]
    uneven = film.pixels + 0.3 * np.exp(-(((u + 4) / 5) ** 2)).astype(np.float32)
    result = metacarpal_index(film_of(np.clip(uneven, 0, 1).astype(np.float32), PIXEL_MM), points)
    assert result.bones[0].refused
    assert result.second is None


def test_an_empty_film_gives_no_number(
    measured: list[tuple[Any, Any, tuple[float, ...]]],
) -> None:
    film, points, _ = measured[0]
    even = film_of(np.full(film.pixels.shape, 0.4, np.float32), PIXEL_MM)
    assert "could not be told apart" in refusal(metacarpal_index(even, points))
