"""OsteoAI: bone mass class from a hand radiograph, with age and sex. It learnt drawn hands."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from face2bone.modalities.hand.modality import HAND
from face2bone.progress import UnitsDone
from face2bone.studies.study import Sample, Study, Tools
from face2bone.tasks import BONE_MASS

if TYPE_CHECKING:
    from face2bone.studies.demonstration import DrawnPatients


def _draw_cohort(out: Path, patients: int, world: str, seed: int, progress: UnitsDone) -> Path:
    # Drawing needs tables and workers, and an assessment needs neither.
    from face2bone.drawn.film.write import write_film_cohort
    from face2bone.drawn.hand import HAND as DRAWN_HAND
    from face2bone.drawn.worlds import World

    return write_film_cohort(
        DRAWN_HAND, OSTEOAI.id, out, patients, World(world), seed, progress=progress
    )


def _drawn_by() -> "DrawnPatients":
    from face2bone.drawn.hand import HAND as DRAWN_HAND
    from face2bone.studies.drawn_films import drawn_films

    return drawn_films(DRAWN_HAND)


def _samples() -> tuple[Sample, ...]:
    from face2bone.drawn.hand.kind import hand_samples

    return hand_samples()


OSTEOAI: Final = Study(
    id="osteoai",
    title="OsteoAI",
    pictures=HAND.pictures,
    outcome="bone mass class: normal, osteopenia or osteoporosis",
    covariates=("age_years", "sex"),
    guards=("age", "sex", "body mass"),
    tools=Tools(
        modality=HAND,
        task=BONE_MASS,
        architecture="efficientnet_v2",
        baselines=("blur", "inpaint"),
        worlds=("planted", "null", "blank"),
        draw_cohort=_draw_cohort,
        samples=_samples,
        recipe="hand",
        compared_by="compact-hand",
        drawn_by=_drawn_by,
    ),
)
