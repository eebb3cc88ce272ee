"""The studies: what each asks of which picture, and how far it has come."""

from face2bone.studies.face_age import AGE_TOOLS
from face2bone.studies.face_survival import SURVIVAL_PICTURES
from face2bone.studies.registry import STUDIES, read_picture, study_named
from face2bone.studies.study import AgeTools, Sample, Shape, Study, Tools

__all__ = [
    "AGE_TOOLS",
    "STUDIES",
    "SURVIVAL_PICTURES",
    "AgeTools",
    "Sample",
    "Shape",
    "Study",
    "Tools",
    "read_picture",
    "study_named",
]
