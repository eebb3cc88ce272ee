"""Face survival: time to an event from a face photograph.

It stands apart: it is of cohorts only, and nothing is ever said of one person's time.
"""

from pathlib import Path
from typing import Final

from face2bone.modalities.face.modality import FACE
from face2bone.progress import UnitsDone
from face2bone.studies.study import DrawnCohorts, Study


def _draw_cohort(out: Path, patients: int, world: str, seed: int, progress: UnitsDone) -> Path:
    # Drawing needs tables and workers, and a list of studies needs neither.
    from face2bone.drawn.face.followed import write_followed
    from face2bone.drawn.hazard import SurvivalWorld

    return write_followed(out, patients, SurvivalWorld(world), seed, progress=progress)


SURVIVAL_PICTURES: Final = FACE
"""What its photographs are read as, where a score is made of them."""

FACE_SURVIVAL: Final = Study(
    id="face_survival",
    title="Face survival",
    pictures="photographs of one face from the front",
    outcome="time to an event, of cohorts only",
    covariates=("age_years", "sex"),
    guards=("age", "sex"),
    commands=("survival",),
    cohorts=DrawnCohorts(worlds=("planted", "null", "censored"), draw=_draw_cohort),
)
