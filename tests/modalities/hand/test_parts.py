"""The drawing of a hand: every part once, every number on its own part."""

import cv2
import numpy as np

from face2bone.modalities.hand.modality import HAND
from face2bone.modalities.hand.parts import HAND_PARTS, HAND_SCHEMATIC


def part_at(x: float, y: float) -> str:
    """The part on top at a point, in the order of painting."""
    on = [
        d.part_id
        for d in HAND_SCHEMATIC.parts
        if cv2.pointPolygonTest(np.array(d.corners, np.float32), (x, y), False) >= 0
    ]
    return on[-1]


def test_every_part_is_drawn_once() -> None:
    assert sorted(d.part_id for d in HAND_SCHEMATIC.parts) == sorted(p.id for p in HAND_PARTS)
    assert HAND.schematic is HAND_SCHEMATIC


def test_every_number_stands_on_its_own_part_inside_the_outline() -> None:
    cx, cy, rx, ry = HAND_SCHEMATIC.ellipse
    for drawn in HAND_SCHEMATIC.parts:
        x, y = drawn.number
        assert ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1, drawn.part_id
        assert part_at(x, y) == drawn.part_id
