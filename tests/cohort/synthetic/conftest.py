"""Drawn cohorts shared by the tests of the generator; drawing 5,000 patients takes 0.5 s."""

import pytest

from face2bone.cohort.synthetic.patients import DrawnPatient, draw_cohort
from face2bone.cohort.synthetic.worlds import World

N = 5_000
SEED = 400_000  # of the seeds reserved for tests


@pytest.fixture(scope="session")
def planted() -> tuple[DrawnPatient, ...]:
    return draw_cohort(N, World.PLANTED, SEED)


@pytest.fixture(scope="session")
def null() -> tuple[DrawnPatient, ...]:
    return draw_cohort(N, World.NULL, SEED)
