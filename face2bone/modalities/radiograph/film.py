"""What is kept of a radiograph: its pixels, and of its file only what measuring them needs."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Laterality(StrEnum):
    """The side of the body, where the file says it."""

    LEFT = "L"
    RIGHT = "R"
    BOTH = "B"


class View(StrEnum):
    """The projection, by DICOM's terms for View Position (0018,5101)."""

    AP = "AP"
    PA = "PA"
    LEFT_LATERAL = "LL"
    RIGHT_LATERAL = "RL"
    LEFT_OBLIQUE = "LLO"
    RIGHT_OBLIQUE = "RLO"


class BodyPart(StrEnum):
    """Which film it is, where the file says it."""

    KNEE = "knee"
    HAND = "hand"


class Polarity(StrEnum):
    """On whose word bone is bright."""

    FILE = "file"
    PICTURE = "picture"
    CONTRADICTED = "contradicted"  # the file's word was followed; the picture looks otherwise
    UNSURE = "unsure"  # the file does not say and the picture does not show it


@dataclass(frozen=True)
class Spacing:
    """Distance between the centres of neighbouring pixels, in millimetres.

    at_detector: measured in the detector's plane, where bone is shown larger than it is;
    otherwise the file says that it was calibrated in the patient.
    """

    row_mm: float
    column_mm: float
    at_detector: bool


@dataclass(frozen=True, eq=False)
class Tagged:
    """What a file says of its film besides the pixels; all of it is absent from a plain picture."""

    spacing: Spacing | None = None
    laterality: Laterality | None = None
    view: View | None = None
    body_part: BodyPart | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Levels:
    """The picture as its file asks for it to be shown.

    pixels: float32 (H, W) in [0, 1]; bits: of the stored values; polarity_said: whether the format
    lays down that bone is bright in it, as DICOM does.
    """

    pixels: NDArray[np.float32]
    bits: int
    polarity_said: bool
    tagged: Tagged = Tagged()


@dataclass(frozen=True, eq=False)
class Radiograph:
    """One film with bone bright.

    pixels: float32 (H, W) in [0, 1]; blanked: bool (H, W), where lettering outside the anatomy was
    filled with its surroundings; bits: of the stored values, 8 to 16; sha256: of the file's bytes;
    remarks: sentences for the person who reads the result.
    """

    pixels: NDArray[np.float32]
    blanked: NDArray[np.bool_]
    bits: int
    polarity: Polarity
    spacing: Spacing | None
    laterality: Laterality | None
    view: View | None
    body_part: BodyPart | None
    sha256: str
    remarks: tuple[str, ...]

    @property
    def shown(self) -> NDArray[np.uint8]:
        """In 256 greys, for a person to look at."""
        greys: NDArray[np.uint8] = np.rint(255 * self.pixels).astype(np.uint8)
        return greys
