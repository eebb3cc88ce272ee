"""Drawn patients: faces drawn from numbers, for training and tests without anyone's photo."""

from face2bone.drawn.face.parameters import (
    AGEING_NAMES,
    Ageing,
    FaceParameters,
    HairStyle,
    draw_parameters,
)
from face2bone.drawn.face.provenance import GENERATOR_HASH, GENERATOR_VERSION
from face2bone.drawn.face.render import DrawnFace, draw_face

__all__ = [
    "AGEING_NAMES",
    "GENERATOR_HASH",
    "GENERATOR_VERSION",
    "Ageing",
    "DrawnFace",
    "FaceParameters",
    "HairStyle",
    "draw_face",
    "draw_parameters",
]
