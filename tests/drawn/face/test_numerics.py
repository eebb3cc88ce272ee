"""The small tools the renderer is built from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.drawn.face.numerics import (
    GAMMA,
    bell,
    frozen,
    linear_rgb,
    mirrored_bump,
    smooth_max,
    smooth_min,
    smooth_noise,
    spline,
    step,
    surface_normals,
    unit,
)

lengths = st.floats(-100, 100)


@given(a=lengths, b=lengths, width=st.floats(0.1, 20))
def test_smooth_minimum_never_exceeds_the_minimum(a: float, b: float, width: float) -> None:
    low = float(smooth_min(np.array(a), np.array(b), width))
    assert min(a, b) - width / 4 - 1e-9 <= low <= min(a, b) + 1e-9
    assert float(smooth_max(np.array(a), np.array(b), width)) >= max(a, b) - 1e-9


@given(start=lengths, end=lengths, x=lengths)
def test_a_step_runs_from_zero_to_one_either_way(start: float, end: float, x: float) -> None:
    if abs(end - start) < 1e-3:
        return
    assert float(step(start, end, start)) == pytest.approx(0, abs=1e-4)
    assert float(step(start, end, end)) == pytest.approx(1, abs=1e-4)
    assert 0 <= float(step(start, end, x)) <= 1
    assert float(step(start, end, x) + step(end, start, x)) == pytest.approx(1, abs=1e-2)


def test_a_bell_is_one_at_its_centre_and_falls_by_its_width() -> None:
    assert float(bell(np.float32(3), 3, 2)) == 1
    assert float(bell(np.float32(5), 3, 2)) == pytest.approx(np.exp(-0.5))


def test_a_spline_keeps_straight_lines_straight() -> None:
    line = spline([0, 5, 10], [0, 10, 20])
    query = np.linspace(0, 10, 21)
    np.testing.assert_allclose(line(query), 2 * query, atol=0.02)


def test_a_bump_off_the_midline_has_a_mirror_image() -> None:
    x, y = np.meshgrid(np.linspace(-50, 50, 101), np.linspace(-10, 10, 21))
    bump = mirrored_bump(x, y, 20, 0, 5, 5, tilt=0.3)
    np.testing.assert_allclose(bump, bump[:, ::-1], atol=1e-12)
    assert np.abs(x[np.unravel_index(bump.argmax(), bump.shape)]) == 20


def test_a_tilt_lifts_the_lateral_end() -> None:
    x, y = np.array([30.0, 30.0]), np.array([-3.0, 3.0])
    upper, lower = mirrored_bump(x, y, 20, 0, 8, 3, tilt=0.3)
    assert upper > lower


def test_noise_is_reproducible_and_has_unit_variance() -> None:
    one, two = (smooth_noise(np.random.default_rng(3), (64, 64), 4) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert one.std() == pytest.approx(1, abs=1e-3)


def test_colours_are_linearised() -> None:
    np.testing.assert_allclose(linear_rgb((0, 127.5, 255)), [0, 0.5**GAMMA, 1], rtol=1e-6)


def test_a_unit_vector_has_length_one() -> None:
    assert np.linalg.norm(unit([3, -4, 12])) == pytest.approx(1)


def test_normals_of_a_plane_point_toward_the_camera() -> None:
    x, y = np.meshgrid(np.arange(6.0), np.arange(5.0))
    plane = np.stack([x, y, 0.5 * x], -1)
    expected = unit([-0.5, 0, 1])
    np.testing.assert_allclose(surface_normals(plane), np.broadcast_to(expected, plane.shape))


def test_frozen_tables_cannot_be_written() -> None:
    table = frozen(np.eye(3))
    assert table.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        table[0, 0] = 2
