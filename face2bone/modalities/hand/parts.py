"""Ten parts of a hand film seen from behind, and their outlines of our own drawing.

A left hand, thumb on the right. The parts are rods painted over the soft tissue, from the ground
up, as ``division`` paints a crop.
"""

from typing import Final

import numpy as np

from face2bone.modalities.parts import DrawnPart, Part, Point, Schematic

HAND_PARTS: Final[tuple[Part, ...]] = (
    Part("metacarpal_1", "first metacarpal"),
    Part("metacarpal_2", "second metacarpal"),
    Part("metacarpal_3", "third metacarpal"),
    Part("metacarpals_4_5", "fourth and fifth metacarpals"),
    Part("proximal_phalanges", "proximal phalanges"),
    Part("distal_phalanges", "middle and distal phalanges"),
    Part("carpals", "carpal bones"),
    Part("radius", "distal radius"),
    Part("ulna", "distal ulna"),
    Part("soft_tissue", "soft tissue"),
)


_WIDTH, _HEIGHT = 220, 250


def _rods(*rods: tuple[Point, Point, float]) -> tuple[Point, ...]:
    """One outline of rods side by side, each from start to end and so wide.

    From rod to rod and back it runs along one line, so that nothing between them is inside.
    """
    there, back = [], []
    for (x0, y0), (x1, y1), width in rods:
        length = float(np.hypot(x1 - x0, y1 - y0))
        dx, dy = (y1 - y0) / length * width / 2, (x0 - x1) / length * width / 2
        start, last = (x0 + dx, y0 + dy), (x0 - dx, y0 - dy)
        there += [start, (x1 + dx, y1 + dy), (x1 - dx, y1 - dy), last]
        back += [start, last]
    return tuple((round(x, 1), round(y, 1)) for x, y in (*there, *back[::-1]))


# Knuckle, first joint and tip of little finger, ring finger, middle finger, index and thumb.
_FINGERS: Final[tuple[tuple[Point, Point, Point], ...]] = (
    ((77, 118), (62, 86), (42, 52)),
    ((95, 110), (91, 72), (83, 28)),
    ((114, 108), (115, 68), (115, 16)),
    ((134, 110), (139, 72), (146, 26)),
    ((166, 136), (186, 112), (206, 88)),
)
_CARPALS: Final[tuple[Point, ...]] = (
    *((84, 172), (98, 162), (128, 162), (144, 172), (138, 190), (94, 190)),
)
_PARTS: Final[tuple[tuple[str, tuple[Point, ...], Point], ...]] = (
    ("radius", _rods(((126, 250), (126, 192), 24)), (126, 222)),
    ("ulna", _rods(((102, 250), (102, 194), 15)), (102, 222)),
    ("carpals", _CARPALS, (114, 177)),
    ("metacarpal_1", _rods(((141, 164), (166, 136), 13)), (154, 150)),
    ("metacarpal_2", _rods(((126, 160), (134, 112), 12)), (130, 136)),
    ("metacarpal_3", _rods(((113, 160), (114, 110), 12)), (113, 136)),
    (
        "metacarpals_4_5",
        _rods(((87, 164), (77, 120), 12), ((99, 162), (95, 112), 12)),
        (97, 137),
    ),
    ("proximal_phalanges", _rods(*((f[0], f[1], 12) for f in _FINGERS)), (114, 88)),
    ("distal_phalanges", _rods(*((f[1], f[2], 11) for f in _FINGERS)), (115, 42)),
)


def _drawn() -> tuple[DrawnPart, ...]:
    ground: tuple[Point, ...] = ((0, 0), (_WIDTH, 0), (_WIDTH, _HEIGHT), (0, _HEIGHT))
    soft = DrawnPart("soft_tissue", ground, (152, 182), whole=True)
    return (soft, *(DrawnPart(*part) for part in _PARTS))


HAND_SCHEMATIC: Final = Schematic(_WIDTH, _HEIGHT, (112.0, 125.0, 108.0, 124.0), _drawn())
