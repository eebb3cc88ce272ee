"""Light on the texture."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import FaceParameters, Light, Pose
from face2bone.drawn.face.hair import grow_hair
from face2bone.drawn.face.light import light_rig, shade
from face2bone.drawn.face.paint import Paint
from face2bone.drawn.face.projection import rotation_matrix
from face2bone.drawn.face.surface import shape_surface

Person = Callable[[int], FaceParameters]
LEFT = Light(azimuth=-0.8, elevation=0.3, key=0.9, ambient=0.5, warmth=0.0)
FRONT = np.eye(3)


@pytest.fixture(scope="module")
def p(drawn_person: Person) -> FaceParameters:
    return drawn_person(48)


def lit(p: FaceParameters, light: Light) -> np.ndarray:
    """A grey mask without gloss in the given light."""
    scalp = grow_hair(p.hair)
    paint = Paint.blank()
    paint.albedo[:] = 0.3
    return shade(p, shape_surface(p, scalp), paint, scalp, light_rig(light, FRONT))


def sides(image: np.ndarray) -> tuple[float, float]:
    a = atlas()
    cheek = (np.abs(np.abs(a.x) - 42) < 8) & (np.abs(a.y - 35) < 10)
    return float(image[cheek & (a.x < 0)].mean()), float(image[cheek & (a.x > 0)].mean())


def test_light_directions_have_length_one_and_turn_with_the_head() -> None:
    straight = light_rig(LEFT, FRONT)
    turned = light_rig(LEFT, rotation_matrix(Pose(0.3, 0, 0)))
    for rig in (straight, turned):
        for direction in (rig.to_key, rig.key, rig.view, rig.half, rig.fill):
            assert np.linalg.norm(direction) == pytest.approx(1)
    np.testing.assert_allclose(straight.to_key, turned.to_key)
    assert not np.allclose(straight.key, turned.key)


def test_the_lit_side_is_brighter(p: FaceParameters) -> None:
    left, right = sides(lit(p, LEFT))
    assert left > 1.3 * right
    left, right = sides(lit(p, replace(LEFT, azimuth=0.8)))
    assert right > 1.3 * left


def test_more_light_is_brighter_everywhere_on_the_face(p: FaceParameters) -> None:
    face = atlas().front > 0.9
    dim, bright = lit(p, LEFT), lit(p, replace(LEFT, key=1.2, ambient=0.7))
    assert np.all(bright[face] > dim[face])


def test_warm_light_is_redder(p: FaceParameters) -> None:
    face = atlas().front > 0.9
    warm, cool = (lit(p, replace(LEFT, warmth=w))[face].mean(0) for w in (1.0, -1.0))
    assert warm[0] / warm[2] > cool[0] / cool[2]


def test_light_is_finite_and_not_negative(p: FaceParameters) -> None:
    image = lit(p, replace(LEFT, azimuth=-0.9, elevation=0.66))
    assert np.isfinite(image).all()
    assert image.min() >= 0


def test_dark_skin_shines_less(p: FaceParameters) -> None:
    scalp = grow_hair(p.hair)
    paint = Paint.blank()
    paint.albedo[:] = 0.0
    paint.gloss[:] = 1.0
    shine = [
        shade(
            replace(p, skin=replace(p.skin, melanin=m)),
            shape_surface(p, scalp), paint, scalp, light_rig(LEFT, FRONT),
        )[atlas().front > 0.9].sum()
        for m in (0.1, 0.9)
    ]  # fmt: skip
    assert shine[1] < 0.8 * shine[0]
