"""Everything about a drawn knee film that says nothing about bone beyond sex, age and body.

Bone size follows sex and height, flesh follows body mass, and all the rest is chance.
"""

from dataclasses import dataclass

import numpy as np

from face2bone.drawn.film.exposure import Exposure, Frame, draw_exposure, draw_frame
from face2bone.drawn.film.patients import FilmPatient
from face2bone.drawn.people import adiposity, stream
from face2bone.patient import Sex


@dataclass(frozen=True)
class KneeLook:
    """size and flare: factors. flesh: z-score. Angles in degrees, the rest in mm.

    patella: centre (x, y), half width, half height. shift: of the joint in the film (x, y).
    texture: strength of the trabecular pattern. seed: of the struts' and the noise's stream.
    """

    size: float
    flare: float
    shaft: float
    varus_deg: float
    turn_deg: float
    shift: tuple[float, float]
    notch: tuple[float, float]
    spines: tuple[float, float]
    patella: tuple[float, float, float, float]
    fibula_out: float
    flesh: float
    texture: float
    exposure: Exposure
    frame: Frame
    seed: int


def knee_look(patient: FilmPatient) -> KneeLook:
    """The look of a patient's film; it depends on the person and the seed, never on the values."""
    rng = stream(patient.seed, 1)
    person = patient.patient
    male = person.sex is Sex.MALE
    size = 0.96 + 0.09 * male + 0.0025 * (person.height_cm - (167 if male else 156))
    return KneeLook(
        size=size * _about(rng, 1.0, 0.025),
        flare=_about(rng, 1.0, 0.04),
        shaft=_about(rng, 1.0, 0.05),
        varus_deg=_about(rng, 5.0, 1.8),
        turn_deg=_about(rng, 0.0, 2.0),
        shift=(_about(rng, 0.0, 4.0), _about(rng, 0.0, 6.0)),
        notch=(_about(rng, 9.0, 0.8), _about(rng, 19.0, 1.5)),
        spines=(_about(rng, 7.0, 1.0), _about(rng, 6.0, 1.0)),
        patella=(
            _about(rng, 2.0, 3.0),
            _about(rng, -36.0, 5.0),
            _about(rng, 20.0, 1.4),
            _about(rng, 20.0, 1.4),
        ),
        fibula_out=_about(rng, 0.0, 1.5),
        flesh=adiposity(person) + _about(rng, 0.0, 0.35),
        texture=rng.uniform(0.28, 0.42),
        exposure=draw_exposure(rng, (0.15, 0.35), ((0.5, 1.0), (3.6, 4.6))),
        frame=draw_frame(rng, patient.side),
        seed=int(rng.integers(2**63)),
    )


def _about(rng: np.random.Generator, mean: float, sd: float) -> float:
    """A normal draw kept within 2.5 SD, so that no knee is a monster."""
    return mean + sd * float(np.clip(rng.standard_normal(), -2.5, 2.5))
