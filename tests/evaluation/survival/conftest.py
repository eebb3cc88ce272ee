"""Cohorts of numbers with features that hold the face's age, as a network's would."""

from dataclasses import dataclass

import numpy as np
import pytest

from face2bone.arrays import Floats
from face2bone.drawn.hazard import SimulatedCohort, SurvivalWorld, simulate_cohort
from face2bone.evaluation.survival.clinical import Clinical, People
from face2bone.evaluation.survival.study import (
    SurvivalStudy,
    scores_of_features,
    survival_study,
)

PATIENTS = 600


@dataclass(frozen=True)
class Faces:
    cohort: SimulatedCohort
    features: Floats

    @property
    def people(self) -> People:
        return People(self.cohort.age_years, self.cohort.male)

    @property
    def clinical(self) -> Clinical:
        return self.people.clinical

    def study(self) -> SurvivalStudy:
        times = self.cohort.times
        return survival_study(
            self.people, times, scores_of_features(self.features, self.people, times)
        )


def faces(world: SurvivalWorld, seed: int = 1) -> Faces:
    """Thirty features: the face's age in a few directions, sex in one, noise in all."""
    cohort = simulate_cohort(PATIENTS, seed, world)
    rng = np.random.default_rng(99)
    apparent = (cohort.age_years + cohort.gap_years - 66.0) / 10.0
    mix = rng.normal(size=(2, 30)) * np.array([[1.0], [0.7]])
    signal = np.column_stack([apparent, cohort.male]) @ mix
    return Faces(cohort, signal + rng.normal(size=(PATIENTS, 30)))


@pytest.fixture(scope="package")
def planted() -> Faces:
    return faces(SurvivalWorld.PLANTED)


@pytest.fixture(scope="package")
def null() -> Faces:
    return faces(SurvivalWorld.NULL)


@pytest.fixture(scope="package")
def planted_study(planted: Faces) -> SurvivalStudy:
    return planted.study()


@pytest.fixture(scope="package")
def null_study(null: Faces) -> SurvivalStudy:
    return null.study()
