"""From the bytes of a DICOM, PNG, JPEG or TIFF file to a film with bone bright and no metadata."""

from face2bone.modalities.radiograph.film import (
    BodyPart,
    Laterality,
    Polarity,
    Radiograph,
    Spacing,
    View,
)
from face2bone.modalities.radiograph.limits import MAX_BYTES, MAX_PIXELS, MIN_SIDE
from face2bone.modalities.radiograph.polarity import doubt
from face2bone.modalities.radiograph.reading import read_radiograph

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "MIN_SIDE",
    "BodyPart",
    "Laterality",
    "Polarity",
    "Radiograph",
    "Spacing",
    "View",
    "doubt",
    "read_radiograph",
]
