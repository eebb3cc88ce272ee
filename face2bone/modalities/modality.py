"""A kind of picture as one value: how it is read, how its subject is found, what it is called.

What is above this floor reads and prepares pictures through such a value, and so never knows
whether it holds a face, a knee or a hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from face2bone.errors import SubjectError
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.measure import Measure
from face2bone.modalities.parts import Part, Schematic
from face2bone.modalities.photo import MAX_BYTES as PHOTO_BYTES
from face2bone.modalities.prepared import Prepared, QualityVerdict
from face2bone.words import template

PHOTO_FORMATS: Final = template("JPEG, PNG, WebP or HEIC")


class Picture(Protocol):
    """An upright picture without metadata."""

    @property
    def sha256(self) -> str:
        """Of the bytes it was read from."""

    @property
    def shown(self) -> NDArray[np.uint8]:
        """(H, W) or (H, W, 3), for a person to look at."""


class Subject(Protocol):
    """What was found in a picture, and whether it may be assessed."""

    @property
    def quality(self) -> QualityVerdict:
        """Of this subject."""

    @property
    def aligned(self) -> Prepared:
        """As the network reads it."""

    @property
    def called(self) -> str:
        """What it is called where the picture shows several, such as "right knee"; else ""."""

    @property
    def told(self) -> tuple[str, ...]:
        """What else a person has to know of it, such as which of two knees it is."""

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What was measured on it by a rule, beside the network."""


@dataclass(frozen=True)
class Choosing:
    """How a person is helped to say which one of several subjects of a picture is meant.

    Each takes what ``SeveralSubjects`` tells of. largest: index of the one that is by far the
    largest, None where none is. numbered: the picture with all of them numbered from 1, as JPEG.
    at: the subject that was seen there.
    """

    largest: Callable[[Sequence[Any]], int | None]
    numbered: Callable[[Any, Sequence[Any]], bytes]
    at: Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Shown:
    """How a found subject is shown in its picture, as JPEG; alt, caption: that in words."""

    draw: Callable[[Any, Any], bytes]
    alt: str
    caption: str


AnyPicture = TypeVar("AnyPicture", bound=Picture)
AnySubject = TypeVar("AnySubject", bound=Subject)


@dataclass(frozen=True)
class Modality(Generic[AnyPicture, AnySubject]):
    """A kind of picture.

    id: as files name it. noun: in a sentence, "the photo"; title: as a heading, "Photo".
    subject: what is assessed, "the face".
    kind: one of them by its full name, "face photograph". pictures: what they show, in words.
    read: bytes nobody vouches for -> picture; raises ``PictureError``.
    prepare: picture -> its subjects, the best found first, ``most_subjects`` of them at most (two
        knees on one film); raises ``SubjectError`` where there is none.
    rejected, unusable: raised for a subject that fails a quality check, and the sentence before
        the reasons.
    parts: what a prepared subject is divided into; input: the pixels it is prepared as;
    schematic: a drawing of the parts that values can be shown on.
    asks: what the picture has to be like, a sentence; formats: of its files, in words, with at
        most ``most_bytes``. camera: whether one can be taken with the camera at hand.
    most_pictures: how many of one patient may be looked at together. recognisable: whether a
    person can be recognised by one, so that it is shown to nobody who did not bring it.
    shows_age: whether how old the subject looks can be said beside the answer.
    choosing: among several subjects, where a picture must show one only; shown: where it was
    found, else by the outlines of its parts.
    """

    id: str
    noun: str
    subject: str
    kind: str
    pictures: str
    read: Callable[[bytes], AnyPicture]
    prepare: Callable[[AnyPicture], tuple[AnySubject, ...]]
    parts: tuple[Part, ...]
    input: InputSpec
    schematic: Schematic
    rejected: type[SubjectError]
    unusable: str
    recognisable: bool
    most_subjects: int = 1
    title: str = "Picture"
    asks: str = ""
    formats: str = PHOTO_FORMATS
    most_bytes: int = PHOTO_BYTES
    camera: bool = False
    most_pictures: int = 1
    shows_age: bool = False
    choosing: Choosing | None = None
    shown: Shown | None = None


AnyModality = Modality[Any, Any]
