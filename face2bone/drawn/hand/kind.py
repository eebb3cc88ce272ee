"""The drawn hand as a kind of film."""

from typing import Final

from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.hand.provenance import GENERATOR_VERSION
from face2bone.drawn.hand.render import SPACING_MM, draw_hand, value_maps
from face2bone.drawn.hand.values import HAND_VALUES, PLANTED_PART
from face2bone.modalities.hand.parts import HAND_PARTS

HAND: Final = FilmKind(
    name="hand",
    body_part="HAND",
    view="PA",
    spacing_mm=SPACING_MM,
    parts=HAND_PARTS,
    model=HAND_VALUES,
    planted_parts=PLANTED_PART,
    draw=draw_hand,
    value_maps=value_maps,
    version=GENERATOR_VERSION,
)
