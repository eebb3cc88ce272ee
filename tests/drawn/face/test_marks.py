"""Skin marks: wrinkles as grooves in their places, variants that differ."""

import numpy as np
import pytest

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.marks import SHAPE, WRINKLE_STRENGTH, marks, wrinkle_relief

WHERE = {  # generic (|x|, y) limits in mm
    "forehead": (0, 50, -75, -20),
    "crow": (42, 75, -18, 20),
    "glabella": (0, 20, -40, 0),
    "perioral": (0, 30, 45, 70),
    "under_eye": (12, 52, 0, 24),
    "cheek": (25, 66, 8, 95),
}


def test_marks_are_built_once_and_read_only() -> None:
    assert marks() is marks()
    for variants in (marks().mottle, marks().pores, marks().freckles, *marks().wrinkles.values()):
        for field in variants:
            assert field.shape == SHAPE
            assert not field.flags.writeable


@pytest.mark.parametrize("group", sorted(WRINKLE_STRENGTH))
def test_a_wrinkle_group_stays_in_its_place(group: str) -> None:
    a = atlas()
    left, right, top, bottom = WHERE[group]
    for relief in marks().wrinkles[group]:
        deep = np.abs(relief) > 0.25 * np.abs(relief).max()
        ax, y = np.abs(a.x[deep]), a.y[deep]
        inside = (ax >= left) & (ax <= right) & (y >= top) & (y <= bottom)
        assert inside.mean() > 0.97


@pytest.mark.parametrize("group", sorted(WRINKLE_STRENGTH))
def test_a_wrinkle_is_a_groove_between_ridges(group: str) -> None:
    relief = marks().wrinkles[group][0]
    assert relief.min() < 0 < relief.max()
    assert -relief.min() > relief.max()


def test_faces_wear_different_wrinkles() -> None:
    np.testing.assert_array_equal(wrinkle_relief(4), wrinkle_relief(4))
    assert np.abs(wrinkle_relief(4) - wrinkle_relief(5)).max() > 0.3


def test_pigment_spots_are_coverages() -> None:
    for spots in (*marks().freckles, *marks().age_spots, *marks().moles):
        assert spots.min() >= 0
        assert 0.1 < spots.max() <= 1
