"""A drawn face with one planted ageing parameter moved; all else stays as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from face2bone.drawn.face.parameters import AGEING_NAMES
from face2bone.drawn.face.patients import DrawnPatient, draw_patient
from face2bone.drawn.face.worlds import HIGHEST, LOWEST
from face2bone.drawn.face.write import photo_bytes
from face2bone.drawn.worlds import World
from face2bone.errors import ExplanationError
from face2bone.words import template

_PREFIX: Final = "drawn-"


@dataclass(frozen=True)
class Parameter:
    """One planted parameter: its name, what it moves, and its range.

    ``limits`` as patients are drawn, in mm-like units: low is full, high is gaunt.
    """

    name: str
    label: str
    meaning: str
    limits: tuple[float, float]


def _limits(name: str) -> tuple[float, float]:
    k = AGEING_NAMES.index(name)
    return float(LOWEST[k]), float(HIGHEST[k])


PARAMETERS: Final = tuple(
    Parameter(name, label, meaning, _limits(name))
    for name, label, meaning in (
        ("orbit", template("Orbit"), template("Bone lost around the eyes, which hollows them")),
        (
            "nasolabial",
            template("Nasolabial fold"),
            template("The fold from the nose to the mouth's corner"),
        ),
        ("jaw", template("Jaw"), template("Bone lost along the jaw, which narrows and hangs")),
    )
)
"""Those of ``Ageing`` that a page lets move."""


def drawn_patient(patient_id: str, world: World | None) -> DrawnPatient:
    """The drawn patient of this pseudonym, drawn again from the seed in it.

    Raises ``ExplanationError`` when the patient was not drawn.
    """
    seed = patient_id.removeprefix(_PREFIX)
    if world is None or seed == patient_id:
        raise ExplanationError(
            "Only a drawn face can be drawn again with one thing changed. Choose a drawn patient."
        )
    # The blank world permutes T-scores between patients; its faces are the planted world's.
    own: Literal[World.PLANTED, World.NULL] = World.NULL if world is World.NULL else World.PLANTED
    return draw_patient(int(seed, 16), own)


def as_drawn(patient: DrawnPatient) -> dict[str, float]:
    """The values of ``PARAMETERS`` behind the patient's face."""
    return {p.name: float(getattr(patient.ageing, p.name)) for p in PARAMETERS}


def changed_photo(patient: DrawnPatient, changes: Mapping[str, float]) -> bytes:
    """The patient's photo with some of ``PARAMETERS`` changed."""
    return photo_bytes(replace(patient, ageing=replace(patient.ageing, **changes)))
