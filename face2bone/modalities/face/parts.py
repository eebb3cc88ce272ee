"""The ten parts of a face, in the order of every part map, table and file, and their outlines.

The drawing is our own, seen from the front: the patient's left is on the right. The right half is
drawn, the left half is its mirror image. From the largest to the smallest, as regions.py paints
them.
"""

from collections.abc import Iterator
from typing import Final

from face2bone.modalities.parts import DrawnPart, Part, Point, Schematic, paired, part_of

FOREHEAD: Final = Part("forehead", "forehead")
PERIORBITAL_LEFT, PERIORBITAL_RIGHT = paired("periorbital", "periorbital")
MIDFACE_LEFT, MIDFACE_RIGHT = paired("midface", "midface")
NASOLABIAL_LEFT, NASOLABIAL_RIGHT = paired("nasolabial", "nasolabial")
MANDIBULAR_LEFT, MANDIBULAR_RIGHT = paired("mandibular", "mandibular")
NOSE_LIPS: Final = Part("nose_lips", "nose and lips")

FACE_PARTS: Final[tuple[Part, ...]] = (
    *(FOREHEAD, PERIORBITAL_LEFT, PERIORBITAL_RIGHT, MIDFACE_LEFT, MIDFACE_RIGHT),
    *(NASOLABIAL_LEFT, NASOLABIAL_RIGHT, MANDIBULAR_LEFT, MANDIBULAR_RIGHT, NOSE_LIPS),
)


_WIDTH, _HEIGHT = 220, 250
_MIDDLE: Final = 110.0
_HALVES: Final[tuple[tuple[Part, tuple[Point, ...], Point], ...]] = (
    (
        MIDFACE_RIGHT,
        ((0, 118), (52, 122), (92, 116), (110, 120), (110, 200), (0, 186)),
        (42, 152),
    ),
    (
        MANDIBULAR_RIGHT,
        ((0, 172), (34, 172), (62, 184), (86, 184), (110, 186), (110, 250), (0, 250)),
        (72, 216),
    ),
    (
        NASOLABIAL_RIGHT,
        ((90, 132), (70, 150), (56, 176), (66, 200), (88, 196), (84, 180), (96, 156)),
        (71, 173),
    ),
    (
        PERIORBITAL_RIGHT,
        ((98, 92), (76, 78), (40, 82), (22, 100), (30, 122), (62, 130), (94, 116)),
        (62, 104),
    ),
)
_NOSE_LIPS: Final[tuple[Point, ...]] = (
    *((110, 84), (101, 96), (98, 120), (90, 142), (98, 156), (84, 178), (96, 190), (110, 194)),
)


def _mirrored(points: tuple[Point, ...]) -> tuple[Point, ...]:
    return tuple((2 * _MIDDLE - x, y) for x, y in points)


def _in_order() -> Iterator[DrawnPart]:
    ground: tuple[Point, ...] = ((0, 0), (_WIDTH, 0), (_WIDTH, _HEIGHT), (0, _HEIGHT))
    yield DrawnPart(FOREHEAD.id, ground, (_MIDDLE, 46.0), whole=True)
    for part, corners, number in _HALVES:
        yield DrawnPart(part.id, corners, number)
        twin = part_of(FACE_PARTS, part.twin)
        (mirrored_number,) = _mirrored((number,))
        yield DrawnPart(twin.id, _mirrored(corners), mirrored_number)
    yield DrawnPart(NOSE_LIPS.id, (*_NOSE_LIPS, *_mirrored(_NOSE_LIPS)[::-1]), (_MIDDLE, 158.0))


FACE_SCHEMATIC: Final = Schematic(_WIDTH, _HEIGHT, (110.0, 125.0, 92.0, 116.0), tuple(_in_order()))
