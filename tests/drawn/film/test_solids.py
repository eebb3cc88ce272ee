"""Path lengths against closed forms and against counting voxels."""

import numpy as np
import pytest

from face2bone.drawn.film.solids import bell, chord, closing, profile, sigmoid, smooth_union


def test_a_ray_through_the_middle_crosses_the_whole_depth() -> None:
    assert chord(np.zeros(1, np.float32), np.float32([9.0]), 7.0) == pytest.approx(14.0)


def test_a_chord_equals_counting_voxels() -> None:
    u = np.linspace(-11, 11, 89, dtype=np.float32)
    depth = np.linspace(-8, 8, 8_001)
    inside = (u[:, None] / 9.0) ** 2 + (depth[None] / 7.0) ** 2 <= 1
    counted = inside.sum(axis=1) * (depth[1] - depth[0])
    assert chord(u, np.full_like(u, 9.0), 7.0) == pytest.approx(counted, abs=0.01)


def test_the_longest_path_through_a_wall_is_at_the_marrows_edge() -> None:
    """What an instrument uses to find the endosteal edge."""
    u = np.arange(0, 9, 0.01, dtype=np.float32)
    outer, inner = (chord(u, np.full_like(u, a), a) for a in (8.0, 5.0))
    assert u[np.argmax(outer - inner)] == pytest.approx(5.0, abs=0.02)


def test_nothing_is_crossed_outside() -> None:
    assert chord(np.float32([9.1, -20]), np.float32([9.0, 9.0]), 7.0).tolist() == [0, 0]
    assert chord(np.float32([0.0]), np.float32([0.0]), -1.0).tolist() == [0]


def test_an_end_closes_like_a_quarter_circle() -> None:
    depth = np.float32([-1, 0, 2.5, 5, 50])
    assert closing(depth, 5.0) == pytest.approx([0, 0, np.sqrt(0.75), 1, 1])


def test_a_profile_passes_its_knots_and_stops_at_its_ends() -> None:
    knots, values = [0.0, 1.0, 4.0], [1.0, 3.0, 2.0]
    at = np.float32([-5, 0, 1, 4, 99])
    read = profile(knots, values, at)
    assert read.tolist() == [1, 1, 3, 2, 2]
    assert read.dtype == np.float32


def test_a_union_is_at_least_the_larger_and_has_no_seam() -> None:
    x = np.linspace(-1, 1, 401, dtype=np.float32)
    left, right = 5 - 3 * x, 5 + 3 * x
    union = smooth_union(left, right)
    assert (union >= np.maximum(left, right) - 1e-5).all()
    assert np.abs(np.diff(union, 2)).max() < 1e-3  # a maximum would bend by 0.03 at 0


def test_sigmoid_and_bell_stay_finite_far_out() -> None:
    far = np.float32([-1e6, 0, 1e6])
    assert sigmoid(far).tolist() == [0, 0.5, 1]
    assert bell(far, 0.0, 1.0).tolist() == [0, 1, 0]
