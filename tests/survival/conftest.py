"""Cohorts whose hazard is known, and one that was printed with its results."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest

from face2bone.survival.times import SurvivalTimes

Drawn: TypeAlias = tuple[np.ndarray, SurvivalTimes]
Draw: TypeAlias = Callable[..., Drawn]

# Weeks in remission under 6-mercaptopurine and placebo (Freireich 1963); + is last seen.
TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def written(text: str) -> SurvivalTimes:
    words = text.split()
    return SurvivalTimes.of([float(w.rstrip("+")) for w in words], [w[-1] != "+" for w in words])


@pytest.fixture(scope="session")
def treated() -> SurvivalTimes:
    return written(TREATED)


@pytest.fixture(scope="session")
def remission() -> Drawn:
    """Column 1 for placebo (42, 1), and everybody's times."""
    both = written(f"{TREATED} {PLACEBO}")
    return np.repeat([0.0, 1.0], 21)[:, None], both


@pytest.fixture(scope="session")
def draw() -> Draw:
    """n patients, three columns with log hazard ratios .5, -.3 and 0; ``step`` rounds times."""

    def drawn(n: int = 400, seed: int = 0, step: float = 0.0) -> Drawn:
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(n, 3))
        happens = rng.exponential(np.exp(-x @ [0.5, -0.3, 0.0]))
        followed = rng.uniform(0.2, 2.0, n)
        years = np.minimum(happens, followed)
        if step:
            years = np.ceil(years / step) * step
        return x, SurvivalTimes.of(years, happens <= followed)

    return drawn
