"""Ten parts of a hand film seen from behind."""

from typing import Final

from face2bone.modalities.parts import Part

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
