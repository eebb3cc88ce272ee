"""A part of a picture's subject: what explanations name, and which part is its twin.

A schematic draws a kind of picture part by part: values can be shown on it, and it is nobody's.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Side = Literal["left", "right", ""]
OUTSIDE = -1
"""In a part map: a pixel that belongs to no part."""


@dataclass(frozen=True)
class Part:
    """One of the parts that partition what a picture shows.

    id: lower case, no spaces, as kept in files: ``"periorbital_left"``. label: as a person reads
    it: ``"left periorbital"``. side: the patient's, "" for a part that lies across the midline.
    twin: the id of the same part of the other side, "" where there is none. pair: what the two
    are called together: ``"periorbital"``.
    """

    id: str
    label: str
    side: Side = ""
    twin: str = ""
    pair: str = ""

    def __post_init__(self) -> None:
        if bool(self.twin) != bool(self.pair):
            raise ValueError(f"{self.id}: a twin and the name of the pair go together.")


def paired(pair_id: str, label: str) -> tuple[Part, Part]:
    """The left and the right part of a pair: ``"nasolabial"`` as ``"nasolabial_left"``, ..."""
    left, right = f"{pair_id}_left", f"{pair_id}_right"
    return (
        Part(left, f"left {label}", "left", right, label),
        Part(right, f"right {label}", "right", left, label),
    )


def part_index(parts: tuple[Part, ...], part_id: str) -> int:
    """Where the part with this id stands among ``parts``; ``KeyError`` where it does not."""
    for index, part in enumerate(parts):
        if part.id == part_id:
            return index
    raise KeyError(part_id)


def part_of(parts: tuple[Part, ...], part_id: str) -> Part:
    """The part with this id; ``KeyError`` where there is none."""
    return parts[part_index(parts, part_id)]


def mirrored(part_map: npt.NDArray[np.int8], parts: tuple[Part, ...]) -> npt.NDArray[np.int8]:
    """A part map (..., H, W) seen in a mirror: columns turned round, twins exchanged."""
    twins = [part_index(parts, part.twin or part.id) for part in parts]
    # The map's -1 reads the last entry.
    table: npt.NDArray[Any] = np.array([*twins, OUTSIDE], np.int8)
    exchanged: npt.NDArray[np.int8] = table[part_map[..., ::-1]]
    return exchanged


Point = tuple[float, float]


@dataclass(frozen=True)
class DrawnPart:
    """One part: its corners before the outline cuts them, and where its number stands.

    whole: whether it is the ground all others are painted on, so that no line frames it.
    """

    part_id: str
    corners: tuple[Point, ...]
    number: Point
    whole: bool = False


@dataclass(frozen=True)
class Schematic:
    """Parts in the order of painting: a later one covers an earlier one.

    width, height: of the drawing. ellipse: the outline, centre x and y and the two radii.
    """

    width: int
    height: int
    ellipse: tuple[float, float, float, float]
    parts: tuple[DrawnPart, ...]

    def drawn(self, part_id: str) -> DrawnPart:
        """The part with this id; ``KeyError`` where there is none."""
        return {part.part_id: part for part in self.parts}[part_id]
