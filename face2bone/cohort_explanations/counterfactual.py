"""What if this drawn face were another: move one planted parameter and photograph again.

Only a drawn patient can be drawn again with one thing changed; of a person nobody knows the
other photo. Light, pose, identity and every other parameter stay as they were.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from face2bone.assess import Assessor
from face2bone.assessment import LocatedSubject
from face2bone.drawn.face.description import AGEING_NAMES
from face2bone.drawn.face.patients import DrawnPatient, draw_patient
from face2bone.drawn.face.worlds import HIGHEST, LOWEST
from face2bone.drawn.face.write import photo_bytes
from face2bone.drawn.worlds import World
from face2bone.errors import ExplanationError
from face2bone.explain.photo_row import PhotoFigures, photo_figures
from face2bone.modalities.photo import Photo, read_photo
from face2bone.progress import Progress
from face2bone.runtime import Prediction
from face2bone.words import template

_PREFIX: Final = "drawn-"


@dataclass(frozen=True)
class Parameter:
    """One planted ageing parameter: its name in ``Ageing``, what it moves, and its range.

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


@dataclass(frozen=True)
class Variant:
    """A drawn face photographed again: the photo, the face found in it, the prediction."""

    photo: Photo
    located: LocatedSubject
    prediction: Prediction


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


def along(share: float) -> dict[str, float]:
    """``PARAMETERS`` at a share of the way from full (0) to gaunt (1)."""
    return {p.name: p.limits[0] + share * (p.limits[1] - p.limits[0]) for p in PARAMETERS}


def varied(assessor: Assessor, patient: DrawnPatient, changes: Mapping[str, float]) -> Variant:
    """Draw, find and predict the patient's face with some of ``PARAMETERS`` changed.

    Raises ``SubjectError`` when the changed photo shows no usable face.
    """
    ageing = replace(patient.ageing, **changes)
    photo = read_photo(photo_bytes(replace(patient, ageing=ageing)))
    located = assessor.locate(photo)
    return Variant(photo, located, assessor.predict(located))


def explained_variant(assessor: Assessor, variant: Variant, progress: Progress) -> PhotoFigures:
    """What the answer for the changed face rests on; slow, and stopped through ``progress``."""
    return photo_figures(
        assessor.bundle,
        assessor.engine,
        variant.located.aligned,
        lambda fraction: progress("regions", fraction),
    )
