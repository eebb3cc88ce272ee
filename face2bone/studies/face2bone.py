"""Face2Bone: bone mass class from a face photograph (2025). Ready, with a demonstration model."""

from pathlib import Path
from typing import Final

from face2bone.modalities.face.modality import FACE
from face2bone.progress import UnitsDone
from face2bone.studies.study import Examples, Sample, Study, Tools
from face2bone.tasks import BONE_MASS
from face2bone.words import template


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
    ),
)
