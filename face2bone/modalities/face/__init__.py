"""The face in a photo: landmarks, quality, alignment and anatomical regions."""

from face2bone.modalities.face.alignment import CROP_SIZE, MASK_VALUE, AlignedFace, align_landmarks
from face2bone.modalities.face.finding import Face, find_face, shared_locator
from face2bone.modalities.face.limits import QualityLimits
from face2bone.modalities.face.locator import FaceLandmarker, Locator
from face2bone.modalities.face.quality import QualityCheck, QualityVerdict
from face2bone.modalities.face.regions import REGIONS, Region

__all__ = [
    "CROP_SIZE",
    "MASK_VALUE",
    "REGIONS",
    "AlignedFace",
    "Face",
    "FaceLandmarker",
    "Locator",
    "QualityCheck",
    "QualityLimits",
    "QualityVerdict",
    "Region",
    "align_landmarks",
    "find_face",
    "shared_locator",
]
