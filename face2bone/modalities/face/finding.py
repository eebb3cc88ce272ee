"""One photo in, one face out: landmarks, pose and quality, then the aligned crop."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from face2bone.errors import SeveralSubjects, SubjectNotFound
from face2bone.modalities.face.alignment import AlignedFace, align_landmarks
from face2bone.modalities.face.limits import QualityLimits
from face2bone.modalities.face.locator import FaceLandmarker, Locator
from face2bone.modalities.face.looks import face_centre, face_size
from face2bone.modalities.face.pose import head_pose
from face2bone.modalities.face.quality import judge_quality
from face2bone.modalities.face.sighting import Sighting
from face2bone.modalities.measure import Measure
from face2bone.modalities.photo import Photo
from face2bone.modalities.prepared import QualityVerdict
from face2bone.settings import get_settings
from face2bone.words import message

MAIN: Final = 2.0  # times the size of every other face in the photo; sizes as ``looks`` has them


@dataclass(frozen=True)
class Face:
    """The one face of a photo.

    landmarks: float32 (478, 3) in photo pixels, 0 at the centre of the first pixel; angles in
    degrees with the signs of ``pose``; quarter_turns: anticlockwise turns (0 to 3) that would set
    the photo upright; the landmarks are in the photo as it is; aligned: the crop, mask and regions
    the network reads. Nothing else is told of a face, and nothing measured.
    """

    landmarks: NDArray[np.float32]
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    quarter_turns: int
    quality: QualityVerdict
    aligned: AlignedFace
    told: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    called: str = ""


def find_face(
    photo: Photo, locator: Locator | None = None, limits: QualityLimits | None = None
) -> Face:
    """The face in a photo with its quality verdict; a bad verdict is data, not an error.

    Without a locator the landmarker shared by the process is used, without limits those of the
    environment. Raises ``SubjectNotFound``, also where landmarks do not repeat as a face's do, and
    ``SeveralSubjects``.
    """
    locator, limits = locator or shared_locator(), limits or environment_limits()
    located = locator.locate(photo.pixels)
    faces = locator.confirm(photo.pixels, located, limits.unrest_reject) if located else []
    if not faces or faces[0].unrest > limits.unrest_reject:
        raise SubjectNotFound(
            message(
                "No face was found in the photo. Take it from the front, in even light, with the "
                "whole face in the frame and nothing covering it."
            )
        )
    if len(faces) > 1:
        raise SeveralSubjects(
            message(
                "The photo shows {count} faces. Crop it to the patient or take it again "
                "with nobody else in the frame.",
                count=f"{len(faces)}",
            ),
            tuple(sorted(faces, key=lambda seen: face_centre(seen.landmarks)[0])),
        )
    return face_at(photo, faces[0], limits)


def face_at(photo: Photo, seen: Sighting, limits: QualityLimits | None = None) -> Face:
    """The face that was seen there, such as the chosen one of those of ``SeveralSubjects``."""
    limits, landmarks = limits or environment_limits(), seen.landmarks
    pose = head_pose(landmarks)
    aligned = align_landmarks(photo.pixels, landmarks)
    verdict = judge_quality(photo.pixels.shape, landmarks, pose, aligned, limits, seen.unrest)
    return Face(
        landmarks, pose.yaw_deg, pose.pitch_deg, pose.roll_deg, pose.quarter_turns, verdict, aligned
    )


def by_far_largest(faces: Sequence[Sighting]) -> int | None:
    """Which of several faces is at least ``MAIN`` times as large as every other; None for none."""
    sizes = [face_size(seen.landmarks) for seen in faces]
    largest = int(np.argmax(sizes))
    others = [size for i, size in enumerate(sizes) if i != largest]
    return largest if all(sizes[largest] >= MAIN * size for size in others) else None


@lru_cache(maxsize=1)
def shared_locator() -> Locator:
    """The landmarker the settings name, made at the first call; safe for many threads."""
    return FaceLandmarker(get_settings().landmarker)


@lru_cache(maxsize=1)
def environment_limits() -> QualityLimits:
    """The quality limits as the environment sets them, read once; raises ``SettingsError``."""
    return QualityLimits.from_environment()
