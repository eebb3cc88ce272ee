"""The drawn people that a face age network is trained, calibrated and tested on, aligned.

Training people are as skewed in age as a clinic's; those for calibration and test are spread
evenly over the ten-year bands, so that every band can be measured.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.crops import build_store
from face2bone.cohort.drawn_crops import aligned_drawing
from face2bone.drawn.face.aged import AgedPerson, aged_face, draw_people
from face2bone.drawn.face.provenance import GENERATOR_HASH
from face2bone.modalities.prepared import Prepared
from face2bone.progress import UnitsDone

PLAN: Final = {
    "train": (4200, 114_000, False),
    "calibration": (2100, 114_001, True),
    "test": (2100, 914_002, True),
}
"""Side -> people, seed, and whether they are spread evenly over the bands."""


@dataclass(frozen=True)
class _People:
    people: tuple[AgedPerson, ...]

    def subjects(self, picture: int) -> tuple[Prepared, ...]:
        return (aligned_drawing(aged_face(self.people[picture])),)


def people_table(people: tuple[AgedPerson, ...]) -> pd.DataFrame:
    """One row a person: id, sex, age by the calendar and the planted gap, both in years."""
    return pd.DataFrame(
        {
            "patient_id": [p.person_id for p in people],
            "sex": [p.sex.value for p in people],
            "age_years": [p.age_years for p in people],
            "gap_years": [p.gap_years for p in people],
        }
    )


def aged_crops(
    n: int,
    seed: int,
    evenly: bool,
    folder: Path,
    workers: int | None = None,
    progress: UnitsDone | None = None,
) -> CropStore:
    """Draw and align ``n`` people of ``draw_people``; a folder begun before is gone on with.

    Raises ``TrainingError`` when the folder holds other people's crops.
    """
    people = draw_people(n, seed, evenly)
    table = people_table(people)
    identity = GENERATOR_HASH + table.to_csv(index=False)
    return build_store(_People(people), table, identity, folder, workers, progress)
