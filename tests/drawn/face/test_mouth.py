"""Painted lips."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.head import MOUTH_HALF_WIDTH, MOUTH_Y
from face2bone.drawn.face.mouth import paint_mouth
from face2bone.drawn.face.paint import Paint

Person = Callable[[int], FaceParameters]


@pytest.fixture(scope="module")
def p(drawn_person: Person) -> FaceParameters:
    person = drawn_person(43)
    return replace(person, lips=replace(person.lips, upper=6.0, lower=8.0, corner=1.0))


def painted(p: FaceParameters) -> Paint:
    paint = Paint.blank()
    paint.gloss[:] = 0.3
    paint_mouth(paint, p)
    return paint


def at(field: np.ndarray, x: float, y: float) -> float:
    column, row = np.round(atlas().texels(np.array([x]), np.array([y]))[0]).astype(int)
    return float(field[row, column])


def test_lips_are_redder_than_the_skin_around(p: FaceParameters) -> None:
    red, green, _ = painted(p).albedo
    assert at(green / red, 0, MOUTH_Y + 4) < 0.85
    assert at(green / red, 0, MOUTH_Y + 16) == pytest.approx(1, abs=0.01)


def test_a_dark_line_parts_the_lips(p: FaceParameters) -> None:
    green = painted(p).albedo[1]
    line = min(at(green, 0, MOUTH_Y + d) for d in np.linspace(-1.5, 0.5, 9))
    assert line < 0.5 * at(green, 0, MOUTH_Y + 4)


def test_fuller_lips_cover_more(p: FaceParameters) -> None:
    def area(upper: float) -> int:
        paint = painted(replace(p, lips=replace(p.lips, upper=upper)))
        return int((paint.albedo[1] < 0.85).sum())

    assert area(8.0) > area(6.0) > area(3.5)


def test_paint_stays_around_the_mouth(p: FaceParameters) -> None:
    paint, a = painted(p), atlas()
    touched = np.abs(paint.albedo - 1).max(0) > 0.02
    assert np.abs(a.x[touched]).max() < MOUTH_HALF_WIDTH + 7
    assert np.abs(a.y[touched] - MOUTH_Y).max() < 14
