"""The generic head is a head: right size, symmetrical, features where anatomy puts them."""

import numpy as np
import pytest

from face2bone.drawn.face.head import (
    MESH_HEIGHT,
    MESH_WIDTH,
    MOUTH_HALF_WIDTH,
    MOUTH_Y,
    TEMPLE,
    HeadGrid,
    head_grid,
    marionette_extent,
    marionette_x,
    nasolabial_extent,
    nasolabial_profile,
    nasolabial_x,
    ray_angles,
    temple_hollow,
)


@pytest.fixture(scope="module")
def grid() -> HeadGrid:
    return head_grid()


def height_at(grid: HeadGrid, x: float, y: float) -> float:
    """z (mm) of the neutral surface nearest to generic (x, y) on the front."""
    distance = (grid.x - x) ** 2 + (grid.y - y) ** 2 + 1e6 * (grid.front < 0.5)
    return float(grid.neutral[np.unravel_index(distance.argmin(), distance.shape)][2])


def test_the_grid_is_built_once_and_cannot_be_written(grid: HeadGrid) -> None:
    assert head_grid() is grid
    assert grid.neutral.shape == (MESH_HEIGHT, MESH_WIDTH, 3)
    with pytest.raises(ValueError, match="read-only"):
        grid.neutral[0, 0, 0] = 1


def test_the_head_has_adult_proportions(grid: HeadGrid) -> None:
    face = grid.neutral[grid.front > 0.3]
    cheeks = face[np.abs(face[:, 1] - 20) < 8]
    assert 125 < np.ptp(cheeks[:, 0]) < 150  # bizygomatic width
    assert 112 < face[:, 1].max() < 124  # pupils to menton


def test_the_head_is_symmetrical(grid: HeadGrid) -> None:
    mirrored = grid.neutral[:, ::-1] * np.array([-1, 1, 1], np.float32)
    np.testing.assert_allclose(grid.neutral, mirrored, atol=1e-3)


def test_normals_have_length_one_and_point_outward(grid: HeadGrid) -> None:
    np.testing.assert_allclose(np.linalg.norm(grid.normals, axis=-1), 1, atol=0.02)
    assert grid.normals[MESH_HEIGHT // 2, MESH_WIDTH // 2, 2] > 0.9


def test_the_nose_stands_out_and_the_eyes_lie_back(grid: HeadGrid) -> None:
    tip, bridge, cheek = height_at(grid, 0, 39), height_at(grid, 0, 5), height_at(grid, 30, 39)
    assert tip > bridge + 10
    assert tip > cheek + 15
    assert height_at(grid, 20, -4) < height_at(grid, 20, -22)


def test_the_nasolabial_fold_is_a_crease_beside_a_bulge(grid: HeadGrid) -> None:
    profile = nasolabial_profile(grid)
    assert profile.min() == pytest.approx(-1, abs=0.15)
    assert 0.3 < profile.max() < 1


def test_rays_are_denser_in_front() -> None:
    azimuth, elevation = ray_angles(MESH_WIDTH, MESH_HEIGHT)
    assert np.all(np.diff(azimuth) > 0)
    assert np.all(np.diff(elevation) > 0)
    assert np.diff(azimuth)[MESH_WIDTH // 2] < 0.6 * np.diff(azimuth)[0]


def test_the_nasolabial_fold_runs_from_the_wing_to_beside_the_mouth() -> None:
    y = np.array([40.0, 55.0, MOUTH_Y])
    x = nasolabial_x(y)
    assert np.all(np.diff(x) > 0)
    assert 15 < x[0] < MOUTH_HALF_WIDTH < x[-1] < MOUTH_HALF_WIDTH + 10


def test_the_marionette_line_begins_where_the_nasolabial_fold_ends() -> None:
    y = np.linspace(30, 110, 161)
    fold, line = nasolabial_extent(y), marionette_extent(y)
    assert y[fold > 0.5].max() < y[line > 0.5].max()
    assert np.min(np.maximum(fold, line)[(y > 45) & (y < 88)]) > 0.1
    assert marionette_x(np.array(74.0)) > MOUTH_HALF_WIDTH


def test_the_temple_is_a_hollow_on_both_sides_with_a_steep_front() -> None:
    x0, y0 = TEMPLE
    z = np.zeros(1)
    at = lambda x, y: float(temple_hollow(np.array([x]), np.array([y]), z)[0])  # noqa: E731
    assert at(x0, y0) > 0.9
    assert at(-x0, y0) == at(x0, y0)
    assert at(x0 - 12, y0) < 0.02
    assert at(x0 + 9, y0) > 0.2
    assert at(0, y0) == 0
    assert temple_hollow(np.array([x0]), np.array([y0]), np.array([-110.0]))[0] == 0
