"""A kind of picture as one value: how it is read, how its subject is found, what it is called.

What is above this floor reads and prepares pictures through such a value, and so never knows
whether it holds a face, a knee or a hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.parts import Part
from face2bone.modalities.prepared import Prepared
from face2bone.modalities.schematic import Schematic


class Picture(Protocol):
    """An upright picture without metadata."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """uint8 (H, W, C)."""

    @property
    def sha256(self) -> str:
        """Of the bytes it was read from."""


class Verdict(Protocol):
    """What the checks of a picture found."""

    @property
    def status(self) -> str:
        """One of "accept", "warn" and "reject"."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Every remark in words, the gravest first."""


class Subject(Protocol):
    """What was found in a picture, and whether it may be assessed."""

    @property
    def quality(self) -> Verdict:
        """Of this subject."""

    @property
    def aligned(self) -> Prepared:
        """As the network reads it."""


AnyPicture = TypeVar("AnyPicture", bound=Picture)
AnySubject = TypeVar("AnySubject", bound=Subject)


@dataclass(frozen=True)
class Modality(Generic[AnyPicture, AnySubject]):
    """A kind of picture.

    id: as files name it. noun: in a sentence, "the photo". pictures: what they show, in words.
    read: bytes nobody vouches for -> picture; raises ``PhotoError``.
    prepare: picture -> its subjects, one or several (two knees on one film); raises ``FaceError``
        or its like where there is none.
    parts: what a prepared subject is divided into; input: the pixels it is prepared as;
    schematic: a drawing of the parts that values can be shown on.
    """

    id: str
    noun: str
    pictures: str
    read: Callable[[bytes], AnyPicture]
    prepare: Callable[[AnyPicture], tuple[AnySubject, ...]]
    parts: tuple[Part, ...]
    input: InputSpec
    schematic: Schematic


AnyModality = Modality[Any, Any]
