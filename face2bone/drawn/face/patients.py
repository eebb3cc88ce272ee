"""Draw patients with a face: the people of ``drawn.people`` and the ageing of ``worlds``.

The seed alone reproduces a patient and their face but for a permuted T-score.
"""

from dataclasses import dataclass
from typing import Literal

from face2bone.drawn.face.parameters import Ageing, FaceParameters, draw_parameters
from face2bone.drawn.face.worlds import draw_ageing
from face2bone.drawn.people import (
    DrawnSubject,
    adiposity,
    draw_subject,
    patient_seed,
    permute_t_scores,
    stream,
)
from face2bone.drawn.worlds import World


@dataclass(frozen=True, kw_only=True)
class DrawnPatient(DrawnSubject):
    """A drawn patient; ``ageing`` is what the face shows (mm; wrinkle 0 to 1.4)."""

    ageing: Ageing


def draw_patient(seed: int, world: Literal[World.PLANTED, World.NULL]) -> DrawnPatient:
    """Draw one patient; the same seed gives the same patient in both worlds but for the face.

    The blank world exists only for a cohort, because it permutes T-scores: ``draw_cohort``.
    """
    rng = stream(seed, 0)
    subject, face_t_score = draw_subject(rng, seed, world)
    ageing = draw_ageing(rng, subject.patient.age_years, face_t_score)
    return DrawnPatient(**vars(subject), ageing=ageing)


def draw_cohort(n: int, world: World, seed: int) -> tuple[DrawnPatient, ...]:
    """Draw patients 0 to n - 1 of the cohort with this seed.

    A patient does not depend on n, except for the T-score of the blank world.
    """
    base = World.PLANTED if world is World.BLANK else world
    patients = tuple(draw_patient(patient_seed(seed, i), base) for i in range(n))
    return permute_t_scores(patients, seed) if world is World.BLANK else patients


def patient_face(drawn: DrawnPatient) -> FaceParameters:
    """Everything the picture of this patient needs; the identity depends on the seed alone."""
    person = drawn.patient
    return draw_parameters(
        stream(drawn.seed, 1), person.sex, person.age_years, adiposity(person), drawn.ageing
    )
