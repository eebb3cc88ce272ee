"""Sample patients for a demonstration: drawn, one click away, and never a person.

They come from the seeds reserved for demonstrations, so no model was trained on them. One is
taken for each profile below: the first patient of that cohort who fits. Drawing one takes almost
a second, so the pictures lie beside the kind's own module, drawn once; ``python -m
tools.draw_samples`` draws them again, and a test holds them to what is drawn today.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Generic

from face2bone.bone import BoneClass
from face2bone.drawn.people import DrawnSubject, Subject
from face2bone.patient import Patient, Sex
from face2bone.words import message, template

COHORT: Final = 80
JPEG_QUALITY: Final = 92

FOLDERS: Final = tuple(
    Path(__file__).parent / kind
    for kind in ("face/sample_photos", "knee/sample_films", "hand/sample_films")
)
_TITLES: Final = {Sex.FEMALE: template("Woman, {age}"), Sex.MALE: template("Man, {age}")}
_PROFILES: Final[tuple[Callable[[DrawnSubject], bool], ...]] = (
    lambda p: p.patient.sex is Sex.FEMALE and p.bone_class is BoneClass.OSTEOPOROSIS,
    lambda p: p.patient.sex is Sex.MALE and p.bone_class is BoneClass.OSTEOPENIA,
    lambda p: p.patient.sex is Sex.FEMALE and p.bone_class is BoneClass.NORMAL,
    lambda p: p.patient.sex is Sex.FEMALE and p.bone_class is BoneClass.OSTEOPENIA,
)


@dataclass(frozen=True)
class DrawnSample(Generic[Subject]):
    """A drawn patient with a plain title, such as "Woman, 74". folder: of the pictures."""

    title: str
    drawn: Subject
    folder: Path

    @property
    def patient(self) -> Patient:
        """The details a clinician would type in."""
        return self.drawn.patient

    @property
    def file_name(self) -> str:
        """Of the picture in ``folder``, such as "woman_74.jpg"."""
        return self.title.lower().replace(", ", "_") + ".jpg"

    def photo_bytes(self) -> bytes:
        """The picture as a JPEG; the same bytes at every call and on every machine."""
        return (self.folder / self.file_name).read_bytes()


def samples_of(cohort: Sequence[Subject], folder: Path) -> tuple[DrawnSample[Subject], ...]:
    """Four of the cohort, of different sex, age and bone mass class."""
    chosen = [next(drawn for drawn in cohort if fits(drawn)) for fits in _PROFILES]
    return tuple(DrawnSample(_title(drawn.patient), drawn, folder) for drawn in chosen)


def _title(patient: Patient) -> str:
    return message(_TITLES[patient.sex], age=int(patient.age_years))


@cache
def sample_hashes() -> frozenset[str]:
    """SHA-256 (hexadecimal) of every one."""
    files = (path for folder in FOLDERS for path in folder.glob("*.jpg"))
    return frozenset(hashlib.sha256(path.read_bytes()).hexdigest() for path in files)


def is_sample(sha256: str) -> bool:
    """Whether the picture with this SHA-256 (hexadecimal) is one of them."""
    return sha256 in sample_hashes()
