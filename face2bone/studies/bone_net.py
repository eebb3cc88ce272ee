"""BONE-Net: bone mass class from a knee radiograph, with age and sex. It learnt drawn knees."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from face2bone.modalities.knee.modality import KNEE_FILM
from face2bone.progress import UnitsDone
from face2bone.studies.study import Sample, Study, Tools
from face2bone.tasks import BONE_MASS

if TYPE_CHECKING:
    from face2bone.studies.demonstration import DrawnPatients


def _draw_cohort(out: Path, patients: int, world: str, seed: int, progress: UnitsDone) -> Path:
    # Drawing needs tables and workers, and an assessment needs neither.
    from face2bone.drawn.film.write import write_film_cohort
    from face2bone.drawn.knee import KNEE
    from face2bone.drawn.worlds import World

    return write_film_cohort(
        KNEE, BONE_NET.id, out, patients, World(world), seed, progress=progress
    )


def _drawn_by() -> "DrawnPatients":
    from face2bone.drawn.knee import KNEE
    from face2bone.studies.drawn_films import drawn_films

    return drawn_films(KNEE)


def _samples() -> tuple[Sample, ...]:
    from face2bone.drawn.knee.kind import knee_samples

    return knee_samples()


BONE_NET: Final = Study(
    id="bone_net",
    title="BONE-Net",
    pictures=KNEE_FILM.pictures,
    outcome="bone mass class: normal, osteopenia or osteoporosis",
    covariates=("age_years", "sex"),
    guards=("age", "sex", "body mass"),
    tools=Tools(
        modality=KNEE_FILM,
        task=BONE_MASS,
        architecture="bone_net",
        baselines=("mean", "blur"),
        worlds=("planted", "null", "blank"),
        draw_cohort=_draw_cohort,
        samples=_samples,
        recipe="knee",
        compared_by="compact-knee",
        drawn_by=_drawn_by,
    ),
)
