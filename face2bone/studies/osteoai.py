"""OsteoAI: bone mass class from a hand radiograph. Planned: no model, no drawn cohort."""

from typing import Final

from face2bone.studies.study import Study

OSTEOAI: Final = Study(
    id="osteoai",
    title="OsteoAI",
    pictures="hand radiographs",
    outcome="bone mass class: normal, osteopenia or osteoporosis",
    covariates=("age_years", "sex"),
    guards=("age", "sex", "body mass"),
)
