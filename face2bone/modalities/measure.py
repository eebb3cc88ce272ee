"""A figure measured on a picture by a rule, beside the network: information, never a verdict."""

from dataclasses import dataclass
from typing import Final

from face2bone.words import template

RATIO: Final = template("ratio")


@dataclass(frozen=True)
class Measure:
    """One figure of one subject.

    id: as files name it; name: as a person reads it. value: in ``unit``, None where it could not
    be measured, and ``why_not`` says why. meaning: what it is and what it is not. detail: what
    else was measured with it, "" for nothing.
    """

    id: str
    name: str
    value: float | None
    unit: str
    meaning: str
    detail: str = ""
    why_not: str = ""
