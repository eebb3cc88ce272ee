"""The face in a photo: landmarks, quality, alignment and anatomical regions."""

from face2bone.modalities.face.alignment import FACE_INPUT, AlignedFace, align_landmarks
from face2bone.modalities.face.finding import Face, find_face, shared_locator
from face2bone.modalities.face.limits import QualityLimits
from face2bone.modalities.face.locator import FaceLandmarker, Locator
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.prepared import QualityCheck, QualityVerdict

__all__ = [
    "FACE_INPUT",
    "FACE_PARTS",
    "AlignedFace",
    "Face",
    "FaceLandmarker",
    "Locator",
    "QualityCheck",
    "QualityLimits",
    "QualityVerdict",
    "align_landmarks",
    "find_face",
    "shared_locator",
]
