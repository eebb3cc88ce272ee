"""Painted eyebrows."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.brows import paint_brows
from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.paint import Paint

Person = Callable[[int], FaceParameters]


@pytest.fixture(scope="module")
def p(drawn_person: Person) -> FaceParameters:
    person = drawn_person(44)
    return replace(person, brows=replace(person.brows, y=-20.0, arch=2.0, density=0.9))


def darkness(p: FaceParameters) -> np.ndarray:
    paint = Paint.blank()
    paint_brows(paint, p)
    return 1 - paint.albedo[1]


def test_brows_lie_over_the_eyes(p: FaceParameters) -> None:
    a, dark = atlas(), darkness(p) > 0.3
    ax, y = np.abs(a.x[dark]), a.y[dark]
    assert ax.min() > 8
    assert 44 < ax.max() < 58
    assert -30 < y.min() < y.max() < -10


def test_thicker_and_denser_brows_hide_more_skin(p: FaceParameters) -> None:
    sparse = replace(p, brows=replace(p.brows, thickness=4.0, density=0.6))
    full = replace(p, brows=replace(p.brows, thickness=7.0, density=1.0))
    assert darkness(full).sum() > 1.3 * darkness(sparse).sum()


def test_the_same_face_has_the_same_brows(p: FaceParameters) -> None:
    np.testing.assert_array_equal(darkness(p), darkness(p))
    assert np.abs(darkness(p) - darkness(replace(p, texture_seed=p.texture_seed + 1))).max() > 0.1


def test_brows_do_not_sag_at_the_tail(p: FaceParameters) -> None:
    a, dark = atlas(), darkness(p)
    centre = {}
    for name, low, high in (("head", 13, 22), ("tail", 40, 49)):
        part = dark * ((np.abs(a.x) > low) & (np.abs(a.x) < high))
        centre[name] = float((part * a.y).sum() / part.sum())
    assert centre["tail"] < centre["head"] + 1.0
