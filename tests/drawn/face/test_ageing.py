"""The planted effects: linear, bounded by their masks, each in its own place."""

import numpy as np
import pytest

from face2bone.drawn.face.ageing import (
    DISPLACEMENT_GAIN,
    SKELETAL_NAMES,
    TINT_GAIN,
    ageing_basis,
    hollow_shade,
    skeletal_values,
)
from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import AGEING_NAMES, Ageing
from face2bone.drawn.face.head import head_grid

PLACES = {  # generic (|x|, y) boxes in mm that hold the strongest effect
    "orbit": (10, 55, -22, 24),
    "maxilla": (0, 45, 20, 66),
    "nasolabial": (15, 45, 32, 82),
    "jaw": (0, 60, 70, 118),
    "temple": (42, 75, -50, 10),
}


def test_the_skeletal_parameters_are_all_but_the_wrinkles() -> None:
    assert (*SKELETAL_NAMES, "wrinkle") == AGEING_NAMES
    values = skeletal_values(Ageing(1, 2, 3, 4, 5, 0.6))
    np.testing.assert_array_equal(values, [1, 2, 3, 4, 5])


@pytest.mark.parametrize("name", SKELETAL_NAMES)
def test_an_effect_lies_where_anatomy_says(name: str) -> None:
    a, mask = atlas(), ageing_basis().masks[SKELETAL_NAMES.index(name)]
    left, right, top, bottom = PLACES[name]
    strong = mask > 0.5
    ax = np.abs(a.x[strong])
    assert mask.max() == pytest.approx(1, abs=0.02)
    assert np.all((ax >= left) & (ax <= right) & (a.y[strong] >= top) & (a.y[strong] <= bottom))


@pytest.mark.parametrize("name", SKELETAL_NAMES)
def test_displacement_and_shade_stay_inside_the_mask(name: str) -> None:
    i = SKELETAL_NAMES.index(name)
    basis = ageing_basis()
    outside = basis.masks[i] < 0.002
    assert np.abs(basis.tint[i][outside]).max() < 0.01 * TINT_GAIN[name]
    moved = np.linalg.norm(basis.displacement[i].reshape(head_grid().neutral.shape), axis=-1)
    assert moved[outside[::2, ::2] & outside[1::2, 1::2]].max() < 0.02


@pytest.mark.parametrize("name", SKELETAL_NAMES)
def test_one_unit_moves_the_face_by_about_its_gain(name: str) -> None:
    shape = head_grid().neutral.shape
    moved = ageing_basis().displacement[SKELETAL_NAMES.index(name)].reshape(shape)
    peak = np.linalg.norm(moved, axis=-1).max()
    assert 0.6 * DISPLACEMENT_GAIN[name] < peak < 1.7 * DISPLACEMENT_GAIN[name]


def test_a_neutral_face_has_no_shade() -> None:
    np.testing.assert_array_equal(hollow_shade(Ageing()), 1)


@pytest.mark.parametrize("name", SKELETAL_NAMES)
def test_the_shade_deepens_by_the_same_factor_with_every_unit(name: str) -> None:
    shades = [hollow_shade(Ageing(**{name: value}))[1].min() for value in (2.0, 4.0, 6.0)]
    assert shades[1] / shades[0] == pytest.approx(shades[2] / shades[1], rel=1e-3)
    assert 0.15 < shades[2] < 0.8


def test_fuller_than_neutral_is_lighter() -> None:
    assert hollow_shade(Ageing(orbit=-1)).max() > 1.03
