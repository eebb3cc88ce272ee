"""Several photos of each drawn person, with no word about anybody's bone.

For a trunk that learns to tell faces apart and nothing else. A person is drawn as a patient of
the null world, whose face is drawn for another T-score than the patient's own, and the store
that comes out names nobody's T-score, class, age, sex or body. Between two photos of a person
these change: pose, light, camera, backdrop and clothes, glasses, gaze, how far the lids are
open, and the corners of the mouth. Shape, skin, hair and ageing stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.crops import build_store
from face2bone.drawn.face.crops import FACES, aligned_drawing
from face2bone.drawn.face.parameters import FaceParameters, draw_parameters
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort, patient_face
from face2bone.drawn.face.provenance import GENERATOR_HASH, PATIENT_MODEL_HASH
from face2bone.drawn.people import adiposity
from face2bone.drawn.worlds import World
from face2bone.modalities.face import AlignedFace
from face2bone.progress import UnitsDone

LID_SD: Final = 0.25  # mm
MOUTH_CORNER_SD: Final = 0.7  # mm


@dataclass(frozen=True)
class IdentityPhotos:
    """A source of crops: photo k of person i lies at position i * ``photos`` + k."""

    people: tuple[DrawnPatient, ...]
    photos: int

    def subjects(self, picture: int) -> tuple[AlignedFace, ...]:
        """Draw and align one photo; raises ``SubjectError`` when no face is found in it."""
        person, photo = divmod(picture, self.photos)
        return (aligned_drawing(another_photo(self.people[person], photo)),)


def another_photo(person: DrawnPatient, photo: int) -> FaceParameters:
    """The same person photographed again; photo number and person settle everything."""
    rng = np.random.default_rng([person.seed, photo])
    own, patient = patient_face(person), person.patient
    other = draw_parameters(rng, patient.sex, patient.age_years, adiposity(patient), person.ageing)
    lids, corner = LID_SD * rng.standard_normal(), MOUTH_CORNER_SD * rng.standard_normal()
    return replace(
        own,
        pose=other.pose,
        light=other.light,
        camera=other.camera,
        backdrop=other.backdrop,
        glasses=other.glasses,
        eyes=replace(own.eyes, gaze=other.eyes.gaze, upper=own.eyes.upper + lids),
        lips=replace(own.lips, corner=own.lips.corner + corner),
    )


def identity_crops(
    people: int,
    photos: int,
    seed: int,
    folder: Path,
    workers: int | None = None,
    progress: UnitsDone | None = None,
) -> CropStore:
    """``photos`` crops of each of ``people`` drawn persons, as a store that knows no label.

    The index has ``row``, ``patient_id`` (who) and ``photo``. ``seed`` is a cohort's, of
    ``PRETRAINING_SEED_RANGE``. Raises ``TrainingError`` when the folder holds another store.
    """
    drawn = draw_cohort(people, World.NULL, seed)
    source = IdentityPhotos(drawn, photos)
    table = identity_table(drawn, photos)
    identity = f"identities {GENERATOR_HASH} {PATIENT_MODEL_HASH} {table.to_csv(index=False)}"
    return build_store(source, table, identity, folder, workers, progress, FACES)


def identity_table(people: Sequence[DrawnPatient], photos: int) -> pd.DataFrame:
    """Who is on which photo, and nothing else."""
    return pd.DataFrame(
        {
            "patient_id": [person.patient_id for person in people for _ in range(photos)],
            "photo": [photo for _ in people for photo in range(photos)],
        }
    )
