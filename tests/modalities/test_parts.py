import numpy as np
import pytest

from face2bone.modalities.face import FACE_PARTS
from face2bone.modalities.parts import OUTSIDE, Part, mirrored, paired, part_index, part_of


def test_twins_are_each_others_and_stand_on_opposite_sides() -> None:
    for part in FACE_PARTS:
        if part.twin:
            twin = part_of(FACE_PARTS, part.twin)
            assert part_of(FACE_PARTS, twin.twin) is part
            assert {part.side, twin.side} == {"left", "right"}
            assert part.pair == twin.pair
        else:
            assert part.side == ""


def test_a_part_that_is_not_there_has_no_place() -> None:
    with pytest.raises(KeyError):
        part_index(FACE_PARTS, "ear_left")


def test_a_twin_needs_the_name_of_the_pair() -> None:
    with pytest.raises(ValueError, match="go together"):
        Part("left_ring", "left ring", "left", "right_ring")


def test_a_mirrored_map_has_turned_columns_and_exchanged_twins() -> None:
    parts = (Part("spine", "spine"), *paired("hip", "hip"))
    part_map = np.array([[1, 1, 0, 2, OUTSIDE]], np.int8)
    assert mirrored(part_map, parts).tolist() == [[OUTSIDE, 1, 0, 2, 2]]
    assert (mirrored(mirrored(part_map, parts), parts) == part_map).all()
