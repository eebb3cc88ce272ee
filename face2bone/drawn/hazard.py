"""The hazard planted in drawn cohorts: times to an event that age, sex and the face's gap set.

With a the age in years, m 1 for a man, g the years by which the face looks older than it is, and
U uniform in (0, 1):

    eta = 0.35 (a - 66) / 10 + 0.25 m + b g / 10
    T   = 7 (-log U / exp(eta))^(1 / 1.3) years        a Weibull time with proportional hazards

b is 0.60 in the planted world, a hazard ratio of 1.82 for ten years of gap, and in the censored
world, where patients are followed too briefly for most events; it is 0 in the null world, whose
faces say nothing beyond age and sex. Follow-up ends evenly between 2 and 8 years, in the censored
world between 0.3 and 2. Constants and link are ours: no claim about people.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Flags, Floats
from face2bone.survival.times import SurvivalTimes

PER_DECADE_OF_AGE: Final = 0.35
OF_A_MAN: Final = 0.25
PER_DECADE_OF_GAP: Final = 0.60
AGE_CENTRE: Final = 66.0
SHAPE: Final = 1.3
SCALE: Final = 7.0  # years
GAP_SD: Final = 6.0  # years
AGE_SD: Final = 11.0
AGE_LIMITS: Final = (40.0, 90.0)


class SurvivalWorld(Enum):
    """What a drawn face says of the hazard; see the module's text."""

    PLANTED = "planted"
    NULL = "null"
    CENSORED = "censored"

    @property
    def per_decade_of_gap(self) -> float:
        """b of the module's text, a log hazard ratio."""
        return 0.0 if self is SurvivalWorld.NULL else PER_DECADE_OF_GAP

    @property
    def follow_up(self) -> tuple[float, float]:
        """Between which years the last visits fall."""
        return (0.3, 2.0) if self is SurvivalWorld.CENSORED else (2.0, 8.0)


def log_hazard(
    age_years: npt.ArrayLike,
    male: npt.ArrayLike,
    gap_years: npt.ArrayLike,
    world: SurvivalWorld,
) -> Floats:
    """eta of each patient: what an oracle knows; (N,)."""
    age, man, gap = (np.asarray(v, np.float64) for v in (age_years, male, gap_years))
    eta: Floats = (
        PER_DECADE_OF_AGE * (age - AGE_CENTRE) / 10.0
        + OF_A_MAN * man
        + world.per_decade_of_gap * gap / 10.0
    )
    return eta


def draw_times(rng: np.random.Generator, eta: Floats, world: SurvivalWorld) -> SurvivalTimes:
    """Time and event of each patient; the same uniform numbers serve in every world."""
    happens = SCALE * (-np.log1p(-rng.random(len(eta))) / np.exp(eta)) ** (1.0 / SHAPE)
    low, high = world.follow_up
    followed = low + (high - low) * rng.random(len(eta))
    return SurvivalTimes(np.minimum(happens, followed), happens <= followed)


@dataclass(frozen=True)
class SimulatedCohort:
    """A cohort of numbers without faces; (N,) each.

    apparent_age: age + gap + measurement error, in years. eta: the true log hazard.
    """

    age_years: Floats
    male: Flags
    gap_years: Floats
    apparent_age: Floats
    eta: Floats
    times: SurvivalTimes


def simulate_cohort(
    n: int, seed: int, world: SurvivalWorld = SurvivalWorld.PLANTED, error_sd: float = 0.0
) -> SimulatedCohort:
    """Age N(66, 11) within 40 to 90, sex even, gap N(0, 6), face age read with an error."""
    rng = np.random.default_rng(seed)
    age = np.clip(rng.normal(AGE_CENTRE, AGE_SD, n), *AGE_LIMITS)
    male, gap = rng.random(n) < 0.5, rng.normal(0.0, GAP_SD, n)
    apparent_age = age + gap + rng.normal(0.0, 1.0, n) * error_sd
    eta = log_hazard(age, male, gap, world)
    return SimulatedCohort(age, male, gap, apparent_age, eta, draw_times(rng, eta, world))


def diluted_ratio(error_sd: float) -> float:
    """Hazard ratio of ten years that a face age with this error (years) can show, adjusted for age.

    exp(b lambda), lambda = var(gap) / (var(gap) + error_sd^2): regression dilution.
    """
    reliability = GAP_SD**2 / (GAP_SD**2 + error_sd**2)
    return float(np.exp(PER_DECADE_OF_GAP * reliability))
