"""One face's surface."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.face.description import Ageing, FaceParameters
from face2bone.drawn.face.hair import grow_hair
from face2bone.drawn.face.head import TEXTURE_HEIGHT, TEXTURE_WIDTH, head_grid
from face2bone.drawn.face.surface import Surface, shape_surface

Person = Callable[[int], FaceParameters]


def shaped(p: FaceParameters) -> Surface:
    return shape_surface(p, grow_hair(p.hair))


@pytest.fixture(scope="module")
def p(drawn_person: Person) -> FaceParameters:
    return replace(drawn_person(46), ageing=Ageing())


def test_the_average_unaged_face_is_the_generic_head(p: FaceParameters) -> None:
    average = replace(p, identity=(0.0,) * len(p.identity))
    face = (head_grid().front > 0.9) & (head_grid().y > -30) & (np.abs(head_grid().x) < 58)
    np.testing.assert_allclose(shaped(average).mesh[face], head_grid().neutral[face], atol=0.3)


def test_the_texture_grid_follows_the_mesh(p: FaceParameters) -> None:
    surface = shaped(p)
    assert surface.points.shape == surface.normals.shape == (TEXTURE_HEIGHT, TEXTURE_WIDTH, 3)
    pairs = surface.points.reshape(TEXTURE_HEIGHT // 2, 2, TEXTURE_WIDTH // 2, 2, 3).mean((1, 3))
    np.testing.assert_allclose(pairs[4:-4, 4:-4], surface.mesh[4:-4, 4:-4], atol=0.6)


@pytest.mark.parametrize("name", ["orbit", "maxilla", "jaw", "temple"])
def test_bone_loss_sinks_the_surface_in_proportion(p: FaceParameters, name: str) -> None:
    base = shaped(p).mesh
    two, four = (shaped(replace(p, ageing=Ageing(**{name: v}))).mesh - base for v in (2.0, 4.0))
    np.testing.assert_allclose(four, 2 * two, atol=2e-3)
    peak = np.unravel_index(np.linalg.norm(two, axis=-1).argmax(), two.shape[:2])
    assert two[peak] @ head_grid().normals[peak] < -0.8
