"""Drawn cohorts and people shared by the generator's tests; 5,000 patients take 0.5 s."""

from collections.abc import Callable

import numpy as np
import pytest

from face2bone.drawn.face.parameters import Ageing, FaceParameters, draw_parameters
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort
from face2bone.drawn.worlds import World
from face2bone.patient import Sex

N = 5_000
SEED = 400_000  # of the seeds reserved for tests


@pytest.fixture(scope="session")
def planted() -> tuple[DrawnPatient, ...]:
    return draw_cohort(N, World.PLANTED, SEED)


@pytest.fixture(scope="session")
def null() -> tuple[DrawnPatient, ...]:
    return draw_cohort(N, World.NULL, SEED)


@pytest.fixture(scope="session")
def drawn_person() -> Callable[[int], FaceParameters]:
    """A person per seed: any sex, 40 to 85 years, ageing as in the patient model's middle."""

    def person(seed: int) -> FaceParameters:
        rng = np.random.default_rng((SEED, seed))
        sex = Sex.FEMALE if rng.random() < 0.6 else Sex.MALE
        age, adiposity = rng.uniform(40, 85), rng.standard_normal()
        orbit, maxilla, nasolabial, jaw, temple = rng.uniform(-0.5, 5.0, 5).tolist()
        ageing = Ageing(orbit, maxilla, nasolabial, jaw, temple, wrinkle=rng.uniform(0.1, 1.0))
        return draw_parameters(np.random.default_rng(seed), sex, age, adiposity, ageing)

    return person
