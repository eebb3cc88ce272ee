from face2bone.modalities.face import FACE_PARTS
from face2bone.modalities.face.parts import FACE_SCHEMATIC


def inside(x: float, y: float, corners: tuple[tuple[float, float], ...]) -> bool:
    """Ray casting: whether a point lies in a polygon."""
    within = False
    for (x1, y1), (x2, y2) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            within = not within
    return within


def part_at(x: float, y: float) -> str:
    """The part on top at a point, in the order of painting."""
    return [d.part_id for d in FACE_SCHEMATIC.parts if inside(x, y, d.corners)][-1]


def test_every_number_stands_on_its_own_part_inside_the_outline() -> None:
    cx, cy, rx, ry = FACE_SCHEMATIC.ellipse
    for part in FACE_PARTS:
        x, y = FACE_SCHEMATIC.drawn(part.id).number
        assert ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1, part
        assert part_at(x, y) == part.id


def test_left_is_the_patients_left_and_the_drawing_is_symmetric() -> None:
    middle = FACE_SCHEMATIC.width / 2
    for part in FACE_PARTS:
        if part.side == "left":
            left, right = (FACE_SCHEMATIC.drawn(i).number for i in (part.id, part.twin))
            assert left[0] > middle > right[0]
            assert left[1] == right[1]


def test_every_part_is_drawn_once() -> None:
    assert sorted(d.part_id for d in FACE_SCHEMATIC.parts) == sorted(p.id for p in FACE_PARTS)
