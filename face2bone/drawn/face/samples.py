"""Sample patients with a drawn face, and a photo that cannot be used: see ``drawn.samples``."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.drawn.face.parameters import FaceParameters
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort, patient_face
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.people import DEMONSTRATION_SEED_RANGE
from face2bone.drawn.samples import COHORT, JPEG_QUALITY, DrawnSample, samples_of
from face2bone.drawn.worlds import World

SIZE: Final = 512
FOLDER: Final = Path(__file__).parent / "sample_photos"
_UNUSABLE: Final = "unusable.jpg"


Sample = DrawnSample[DrawnPatient]


@cache
def sample_patients() -> tuple[Sample, ...]:
    """Four drawn patients of different sex, age and bone mass class, each seen head on."""
    cohort = draw_cohort(COHORT, World.PLANTED, DEMONSTRATION_SEED_RANGE.start)
    return samples_of([p for p in cohort if _is_frontal(patient_face(p))], FOLDER)


def unusable_photo() -> bytes:
    """A drawn photo the quality gate rejects: head turned away and little light."""
    return (FOLDER / _UNUSABLE).read_bytes()


def drawn_photos() -> dict[str, bytes]:
    """Every photo of this module drawn anew, as JPEG bytes by its name in ``FOLDER``."""
    faces = {sample.file_name: _plain(patient_face(sample.drawn)) for sample in sample_patients()}
    faces[_UNUSABLE] = _turned_and_dark()
    return {name: _jpeg(draw_face(face, SIZE).pixels) for name, face in faces.items()}


def _turned_and_dark() -> FaceParameters:
    face = _plain(patient_face(sample_patients()[0].drawn))
    turned = replace(face.pose, yaw=float(np.deg2rad(42.0)))
    dark = replace(face.camera, gain=0.25)
    return replace(face, pose=turned, camera=dark)


def _is_frontal(face: FaceParameters) -> bool:
    """Head on to within 6 degrees and without glasses, as a studio would ask for."""
    pose = face.pose
    return (
        max(abs(pose.yaw), abs(pose.pitch), abs(pose.roll)) < np.deg2rad(6.0) and not face.glasses
    )


def _plain(face: FaceParameters) -> FaceParameters:
    return replace(face, camera=replace(face.camera, blur=0.0))


def _jpeg(pixels: npt.NDArray[np.uint8]) -> bytes:
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise AssertionError("OpenCV encodes every uint8 picture as JPEG")
    return data.tobytes()
