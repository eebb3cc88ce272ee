"""Face age: how old a face looks, in years. It stands apart: years are no classes of bone mass."""

from pathlib import Path
from typing import Final

from face2bone.progress import UnitsDone
from face2bone.studies.study import DrawnCohorts, Study


def _draw_cohort(out: Path, patients: int, world: str, seed: int, progress: UnitsDone) -> Path:
    # Drawing needs tables and workers, and a list of studies needs neither.
    from face2bone.drawn.face.aged_cohort import write_aged

    return write_aged(out, patients, seed, progress=progress)


FACE_AGE: Final = Study(
    id="face_age",
    title="Face age",
    pictures="photographs of one face from the front",
    outcome="apparent age in years",
    covariates=(),
    guards=("age",),
    commands=("face-age",),
    cohorts=DrawnCohorts(worlds=("planted",), draw=_draw_cohort),
)
