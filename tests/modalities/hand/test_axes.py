"""Metacarpal axes brought to the middle of a bone of known place."""

import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.modalities.hand.axes import Axis, profiles, refined

LENGTH, WIDTH = 200.0, 28.0


def tube(middle: float, slope: float) -> NDArray[np.float32]:
    """A film with one upright bone: two bright walls and marrow, between grey flesh."""
    y, x = np.mgrid[:300, :160].astype(np.float32)
    u = np.abs(x - middle - slope * (y - 150))
    inside = np.sqrt(np.clip(1 - (u / (WIDTH / 2)) ** 2, 0, None))
    marrow = np.sqrt(np.clip(1 - (u / (WIDTH / 2 - 6)) ** 2, 0, None))
    return (0.3 + 0.6 * inside - 0.35 * marrow).astype(np.float32)


@pytest.mark.parametrize(("aside", "slope"), [(0, 0), (6, 0), (-8, 0.03), (4, -0.05)])
def test_an_axis_beside_the_bone_moves_to_its_middle(aside: float, slope: float) -> None:
    film = tube(80.0, slope)
    guess = np.array([(80.0 + aside, 250.0), (80.0 + aside, 50.0)])
    axis = refined(film, guess)
    for level in (0.3, 0.5, 0.7):
        x, y = axis.base + level * (axis.head - axis.base)
        assert x == pytest.approx(80.0 + slope * (y - 150), abs=1.6)
    assert axis.strength > 0.02


def test_where_there_is_no_bone_there_is_no_outline() -> None:
    film = np.full((300, 160), 0.4, np.float32)
    assert refined(film, np.array([(80.0, 250.0), (80.0, 50.0)])).strength < 0.002


def test_a_profile_reads_across_the_bone() -> None:
    film = tube(80.0, 0.0)
    axis = Axis(np.array([80.0, 250.0]), np.array([80.0, 50.0]), 0.0, 0.0)
    line = profiles(film, axis, np.array([0.4, 0.6]), 0.1)
    assert line.shape == (2, 51)
    np.testing.assert_allclose(line, line[:, ::-1], atol=1e-3)
    assert line[0].argmax() in (15, 16, 35, 34)
    assert axis.length == LENGTH
