"""Face survival: time to an event from a face photograph. Planned: no model, no drawn cohort."""

from typing import Final

from face2bone.studies.study import Study

FACE_SURVIVAL: Final = Study(
    id="face_survival",
    title="Face survival",
    pictures="photographs of one face from the front",
    outcome="time to death or to the end of follow-up",
    covariates=("age_years", "sex"),
    guards=("age", "sex"),
)
