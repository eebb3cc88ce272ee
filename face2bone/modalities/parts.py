"""A part of a picture's subject: what explanations name, and which part is its twin."""

from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right", ""]
OUTSIDE = -1
"""In a part map: a pixel that belongs to no part."""


@dataclass(frozen=True)
class Part:
    """One of the parts that partition what a picture shows.

    id: lower case, no spaces, as kept in files: ``"periorbital_left"``. label: as a person reads
    it: ``"left periorbital"``. side: the patient's, "" for a part that lies across the midline.
    twin: the id of the same part of the other side, "" where there is none.
    """

    id: str
    label: str
    side: Side = ""
    twin: str = ""


def part_index(parts: tuple[Part, ...], part_id: str) -> int:
    """Where the part with this id stands among ``parts``; ``KeyError`` where it does not."""
    for index, part in enumerate(parts):
        if part.id == part_id:
            return index
    raise KeyError(part_id)
