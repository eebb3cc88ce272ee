"""Crop stores of drawn patients, made without writing a photo."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.crops import build_store
from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.patients import DrawnPatient, patient_face
from face2bone.drawn.face.render import draw_face
from face2bone.errors import SubjectError
from face2bone.modalities.face import AlignedFace, align_landmarks, shared_locator
from face2bone.progress import UnitsDone

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
    return build_store(_DrawnPatients(tuple(patients)), table, source, folder, workers, progress)


def aligned_drawing(parameters: FaceParameters) -> AlignedFace:
    """Draw one face and align it; raises ``SubjectError`` where not just one is found."""
    pixels = draw_face(parameters, DRAWN_SIZE).pixels
    found = shared_locator().locate(pixels)
    if len(found) != 1:
        raise SubjectError(
            "{count} faces were found where one was drawn. Draw another.", count=len(found)
        )
    return align_landmarks(pixels, found[0])
