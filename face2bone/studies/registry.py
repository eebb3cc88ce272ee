"""The studies by their ids: where another one moves in."""

from collections.abc import MutableMapping
from typing import Final

from face2bone.errors import StudyError
from face2bone.modalities.modality import Picture
from face2bone.studies.bone_net import BONE_NET
from face2bone.studies.face2bone import FACE2BONE
from face2bone.studies.face_age import FACE_AGE
from face2bone.studies.face_survival import FACE_SURVIVAL
from face2bone.studies.osteoai import OSTEOAI
from face2bone.studies.study import Study

STUDIES: Final[MutableMapping[str, Study]] = {
    study.id: study for study in (FACE2BONE, BONE_NET, OSTEOAI, FACE_AGE, FACE_SURVIVAL)
}
"""Id -> study, in the order in which they are listed."""


def study_named(study_id: str) -> Study:
    """The study with this id; raises ``StudyError`` where there is none."""
    if study_id not in STUDIES:
        raise StudyError(
            "There is no study called {study}. Choose one of {studies}.",
            study=f"{study_id!r}",
            studies=tuple(STUDIES),
        )
    return STUDIES[study_id]


def read_picture(data: bytes, study_id: str = FACE2BONE.id) -> Picture:
    """The picture in some bytes, as a study reads it: upright, without metadata.

    Raises ``PhotoError`` for bytes that are none of the study's pictures, and ``StudyError`` for
    a study that is unknown or planned.
    """
    picture: Picture = study_named(study_id).ready().modality.read(data)
    return picture
