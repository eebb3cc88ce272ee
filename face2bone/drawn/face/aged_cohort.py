"""Write the people of ``aged`` as a cohort of known ages: photos and a manifest, as one is read.

The gap by which a face looks older than it is stands in truth.parquet, which no hospital has.
"""

from dataclasses import asdict
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import pandas as pd

from face2bone.drawn.face.aged import AgedPerson, aged_face, draw_people
from face2bone.drawn.face.provenance import GENERATOR_VERSION
from face2bone.drawn.face.write import MARK, FaceKind, photo_name, write_faces
from face2bone.drawn.worlds import World
from face2bone.progress import UnitsDone


def write_aged(
    out: Path,
    patients: int,
    seed: int,
    size: int = 256,
    workers: int | None = None,
    progress: UnitsDone | None = None,
) -> Path:
    """Draw people 0 to ``patients`` - 1 of a cohort of known ages, as ``write_faces``."""
    people = draw_people(patients, seed)
    return write_faces(out, _AGED, people, World.PLANTED, seed, size, workers, progress)


def manifest_table(people: tuple[AgedPerson, ...]) -> pd.DataFrame:
    """The people as a manifest of known ages, one row a person."""
    return pd.DataFrame([_row(person) for person in people])


def truth_table(people: tuple[AgedPerson, ...]) -> pd.DataFrame:
    """What only the generator knows: seed, gap and ageing of each person."""
    rows = [
        {"patient_id": p.person_id, "seed": p.seed, "gap_years": p.gap_years} | asdict(p.ageing)
        for p in people
    ]
    return pd.DataFrame(rows)


def _row(person: AgedPerson) -> dict[str, Any]:
    return {
        "patient_id": person.person_id,
        "photo": photo_name(person.person_id),
        "sex": person.sex.value,
        "age_years": person.age_years,
        "site": "drawn",
        "device": f"{MARK} {GENERATOR_VERSION}",
        "study": "face_age",
    }


_AGED: Final = FaceKind[AgedPerson](
    id_of=attrgetter("person_id"),
    face_of=aged_face,
    manifest=manifest_table,
    truth=truth_table,
    values="ages",
    link="face and age",
)
