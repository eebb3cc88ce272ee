"""Painted eyes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.face.anatomy import EYE_X
from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.eyes import paint_eyes
from face2bone.drawn.face.head import TEXTURE_WIDTH
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
