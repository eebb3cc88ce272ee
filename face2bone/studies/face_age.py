"""Face age: how old a face looks, in years. It stands apart: years are no classes of bone mass."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from face2bone.modalities.face.chip import face_chip
from face2bone.modalities.face.finding import Face
from face2bone.modalities.face.modality import FACE, FACE_CHIP
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.modality import AnyModality
from face2bone.modalities.photo import Photo
from face2bone.modalities.prepared import Prepared
from face2bone.progress import UnitsDone
from face2bone.studies.study import AgeTools, DrawnCohorts, Study

if TYPE_CHECKING:
    from face2bone.studies.demonstration import AgeDemonstration


def _draw_cohort(out: Path, patients: int, world: str, seed: int, progress: UnitsDone) -> Path:
    # Drawing needs tables and workers, and a list of studies needs neither.
    from face2bone.drawn.face.aged import write_aged

    return write_aged(out, patients, seed, progress=progress)


def _reading(spec: InputSpec) -> AnyModality | None:
    return next((kind for kind in (FACE_CHIP, FACE) if spec.takes(kind.input)), None)


def _cut(photo: Photo, face: Face, spec: InputSpec) -> Prepared:
    if spec.takes(FACE_CHIP.input):
        return face_chip(photo.pixels, face.landmarks)
    return face.aligned


def _demonstration() -> "AgeDemonstration":
    from face2bone.drawn.face import aged, crops, twins
    from face2bone.drawn.face.provenance import GENERATOR_HASH, GENERATOR_VERSION
    from face2bone.modalities.face import photo_twins
    from face2bone.studies.demonstration import AgeDemonstration, Twins

    return AgeDemonstration(
        version=GENERATOR_VERSION,
        hash=GENERATOR_HASH,
        crops=crops.aged_crops,
        bands=aged.BANDS,
        age_mean=aged.AGE_MEAN,
        age_sd=aged.AGE_SD,
        gap_sd=aged.GAP_SD,
        twins=Twins(twins.TWINS, twins.aged_twins),
        photo_twins=Twins(photo_twins.PHOTO_TWINS, photo_twins.twins_of_photos),
    )


AGE_TOOLS: Final = AgeTools(modality=FACE, reading=_reading, cut=_cut, demonstration=_demonstration)
"""What its commands, its training and Review's line on apparent age are made of."""

FACE_AGE: Final = Study(
    id="face_age",
    title="Face age",
    pictures="photographs of one face from the front",
    outcome="apparent age in years",
    covariates=(),
    guards=("age",),
    commands=("face-age",),
    cohorts=DrawnCohorts(worlds=("planted",), draw=_draw_cohort),
)
