"""The texture atlas: every texel knows its place, and every place its texel."""

import numpy as np
import pytest

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.head import TEXTURE_HEIGHT, TEXTURE_WIDTH


@pytest.mark.parametrize(
    ("x", "y"), [(0, 39), (32, 0), (-32, 0), (25, 68), (-25, 68), (0, 100), (45, 20), (0, -50)]
)
def test_a_place_on_the_face_leads_to_its_texel_and_back(x: float, y: float) -> None:
    a = atlas()
    column, row = np.round(a.texels(np.array([x]), np.array([y]))[0]).astype(int)
    assert a.x[row, column] == pytest.approx(x, abs=0.8)
    assert a.y[row, column] == pytest.approx(y, abs=0.8)


def test_pens_carry_three_fractional_bits() -> None:
    x, y = np.array([0.0, 10.0]), np.array([0.0, 20.0])
    np.testing.assert_allclose(atlas().pen(x, y) / 8, atlas().texels(x, y), atol=0.0626)


def test_maps_cover_the_texture_and_are_read_only() -> None:
    a = atlas()
    for field in (a.x, a.y, a.z, a.front, a.azimuth_deg, a.slope_u, a.slope_v):
        assert field.shape == (TEXTURE_HEIGHT, TEXTURE_WIDTH)
        assert field.dtype == np.float32
        assert np.isfinite(field).all()
        assert not field.flags.writeable


def test_tangents_have_length_one_and_follow_the_grid() -> None:
    a = atlas()
    middle = (TEXTURE_HEIGHT // 2, TEXTURE_WIDTH // 2)
    length = np.linalg.norm(a.tangent_u, axis=-1)
    np.testing.assert_allclose(length[a.front > 0.5], 1, atol=0.15)
    assert a.tangent_u[middle][0] > 0.9
    assert a.tangent_v[middle][1] > 0.8


def test_one_texel_in_front_is_about_half_a_millimetre() -> None:
    a = atlas()
    face = (a.front > 0.99) & (np.abs(a.x) < 30) & (np.abs(a.y) < 60)
    per_texel = 0.5 / a.slope_u[face]
    assert 0.3 < np.median(per_texel) < 0.8


def test_bumps_stay_on_the_front() -> None:
    a = atlas()
    bump = a.bump(32, 0, 10, 10)
    assert bump.max() == pytest.approx(1, abs=0.02)
    assert np.all(bump[a.front == 0] == 0)
