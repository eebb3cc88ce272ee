"""Painted skin."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import FaceParameters, HairStyle
from face2bone.drawn.face.hair import grow_hair
from face2bone.drawn.face.head import NOSTRIL
from face2bone.drawn.face.paint import Paint
from face2bone.drawn.face.skin import paint_hair, paint_skin, skin_tone

Person = Callable[[int], FaceParameters]


@pytest.fixture(scope="module")
def p(drawn_person: Person) -> FaceParameters:
    person = drawn_person(45)
    return replace(person, hair=replace(person.hair, beard=0.0, style=HairStyle.CROP))


def painted(p: FaceParameters) -> Paint:
    paint = Paint.blank()
    paint_skin(paint, p)
    return paint


def test_more_melanin_is_darker_and_warmer_is_redder() -> None:
    tones = np.stack([skin_tone(m, 0.0) for m in np.linspace(0, 1, 11)])
    assert np.all(np.diff(tones, axis=0) < 0)
    assert np.all(tones[:, 0] > tones[:, 1])
    assert np.all(tones[:, 1] > tones[:, 2])
    warm, cool = skin_tone(0.4, 1.0), skin_tone(0.4, -1.0)
    assert warm[0] / warm[2] > cool[0] / cool[2]


def test_skin_varies_around_its_tone(p: FaceParameters) -> None:
    neutral = replace(p, ageing=replace(p.ageing, orbit=0, maxilla=0, nasolabial=0, jaw=0))
    a = atlas()
    cheek = (np.abs(np.abs(a.x) - 45) < 8) & (np.abs(a.y - 35) < 8)
    red = painted(neutral).albedo[0][cheek]
    tone = skin_tone(p.skin.melanin, p.skin.warmth)[0]
    assert red.mean() == pytest.approx(tone, rel=0.12)
    assert 0.005 < red.std() / red.mean() < 0.15


def test_nostrils_are_dark(p: FaceParameters) -> None:
    paint = painted(p)
    where = atlas().texels(np.array([NOSTRIL[0]]), np.array([NOSTRIL[1] + 0.5]))[0]
    column, row = np.round(where).astype(int)
    assert paint.albedo[1, row, column] < 0.5 * np.median(paint.albedo[1])


def test_a_beard_darkens_light_cheeks_below_the_mouth(p: FaceParameters) -> None:
    light = replace(p, skin=replace(p.skin, melanin=0.1))
    a = atlas()
    jaw = (np.abs(np.abs(a.x) - 38) < 6) & (np.abs(a.y - 85) < 6)
    hair = replace(light.hair, rgb=(40.0, 30.0, 25.0), beard=0.7)
    shaved = painted(light).albedo[:, jaw].mean()
    assert painted(replace(light, hair=hair)).albedo[:, jaw].mean() < 0.85 * shaved


def test_wrinkles_deepen_with_their_parameter_and_never_turn_white(p: FaceParameters) -> None:
    smooth, lined = (painted(replace(p, ageing=replace(p.ageing, wrinkle=w))) for w in (0.0, 1.4))
    assert lined.relief.min() < smooth.relief.min() - 1
    assert np.all(lined.albedo <= smooth.albedo * 1.0001)
    assert lined.albedo.min() >= 0


def test_hair_hides_skin_and_its_shine(p: FaceParameters) -> None:
    paint = painted(p)
    scalp = grow_hair(p.hair)
    paint_hair(paint, p, scalp)
    thick = scalp.cover > 0.999
    assert paint.gloss[thick].max() < 0.01
    face = (np.abs(atlas().x) < 20) & (np.abs(atlas().y - 20) < 10)
    np.testing.assert_allclose(paint.albedo[:, face], painted(p).albedo[:, face], rtol=0.02)


def test_albedo_stays_physical(p: FaceParameters) -> None:
    albedo = painted(p).albedo
    assert albedo.min() >= 0
    assert albedo.max() <= 1
