"""The words a face is described in."""

from dataclasses import FrozenInstanceError, fields

import pytest

from face2bone.cohort.synthetic.description import AGEING_NAMES, Ageing, HairStyle, Pose


def test_ageing_names_are_the_fields_of_ageing_in_order() -> None:
    assert tuple(f.name for f in fields(Ageing)) == AGEING_NAMES


def test_an_unaged_face_is_all_zero() -> None:
    assert all(getattr(Ageing(), name) == 0 for name in AGEING_NAMES)


def test_descriptions_are_immutable_and_comparable() -> None:
    assert Pose(0.1, 0, 0) == Pose(0.1, 0, 0)
    with pytest.raises(FrozenInstanceError):
        Pose(0, 0, 0).yaw = 1  # type: ignore[misc]


def test_hair_styles_have_distinct_values() -> None:
    assert len({style.value for style in HairStyle}) == len(HairStyle)
