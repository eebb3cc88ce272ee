"""Ten parts of a knee film seen from the front, and their outlines of our own drawing.

Medial is toward the other knee; in the drawing the lateral side is on the right.
"""

from typing import Final

from face2bone.modalities.parts import DrawnPart, Part, Point, Schematic

KNEE_PARTS: Final[tuple[Part, ...]] = (
    Part("femoral_shaft", "femoral shaft"),
    Part("condyle_medial", "medial femoral condyle"),
    Part("condyle_lateral", "lateral femoral condyle"),
    Part("joint_space_medial", "medial joint space"),
    Part("joint_space_lateral", "lateral joint space"),
    Part("plateau_medial", "medial tibial plateau"),
    Part("plateau_lateral", "lateral tibial plateau"),
    Part("tibial_shaft", "tibial shaft"),
    Part("fibula", "fibula"),
    Part("soft_tissue", "soft tissue"),
)


_WIDTH, _HEIGHT = 220, 250
_MIDDLE: Final = 110.0

# Painted from the ground up.
_PARTS: Final[tuple[tuple[str, tuple[Point, ...], Point], ...]] = (
    (
        "fibula",
        ((148, 152), (168, 150), (172, 164), (164, 180), (162, 250), (148, 250)),
        (157, 215),
    ),
    ("femoral_shaft", ((88, 0), (136, 0), (140, 62), (80, 62)), (110, 34)),
    (
        "condyle_medial",
        ((80, 62), (_MIDDLE, 62), (_MIDDLE, 100), (98, 116), (70, 120), (54, 108), (54, 82)),
        (80, 92),
    ),
    (
        "condyle_lateral",
        ((_MIDDLE, 62), (140, 62), (166, 82), (166, 108), (150, 120), (122, 116), (_MIDDLE, 100)),
        (140, 92),
    ),
    (
        "joint_space_medial",
        ((60, 114), (70, 120), (98, 116), (_MIDDLE, 112), (_MIDDLE, 128), (60, 130)),
        (84, 124),
    ),
    (
        "joint_space_lateral",
        ((_MIDDLE, 112), (122, 116), (150, 120), (160, 114), (160, 130), (_MIDDLE, 128)),
        (136, 124),
    ),
    (
        "plateau_medial",
        ((58, 130), (_MIDDLE, 128), (_MIDDLE, 176), (84, 176), (60, 150)),
        (86, 150),
    ),
    (
        "plateau_lateral",
        ((_MIDDLE, 128), (162, 130), (160, 150), (136, 176), (_MIDDLE, 176)),
        (134, 150),
    ),
    ("tibial_shaft", ((84, 176), (136, 176), (130, 250), (90, 250)), (110, 214)),
)
_GROUND: Final[tuple[Point, ...]] = ((0, 0), (_WIDTH, 0), (_WIDTH, _HEIGHT), (0, _HEIGHT))

KNEE_SCHEMATIC: Final = Schematic(
    _WIDTH,
    _HEIGHT,
    (110.0, 125.0, 100.0, 180.0),
    (
        DrawnPart("soft_tissue", _GROUND, (34.0, 60.0), whole=True),
        *(DrawnPart(part, corners, number) for part, corners, number in _PARTS),
    ),
)
