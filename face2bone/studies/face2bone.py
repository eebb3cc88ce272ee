"""Face2Bone: bone mass class from a face photograph (2025). Ready, with a demonstration model."""

from pathlib import Path
from typing import Final

from face2bone.modalities.face.modality import FACE
from face2bone.studies.study import Progress, Study, Tools
from face2bone.tasks import BONE_MASS


def _draw_cohort(out: Path, patients: int, world: str, seed: int, progress: Progress) -> Path:
    # Drawing needs tables and workers, and an assessment needs neither.
    from face2bone.drawn.face.write import write_cohort
    from face2bone.drawn.worlds import World

    return write_cohort(out, patients, World(world), seed, progress=progress)


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
    ),
)
