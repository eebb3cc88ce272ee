"""Face2Bone: bone mass class from a face photograph (2025). Ready, with a demonstration model."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from face2bone.arrays import Floats
from face2bone.modalities.face import align_landmarks, shared_locator
from face2bone.modalities.face.modality import FACE
from face2bone.modalities.photo import read_photo
from face2bone.progress import UnitsDone
from face2bone.studies.study import Examples, Sample, Study, Tools
from face2bone.tasks import BONE_MASS
from face2bone.words import template

if TYPE_CHECKING:
    from face2bone.studies.demonstration import Demonstration, DrawnPatients

MESH_POINTS: Final = 468  # the irises that follow show the gaze, not the face


def _draw_cohort(out: Path, patients: int, world: str, seed: int, progress: UnitsDone) -> Path:
    # Drawing needs tables and workers, and an assessment needs neither.
    from face2bone.drawn.face.write import write_cohort
    from face2bone.drawn.worlds import World

    return write_cohort(out, patients, World(world), seed, progress=progress)


def _samples() -> tuple[Sample, ...]:
    from face2bone.drawn.face.samples import sample_patients

    return sample_patients()


def _bad_photo() -> bytes:
    from face2bone.drawn.face.samples import unusable_photo

    return unusable_photo()


def demonstration() -> "Demonstration":
    """Drawn faces whose bone is planted: patients, twins, and one thing changed."""
    from face2bone.drawn.face import changes, twins
    from face2bone.drawn.face.crops import cohort_crops
    from face2bone.drawn.face.oracle import cohort_oracle
    from face2bone.drawn.face.patients import draw_cohort
    from face2bone.drawn.face.provenance import (
        GENERATOR_HASH,
        GENERATOR_VERSION,
        PATIENT_MODEL_HASH,
    )
    from face2bone.modalities.face import photo_twins
    from face2bone.studies.demonstration import Changes, Demonstration, Twins

    return Demonstration(
        version=GENERATOR_VERSION,
        hash=GENERATOR_HASH,
        patients_hash=PATIENT_MODEL_HASH,
        patients=draw_cohort,
        crops=cohort_crops,
        oracle=cohort_oracle,
        changes=Changes(
            changes.PARAMETERS, changes.drawn_patient, changes.as_drawn, changes.changed_photo
        ),
        twins=Twins(twins.TWINS, twins.patient_twins),
        photo_twins=Twins(photo_twins.PHOTO_TWINS, photo_twins.twins_of_photos),
    )


def _drawn_by() -> "DrawnPatients":
    from face2bone.studies.demonstration import DrawnPatients

    drawn = demonstration()
    mark = {"patient_model_hash": drawn.patients_hash}
    return DrawnPatients(mark=mark, patients=drawn.patients, oracle=drawn.oracle)


def _shape(data: bytes) -> Floats:
    pixels = read_photo(data).pixels
    found = align_landmarks(pixels, shared_locator().locate(pixels)[0]).landmarks
    return np.asarray(found[:MESH_POINTS].ravel(), np.float64)


FACE2BONE: Final = Study(
    id="face2bone",
    title="Face2Bone",
    pictures=FACE.pictures,
    outcome="bone mass class: normal, osteopenia or osteoporosis",
    covariates=(),
    guards=("age", "sex", "body mass"),
    tools=Tools(
        modality=FACE,
        task=BONE_MASS,
        architecture="face2bone",
        baselines=("blur", "inpaint"),
        worlds=("planted", "null", "blank"),
        draw_cohort=_draw_cohort,
        samples=_samples,
        examples=Examples(
            works=template(
                "Frontal, even light, eyes open, mouth closed, whole face in the frame."
            ),
            bad=_bad_photo,
            fails=template("Rejected: head turned away, too dark."),
        ),
        others=("sface",),
        drawn_by=_drawn_by,
        demonstration=demonstration,
        shape=_shape,
    ),
)
