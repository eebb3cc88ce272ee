"""BONE-Net: bone mass class from a knee radiograph. Planned: no model, no drawn cohort."""

from typing import Final

from face2bone.studies.study import Study

BONE_NET: Final = Study(
    id="bone_net",
    title="BONE-Net",
    pictures="knee radiographs",
    outcome="bone mass class: normal, osteopenia or osteoporosis",
    covariates=("age_years", "sex"),
    guards=("age", "sex", "body mass"),
)
