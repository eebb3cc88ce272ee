"""Painted eyes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.eyes import paint_brows, paint_eyes
from face2bone.drawn.face.head import EYE_X, TEXTURE_WIDTH
from face2bone.drawn.face.paint import Paint

Person = Callable[[int], FaceParameters]


def painted(p: FaceParameters) -> Paint:
    paint = Paint.blank()
    paint_eyes(paint, p, (0.0, -0.2))
    return paint


def albedo_at(paint: Paint, x: float, y: float) -> np.ndarray:
    column, row = np.round(atlas().texels(np.array([x]), np.array([y]))[0]).astype(int)
    return paint.albedo[:, row, column]


@pytest.fixture(scope="module")
def p(drawn_person: Person) -> FaceParameters:
    person = drawn_person(42)
    eyes = replace(person.eyes, gaze=(0.0, 0.0), tilt=0.5, iris_rgb=(92, 98, 72))
    return replace(person, eyes=eyes)


def test_the_pupil_is_dark_and_the_sclera_is_not(p: FaceParameters) -> None:
    paint = painted(p)
    for side in (-1, 1):
        pupil = albedo_at(paint, side * (EYE_X - 0.2), -0.35)
        white = albedo_at(paint, side * (EYE_X + 9.0), 1.0)
        assert pupil.max() < 0.05
        assert white.mean() > 4 * pupil.mean()


def test_both_eyes_are_alike(p: FaceParameters) -> None:
    paint = painted(p)
    half = TEXTURE_WIDTH // 2
    left, right = paint.relief[:, :half][:, ::-1], paint.relief[:, half:]
    np.testing.assert_allclose(left, right, atol=1e-5)


def test_paint_stays_around_the_eyes(p: FaceParameters) -> None:
    paint, a = painted(p), atlas()
    touched = (paint.albedo != 1).any(0) & (np.abs(paint.albedo - 1).max(0) > 0.01)
    assert np.abs(np.abs(a.x[touched]) - EYE_X).max() < 24
    assert np.abs(a.y[touched]).max() < 16


def test_dark_skin_has_calmer_eye_whites(p: FaceParameters) -> None:
    spots = []
    for melanin in (0.1, 0.9):
        paint = painted(replace(p, skin=replace(p.skin, melanin=melanin)))
        spots.append(albedo_at(paint, EYE_X + 9.0, 1.0).mean())
    assert spots[1] < 0.75 * spots[0]


def test_orbital_ageing_lowers_the_lower_lid(p: FaceParameters) -> None:
    def opening(orbit: float) -> int:
        aged = replace(p, ageing=replace(p.ageing, orbit=orbit))
        return int((painted(aged).gloss > 0.05).sum())

    assert opening(6.0) > opening(3.0) > opening(0.0)


@pytest.fixture(scope="module")
def browed(drawn_person: Person) -> FaceParameters:
    person = drawn_person(44)
    return replace(person, brows=replace(person.brows, y=-20.0, arch=2.0, density=0.9))


def darkness(p: FaceParameters) -> np.ndarray:
    paint = Paint.blank()
    paint_brows(paint, p)
    return 1 - paint.albedo[1]


def test_brows_lie_over_the_eyes(browed: FaceParameters) -> None:
    a, dark = atlas(), darkness(browed) > 0.3
    ax, y = np.abs(a.x[dark]), a.y[dark]
    assert ax.min() > 8
    assert 44 < ax.max() < 58
    assert -30 < y.min() < y.max() < -10


def test_thicker_and_denser_brows_hide_more_skin(browed: FaceParameters) -> None:
    sparse = replace(browed, brows=replace(browed.brows, thickness=4.0, density=0.6))
    full = replace(browed, brows=replace(browed.brows, thickness=7.0, density=1.0))
    assert darkness(full).sum() > 1.3 * darkness(sparse).sum()


def test_the_same_face_has_the_same_brows(browed: FaceParameters) -> None:
    np.testing.assert_array_equal(darkness(browed), darkness(browed))
    assert (
        np.abs(
            darkness(browed) - darkness(replace(browed, texture_seed=browed.texture_seed + 1))
        ).max()
        > 0.1
    )


def test_brows_do_not_sag_at_the_tail(browed: FaceParameters) -> None:
    a, dark = atlas(), darkness(browed)
    centre = {}
    for name, low, high in (("head", 13, 22), ("tail", 40, 49)):
        part = dark * ((np.abs(a.x) > low) & (np.abs(a.x) < high))
        centre[name] = float((part * a.y).sum() / part.sum())
    assert centre["tail"] < centre["head"] + 1.0
