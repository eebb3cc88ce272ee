"""The ten parts of a face, in the order of every part map, table and file."""

from typing import Final

from face2bone.modalities.parts import Part, paired

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
