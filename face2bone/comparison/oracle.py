"""The row above every table on drawn patients: what could be known at best.

A folder that ``face2bone synth`` wrote says beside its manifest how it was drawn; the generative
model then gives each patient's class probabilities from the picture's parameters, age, sex and
body mass index. A cohort of real patients has no such row.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from face2bone.cohort.manifest import Cohort
from face2bone.drawn.worlds import World
from face2bone.drawn.writing import read_plan
from face2bone.errors import TrainingError
from face2bone.studies import study_named


@dataclass(frozen=True)
class DrawnOracle:
    """World and seed of a drawn cohort, and each patient's best class probabilities (3,)."""

    world: str
    seed: int
    probabilities: dict[str, npt.NDArray[np.float64]]


def drawn_oracle(cohort: Cohort) -> DrawnOracle | None:
    """The oracle of a drawn cohort, None for any other.

    Raises ``TrainingError`` when the cohort was drawn by another model of patients.
    """
    plan, drawn_by = read_plan(cohort.root), study_named(cohort.study).ready().drawn_by
    if plan is None or drawn_by is None:
        return None
    known_to = drawn_by()
    if known_to.mark.items() - plan.items():
        raise TrainingError(
            "The cohort was drawn by another version of the package, so its oracle is not known. "
            "Draw it again with face2bone synth."
        )
    world = World(plan["world"])
    patients = known_to.patients(plan["patients"], world, plan["seed"])
    best = known_to.oracle(patients, world)
    known = {p.patient_id: row for p, row in zip(patients, best, strict=True)}
    return DrawnOracle(world.value, plan["seed"], known)
