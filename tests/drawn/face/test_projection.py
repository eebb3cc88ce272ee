"""Pose and perspective."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import FaceParameters, Pose
from face2bone.drawn.face.hair import grow_hair
from face2bone.drawn.face.projection import (
    PIVOT,
    make_view,
    project,
    rotation_matrix,
    solve_picture,
)
from face2bone.drawn.face.surface import Surface, shape_surface

Person = Callable[[int], FaceParameters]
SIZE = 256


@pytest.fixture(scope="module")
def p(drawn_person: Person) -> FaceParameters:
    return drawn_person(47)


@pytest.fixture(scope="module")
def surface(p: FaceParameters) -> Surface:
    return shape_surface(p, grow_hair(p.hair))


def test_a_pose_is_a_rotation() -> None:
    r = rotation_matrix(Pose(0.2, -0.1, 0.15))
    np.testing.assert_allclose(r @ r.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(r) == pytest.approx(1)
    np.testing.assert_array_equal(rotation_matrix(Pose(0, 0, 0)), np.eye(3))


def test_yaw_turns_the_nose_sideways_and_pitch_moves_it_vertically(p: FaceParameters) -> None:
    nose = np.array([0.0, 39.0, 20.0])
    straight, turned, nodded = (
        make_view(pose, p.camera, SIZE).turned(nose)
        for pose in (Pose(0, 0, 0), Pose(0.2, 0, 0), Pose(0, 0.2, 0))
    )
    assert turned[0] > straight[0] + 10
    assert abs(nodded[1] - straight[1]) > 10


def test_the_neck_joint_does_not_move(p: FaceParameters) -> None:
    view = make_view(Pose(0.2, 0.1, -0.1), p.camera, SIZE)
    np.testing.assert_allclose(view.turned(PIVOT), PIVOT)


def test_an_enlarged_view_scales_pixels(p: FaceParameters, surface: Surface) -> None:
    view = make_view(p.pose, p.camera, SIZE)
    small, large = project(surface, view), project(surface, view.enlarged(2))
    np.testing.assert_allclose(large.x, 2 * small.x, rtol=1e-5)
    np.testing.assert_allclose(large.y, 2 * small.y, rtol=1e-5)


@pytest.mark.parametrize("yaw", [-0.2, 0.0, 0.2])
def test_pixels_find_their_texels(p: FaceParameters, surface: Surface, yaw: float) -> None:
    sight = project(surface, make_view(replace(p.pose, yaw=yaw), p.camera, SIZE))
    picture = solve_picture(sight, SIZE)
    rows, columns = np.nonzero(picture.head)
    x, y = picture.look_up(sight.x)[rows, columns], picture.look_up(sight.y)[rows, columns]
    miss = np.hypot(x - columns, y - rows)
    assert np.mean(miss < 0.6) > 0.97
    assert 0.15 < picture.head.mean() < 0.6


def test_the_face_is_seen_without_holes(p: FaceParameters, surface: Surface) -> None:
    sight = project(surface, make_view(p.pose, p.camera, SIZE))
    picture = solve_picture(sight, SIZE)
    a = atlas()
    for x, y in ((0, 39), (32, 0), (-32, 0), (0, 100), (20, 68)):
        column, row = np.round(a.texels(np.array([x]), np.array([y]))[0]).astype(int)
        px, py = round(float(sight.x[row, column])), round(float(sight.y[row, column]))
        assert picture.head[py - 2 : py + 3, px - 2 : px + 3].min() == 1
