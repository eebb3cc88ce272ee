"""Draw people who are followed until an event or a last visit: a survival cohort with faces.

The people and faces are those of ``aged``, whose faces look older or younger than they are by a
gap that is known; the times are those of ``drawn.hazard``. The same seed gives the same person
and the same face in every world: worlds differ in what a face says of the hazard, and in how
long people are followed. truth.parquet holds gap and true log hazard, which no hospital has.
"""

from dataclasses import asdict, dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from face2bone.drawn.face.aged import AgedPerson, aged_face, draw_people
from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.provenance import GENERATOR_VERSION
from face2bone.drawn.face.write import MARK, FaceKind, photo_name, write_faces
from face2bone.drawn.hazard import SurvivalWorld, draw_times, log_hazard
from face2bone.drawn.people import stream
from face2bone.patient import Sex
from face2bone.progress import UnitsDone

TIMES: Final = 2  # the random stream of a person's time, beside 0 and 1 of ``people``


@dataclass(frozen=True, kw_only=True)
class FollowedPerson:
    """One drawn person and what became of them; ``log_hazard`` is the true one."""

    person: AgedPerson
    log_hazard: float
    time_years: float
    event: bool


def draw_followed(n: int, world: SurvivalWorld, seed: int) -> tuple[FollowedPerson, ...]:
    """People 0 to n - 1 of the cohort with this seed; a person does not depend on n."""
    return tuple(_followed(person, world) for person in draw_people(n, seed))


def write_followed(
    out: Path,
    patients: int,
    world: SurvivalWorld,
    seed: int,
    size: int = 256,
    workers: int | None = None,
    progress: UnitsDone | None = None,
) -> Path:
    """Draw people 0 to ``patients`` - 1 of a survival cohort into ``out``, as ``write_faces``."""
    cohort = draw_followed(patients, world, seed)
    return write_faces(out, _FOLLOWED, cohort, world, seed, size, workers, progress)


def manifest_table(cohort: tuple[FollowedPerson, ...]) -> pd.DataFrame:
    """The cohort as a survival manifest, one row a person."""
    return pd.DataFrame([_row(followed) for followed in cohort])


def truth_table(cohort: tuple[FollowedPerson, ...]) -> pd.DataFrame:
    """What only the generator knows: seed, gap, true log hazard and ageing of each person."""
    rows = [
        {
            "patient_id": f.person.person_id,
            "seed": f.person.seed,
            "gap_years": f.person.gap_years,
            "log_hazard": f.log_hazard,
        }
        | asdict(f.person.ageing)
        for f in cohort
    ]
    return pd.DataFrame(rows)


def _followed(person: AgedPerson, world: SurvivalWorld) -> FollowedPerson:
    eta = log_hazard([person.age_years], [person.sex is Sex.MALE], [person.gap_years], world)
    times = draw_times(stream(person.seed, TIMES), eta, world)
    return FollowedPerson(
        person=person,
        log_hazard=float(eta[0]),
        time_years=max(round(float(times.years[0]), 3), 0.001),
        event=bool(times.events[0]),
    )


def _row(followed: FollowedPerson) -> dict[str, Any]:
    person = followed.person
    return {
        "patient_id": person.person_id,
        "photo": photo_name(person.person_id),
        "sex": person.sex.value,
        "age_years": person.age_years,
        "time_years": followed.time_years,
        "event": int(followed.event),
        "site": "drawn",
        "device": f"{MARK} {GENERATOR_VERSION}",
        "study": "face_survival",
    }


def oracle(cohort: tuple[FollowedPerson, ...]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The true log hazard of each person: the best any model could know; (N,)."""
    return np.array([followed.log_hazard for followed in cohort])


def _face_of(followed: FollowedPerson) -> FaceParameters:
    return aged_face(followed.person)


_FOLLOWED: Final = FaceKind[FollowedPerson](
    id_of=attrgetter("person.person_id"),
    face_of=_face_of,
    manifest=manifest_table,
    truth=truth_table,
    values="ages and times",
    link="face and hazard",
)
