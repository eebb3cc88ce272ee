"""The drawn knee as a kind of film."""

from typing import Final

from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.knee.provenance import GENERATOR_VERSION
from face2bone.drawn.knee.render import SPACING_MM, draw_knee, value_maps
from face2bone.drawn.knee.values import KNEE_VALUES, PLANTED_PART
from face2bone.modalities.knee.parts import KNEE_PARTS

KNEE: Final = FilmKind(
    name="knee",
    body_part="KNEE",
    view="AP",
    spacing_mm=SPACING_MM,
    parts=KNEE_PARTS,
    model=KNEE_VALUES,
    planted_parts=PLANTED_PART,
    draw=draw_knee,
    value_maps=value_maps,
    version=GENERATOR_VERSION,
)
