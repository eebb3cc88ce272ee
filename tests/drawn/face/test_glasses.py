"""Spectacles."""

from collections.abc import Callable

import numpy as np
import pytest

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import FaceParameters, Glasses
from face2bone.drawn.face.glasses import draw_glasses
from face2bone.drawn.face.hair import grow_hair
from face2bone.drawn.face.light import light_rig
from face2bone.drawn.face.projection import make_view, project
from face2bone.drawn.face.surface import shape_surface

Person = Callable[[int], FaceParameters]
BLACK = Glasses(half_width=25, half_height=19, squareness=3, rim=1.5, rgb=(20, 20, 20))


@pytest.fixture(scope="module")
def worn(drawn_person: Person) -> tuple[np.ndarray, np.ndarray]:
    """A white picture with glasses, and the eyes' positions on it (2, 2)."""
    p = drawn_person(49)
    surface = shape_surface(p, grow_hair(p.hair))
    view = make_view(p.pose, p.camera, 256)
    sight = project(surface, view)
    image = np.ones((256, 256, 3), np.float32)
    draw_glasses(image, BLACK, surface, sight, view, light_rig(p.light, view.rotation))
    texels = np.round(atlas().texels(np.array([-32.0, 32.0]), np.zeros(2))).astype(int)
    eyes = np.array([[sight.x[r, c], sight.y[r, c]] for c, r in texels])
    return image, eyes


def test_rims_are_dark_lines(worn: tuple[np.ndarray, np.ndarray]) -> None:
    image, _ = worn
    dark = image.mean(-1) < 0.3
    assert 0.003 < dark.mean() < 0.06
    assert np.median(image) == pytest.approx(1, abs=0.05)


def test_rims_surround_the_eyes(worn: tuple[np.ndarray, np.ndarray]) -> None:
    image, eyes = worn
    dark = image.mean(-1) < 0.75
    for x, y in np.round(eyes).astype(int):
        assert not dark[y - 3 : y + 4, x - 3 : x + 4].any()
        assert dark[y, :x].any()
        assert dark[y, x:].any()
        assert dark[:y, x].any()
        assert dark[y:, x].any()


def test_lenses_reflect_a_little(worn: tuple[np.ndarray, np.ndarray]) -> None:
    image, eyes = worn
    x, y = np.round(eyes[0]).astype(int)
    assert 1.0 < image[y - 4 : y + 5, x - 4 : x + 5].max() < 1.1
