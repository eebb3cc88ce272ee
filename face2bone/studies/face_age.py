"""Face age: how old a face looks, in years. Planned: no model, no drawn cohort."""

from typing import Final

from face2bone.studies.study import Study

FACE_AGE: Final = Study(
    id="face_age",
    title="Face age",
    pictures="photographs of one face from the front",
    outcome="apparent age in years",
    covariates=(),
    guards=("age",),
)
