"""Sample patients for a demonstration: drawn, one click away, and never a person.

They come from the seeds reserved for demonstrations, so no model was trained on them. One
is taken for each profile below: the first patient of that cohort who fits. Drawing one takes
almost a second, so the photos lie beside this module, drawn once; ``python -m
tools.draw_samples`` draws them again, and a test holds them to what is drawn today.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.bone import BoneClass
from face2bone.drawn.face.parameters import FaceParameters
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort, patient_face
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.people import DEMONSTRATION_SEED_RANGE
from face2bone.drawn.worlds import World
from face2bone.patient import Patient, Sex

SIZE: Final = 512
COHORT: Final = 80
JPEG_QUALITY: Final = 92
FOLDER: Final = Path(__file__).parent / "sample_photos"
_UNUSABLE: Final = "unusable.jpg"


@dataclass(frozen=True)
class Sample:
    """A drawn patient with a plain title, such as "Woman, 74"."""

    title: str
    drawn: DrawnPatient

    @property
    def patient(self) -> Patient:
        """The details a clinician would type in."""
        return self.drawn.patient

    @property
    def file_name(self) -> str:
        """Of the photo in ``FOLDER``, such as "woman_74.jpg"."""
        return self.title.lower().replace(", ", "_") + ".jpg"

    def photo_bytes(self) -> bytes:
        """The photo as a 512-px JPEG; the same bytes at every call and on every machine."""
        return (FOLDER / self.file_name).read_bytes()


_PROFILES: Final[tuple[Callable[[DrawnPatient], bool], ...]] = (
    lambda p: p.patient.sex is Sex.FEMALE and p.bone_class is BoneClass.OSTEOPOROSIS,
    lambda p: p.patient.sex is Sex.MALE and p.bone_class is BoneClass.OSTEOPENIA,
    lambda p: p.patient.sex is Sex.FEMALE and p.bone_class is BoneClass.NORMAL,
    lambda p: p.patient.sex is Sex.FEMALE and p.bone_class is BoneClass.OSTEOPENIA,
)


@cache
def sample_patients() -> tuple[Sample, ...]:
    """Four drawn patients of different sex, age and bone mass class, each seen head on."""
    cohort = draw_cohort(COHORT, World.PLANTED, DEMONSTRATION_SEED_RANGE.start)
    frontal = [p for p in cohort if _is_frontal(patient_face(p))]
    return tuple(_sample(next(p for p in frontal if fits(p))) for fits in _PROFILES)


def unusable_photo() -> bytes:
    """A drawn photo the quality gate rejects: head turned away and little light."""
    return (FOLDER / _UNUSABLE).read_bytes()


@cache
def sample_photo_hashes() -> frozenset[str]:
    """SHA-256 (hexadecimal) of every photo of this module: drawn, nobody's."""
    return frozenset(hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.jpg"))


def is_sample_photo(sha256: str) -> bool:
    """Whether the photo with this SHA-256 (hexadecimal) is one of this module."""
    return sha256 in sample_photo_hashes()


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


def _sample(drawn: DrawnPatient) -> Sample:
    word = "Woman" if drawn.patient.sex is Sex.FEMALE else "Man"
    return Sample(f"{word}, {int(drawn.patient.age_years)}", drawn)


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
