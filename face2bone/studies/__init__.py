"""The studies: what each asks of which picture, and how far it has come."""

from face2bone.studies.registry import STUDIES, read_picture, study_named
from face2bone.studies.study import Sample, Study, Tools

__all__ = ["STUDIES", "Sample", "Study", "Tools", "read_picture", "study_named"]
