"""Everything about a drawn hand film that says nothing about bone beyond sex, age and body."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from face2bone.drawn.film.exposure import Exposure, Frame, draw_exposure, draw_frame
from face2bone.drawn.film.patients import FilmPatient
from face2bone.drawn.people import adiposity, stream
from face2bone.patient import Sex

RAYS: Final = 5


@dataclass(frozen=True)
class HandLook:
    """size and width: factors. Angles in degrees; flesh: z-score; shift in mm (x, y).

    spread: how far each ray turns from its rest. lengths: factor of each ray. own_share: what
    each metacarpal's cortical share differs by from the patient's own.
    """

    size: float
    width: float
    turn_deg: float
    shift: tuple[float, float]
    spread: tuple[float, ...]
    lengths: tuple[float, ...]
    own_share: tuple[float, ...]
    flesh: float
    texture: float
    exposure: Exposure
    frame: Frame
    seed: int


def hand_look(patient: FilmPatient) -> HandLook:
    """The look of a patient's film; it depends on the person and the seed, never on the values."""
    rng = stream(patient.seed, 1)
    person = patient.patient
    male = person.sex is Sex.MALE
    size = 0.95 + 0.08 * male + 0.0025 * (person.height_cm - (167 if male else 156))
    open_fingers = rng.uniform(-0.3, 1.3)
    return HandLook(
        size=size * (1 + 0.02 * _z(rng)),
        width=1.0 + 0.05 * male + 0.05 * _z(rng),
        turn_deg=6.0 * _z(rng),
        shift=(4.0 * _z(rng), 4.0 * _z(rng)),
        spread=tuple(rest * open_fingers + 2.0 * _z(rng) for rest in (10.0, 5.0, 0.0, -3.5, -8.0)),
        lengths=tuple(1 + 0.025 * _z(rng) for _ in range(RAYS)),
        own_share=tuple(0.03 * _z(rng) for _ in range(RAYS)),
        flesh=adiposity(person) + 0.35 * _z(rng),
        texture=rng.uniform(0.28, 0.42),
        exposure=draw_exposure(rng, (0.05, 0.15), ((-0.12, 0.05), (1.6, 2.1))),
        frame=draw_frame(rng, patient.side),
        seed=int(rng.integers(2**63)),
    )


def _z(rng: np.random.Generator) -> float:
    """A standard normal draw kept within 2.5, so that no hand is a monster."""
    return float(np.clip(rng.standard_normal(), -2.5, 2.5))
