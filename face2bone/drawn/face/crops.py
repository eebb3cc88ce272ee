"""Crop stores of drawn faces, without a photo: of patients, and of people of known ages."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from face2bone.cohort.crop_store import CropStore, Kind
from face2bone.cohort.crops import build_store
from face2bone.drawn.face.aged import AgedPerson, aged_face, draw_people
from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.patients import DrawnPatient, patient_face
from face2bone.drawn.face.provenance import GENERATOR_HASH, PATIENT_MODEL_HASH
from face2bone.drawn.face.render import draw_face
from face2bone.errors import SubjectError
from face2bone.modalities.face import (
    FACE_INPUT,
    FACE_PARTS,
    AlignedFace,
    align_landmarks,
    shared_locator,
)
from face2bone.progress import UnitsDone

FACES: Final = Kind(FACE_PARTS, FACE_INPUT)
DRAWN_SIZE: Final = 256  # pixels a side of a drawn photo, the size cohorts are written in


@dataclass(frozen=True)
class _DrawnPatients:
    patients: tuple[DrawnPatient, ...]

    def subjects(self, picture: int) -> tuple[AlignedFace, ...]:
        return (aligned_drawing(patient_face(self.patients[picture])),)


def drawn_crops(
    patients: Sequence[DrawnPatient],
    drawn_by: str,
    folder: Path,
    workers: int | None = None,
    progress: UnitsDone | None = None,
) -> CropStore:
    """Draw and align every patient without writing photos.

    ``drawn_by`` identifies the generator (its hash): a store drawn by another is refused.
    Raises ``TrainingError`` as ``photo_crops`` does.
    """
    columns = {
        "patient_id": [p.patient_id for p in patients],
        "sex": [p.patient.sex.value for p in patients],
        "age_years": [p.patient.age_years for p in patients],
        "height_cm": [p.patient.height_cm for p in patients],
        "weight_kg": [p.patient.weight_kg for p in patients],
        "t_score": [p.t_score for p in patients],
        "bone_mass_class": [p.bone_class.label for p in patients],
    }
    table = pd.DataFrame(columns)
    source = drawn_by + table.to_csv(index=False)
    drawn = _DrawnPatients(tuple(patients))
    return build_store(drawn, table, source, folder, workers, progress, FACES)


def cohort_crops(
    patients: Sequence[DrawnPatient], folder: Path, progress: UnitsDone | None = None
) -> CropStore:
    """The same, drawn by this version of the generator."""
    drawn_by = f"{GENERATOR_HASH} {PATIENT_MODEL_HASH}"
    return drawn_crops(patients, drawn_by, folder, progress=progress)


@dataclass(frozen=True)
class _People:
    people: tuple[AgedPerson, ...]

    def subjects(self, picture: int) -> tuple[AlignedFace, ...]:
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
    """Draw and align ``n`` people of ``aged.draw_people``; a folder begun before is gone on with.

    Raises ``TrainingError`` when the folder holds other people's crops.
    """
    people = draw_people(n, seed, evenly)
    table = people_table(people)
    identity = GENERATOR_HASH + table.to_csv(index=False)
    return build_store(_People(people), table, identity, folder, workers, progress, FACES)


def aligned_drawing(parameters: FaceParameters) -> AlignedFace:
    """Draw one face and align it; raises ``SubjectError`` where not just one is found."""
    pixels = draw_face(parameters, DRAWN_SIZE).pixels
    found = shared_locator().locate(pixels)
    if len(found) != 1:
        raise SubjectError(
            "{count} faces were found where one was drawn. Draw another.", count=len(found)
        )
    return align_landmarks(pixels, found[0])
