"""A planted hazard is found in drawn faces as well as an oracle could, and none where none is.

About a quarter of an hour of one core for 1,500 faces, and five minutes for the cohorts.
"""

from __future__ import annotations

import numpy as np
import pytest

from face2bone.drawn.hazard import SurvivalWorld
from research.survival_worlds import AGE, DRAWINGS, HAZARD, Row, as_table, prove

NEAR = 0.02


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> tuple[Row, ...]:
    found = prove(tmp_path_factory.mktemp("survival"))
    print(as_table(found))
    return found


def of(rows: tuple[Row, ...], world: SurvivalWorld) -> list[Row]:
    return [row for row in rows if row.world == world.value]


@pytest.mark.parametrize("score", [AGE, HAZARD])
def test_planted_scores_come_near_the_oracle(rows: tuple[Row, ...], score: str) -> None:
    planted = of(rows, SurvivalWorld.PLANTED)
    behind = [row.behind(score) for row in planted]
    assert behind[0] <= NEAR  # the cohort that synth draws
    assert np.mean(behind) <= NEAR
    assert sum(value <= NEAR for value in behind) >= 0.7 * DRAWINGS


def test_a_face_that_says_nothing_gains_nothing(rows: tuple[Row, ...]) -> None:
    null = of(rows, SurvivalWorld.NULL)
    assert null[0].age.holds_nothing
    assert sum(row.age.low > 0 for row in null) <= 1
    assert sum(row.hazard is not None and row.hazard.low > 0 for row in null) <= 1
