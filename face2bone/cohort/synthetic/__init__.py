"""Drawn patients: faces drawn from numbers, for training and tests without anyone's photo."""

from face2bone.cohort.synthetic.parameters import (
    AGEING_NAMES,
    Ageing,
    FaceParameters,
    HairStyle,
    draw_parameters,
)
from face2bone.cohort.synthetic.provenance import GENERATOR_VERSION, generator_hash, source_hash
from face2bone.cohort.synthetic.render import DrawnFace, draw_face

__all__ = [
    "AGEING_NAMES",
    "GENERATOR_VERSION",
    "Ageing",
    "DrawnFace",
    "FaceParameters",
    "HairStyle",
    "draw_face",
    "draw_parameters",
    "generator_hash",
    "source_hash",
]
