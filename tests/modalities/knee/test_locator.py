"""The mean drawn knee finds drawn knees where they are, and nothing where there is none."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from face2bone.drawn.film.patients import FilmPatient
from face2bone.drawn.knee import KNEE
from face2bone.drawn.knee.pair import draw_both_knees
from face2bone.modalities.knee.locator import (
    NARROW,
    PAIR_SHARE,
    TEMPLATE_WIDTH,
    WIDE,
    FoundKnee,
    _among,
    _places,
    _whole,
    knee_atlas,
    local_contrast,
    locate_knees,
    template,
)
from face2bone.modalities.radiograph import Radiograph

SPACING = KNEE.spacing_mm


@pytest.mark.slow
def test_the_joint_is_found_within_four_millimetres(
    patients: tuple[FilmPatient, ...], films: tuple[Radiograph, ...]
) -> None:
    for patient, film in zip(patients, films, strict=True):
        (knee,) = locate_knees(film.pixels)
        x, y = KNEE.draw(patient).landmarks["joint_centre"]
        assert np.hypot(knee.x - x, knee.y - y) * SPACING < 4


def test_two_knees_of_a_film_are_both_found(patients: tuple[FilmPatient, ...]) -> None:
    film = draw_both_knees(patients[0])
    knees = sorted(locate_knees(film.grey), key=lambda knee: knee.x)
    truth = [film.landmarks[f"{side}_joint_centre"] for side in ("right", "left")]
    assert len(knees) == 2
    for knee, (x, y) in zip(knees, truth, strict=True):
        assert np.hypot(knee.x - x, knee.y - y) * SPACING < 6


def test_the_film_may_be_of_any_resolution(films: tuple[Radiograph, ...]) -> None:
    (small,) = locate_knees(films[0].pixels)
    (large,) = locate_knees(np.kron(films[0].pixels, np.ones((3, 3), np.float32)))
    assert large.x / 3 == pytest.approx(small.x, abs=4)
    assert large.pixels_per_mm / 3 == pytest.approx(small.pixels_per_mm, rel=0.02)


@pytest.mark.parametrize("shape", [(300, 400), (900, 300)])
def test_nothing_is_found_in_air_or_noise(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).random(shape).astype(np.float32)
    assert locate_knees(noise) == ()
    assert locate_knees(np.zeros(shape, np.float32)) == ()


@pytest.mark.slow
def test_an_upside_down_knee_is_no_knee(films: tuple[Radiograph, ...]) -> None:
    scores = [
        max((k.likeness for k in locate_knees(film.pixels[::-1])), default=0) for film in films
    ]
    upright = [locate_knees(film.pixels)[0].likeness for film in films]
    assert np.median(upright) > np.median(scores) + 0.1


@pytest.mark.slow
def test_a_shaft_between_its_muscles_is_like_a_knees_middle_and_like_no_whole_knee(
    films: tuple[Radiograph, ...],
) -> None:
    places = list(_places(255 * films[0].pixels))
    (knee,) = locate_knees(films[0].pixels)
    elsewhere = [
        one for one in places if np.hypot(one.x - knee.x, one.y - knee.y) > 0.5 * knee.width
    ]
    assert elsewhere
    assert max(one.whole for one in elsewhere) < knee.whole - 0.1
    assert max(one.likeness for one in elsewhere) < knee.likeness - 0.1


def test_of_two_places_alike_the_one_with_another_beside_it_is_the_knee() -> None:
    alone = FoundKnee(x=600.0, y=90.0, width=150.0, score=0.5, whole=0.45)
    left = FoundKnee(x=200.0, y=400.0, width=200.0, score=0.48, whole=0.45)
    right = FoundKnee(x=520.0, y=420.0, width=210.0, score=0.46, whole=0.45)
    places = [alone, left, right]
    assert max(places, key=lambda one: _among(places, one)) == left
    assert _among([alone], alone) == alone.likeness == pytest.approx(0.475)
    assert _among(places, left) == pytest.approx(left.likeness + PAIR_SHARE * right.score)


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_mean_knee_is_wholly_like_itself_on_either_side(mirrored: bool) -> None:
    atlas = knee_atlas().mirrored() if mirrored else knee_atlas()
    grey = cv2.copyMakeBorder(atlas.grey, *(60,) * 4, cv2.BORDER_REPLICATE)
    (knee,) = locate_knees(grey.astype(np.float32) / 255)
    assert knee.whole > 0.85
    assert (knee.x, knee.y) == pytest.approx((156, 156), abs=4)


def test_too_little_of_a_knee_within_the_film_is_like_none() -> None:
    contrasts = {near: np.ones((90, 90), np.float32) for near in (WIDE, NARROW)}
    assert _whole(contrasts, 20, 20) == 0.0


def test_the_template_is_symmetrical_and_as_wide_as_it_says() -> None:
    for near in (WIDE, NARROW):
        pattern = template(near)
        assert pattern.shape[1] == TEMPLATE_WIDTH
        np.testing.assert_allclose(pattern, pattern[:, ::-1], atol=0.12)


def test_local_contrast_is_blind_to_brightness() -> None:
    grey = np.random.default_rng(1).uniform(0, 100, (60, 60)).astype(np.float32)
    for near in (WIDE, NARROW):
        assert 0.3 < local_contrast(grey, near).std() < 1.5
        np.testing.assert_allclose(
            local_contrast(grey + 90, near), local_contrast(grey, near), atol=1e-3
        )
        harder = replace(near, floor=0.0)
        np.testing.assert_allclose(
            local_contrast(2 * grey, harder), local_contrast(grey, harder), atol=1e-3
        )
