"""The proof's parts that need no drawing: rows of a world, and the table."""

from __future__ import annotations

import numpy as np
import pytest

from face2bone.drawn.face.followed import draw_followed
from face2bone.drawn.hazard import SurvivalWorld
from research.survival_worlds import AGE, HAZARD, SEED, Found, Row, as_table, world_rows


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Features that hold the face's age with an error of four years."""
    people = draw_followed(500, SurvivalWorld.PLANTED, SEED)
    rng = np.random.default_rng(0)
    apparent = np.array([f.person.apparent_years for f in people]) + rng.normal(0, 4, 500)
    features = np.column_stack([apparent, rng.normal(size=(500, 3))])
    return world_rows(people, features, SurvivalWorld.PLANTED, 2)


@pytest.mark.slow
def test_the_first_times_are_the_peoples_own_and_the_next_are_new(rows: list[Row]) -> None:
    own = draw_followed(500, SurvivalWorld.PLANTED, SEED)
    assert rows[0].events == sum(f.event for f in own)
    assert rows[1].oracle != rows[0].oracle
    assert [row.drawing for row in rows] == [0, 1]


def test_a_planted_hazard_is_found_near_the_oracle(rows: list[Row]) -> None:
    for row in rows:
        assert row.without < row.oracle
        assert -0.01 < row.behind(AGE) < 0.03
        assert row.behind(AGE) == pytest.approx(row.oracle - row.age.concordance)


def test_the_table_has_a_row_a_world_and_score() -> None:
    nothing, something = Found(0.61, 0.0, -0.01, 0.01), Found(0.64, 0.02, 0.01, 0.03)
    rows = (
        Row("planted", 0, 700, 0.65, 0.61, something, nothing),
        Row("planted", 1, 690, 0.66, 0.62, nothing, None),
    )
    planted_age, planted_hazard = as_table(rows).splitlines()[2:]
    assert planted_age == (
        "| planted | face age | 2 | 695 | 0.655 | 0.615 | 0.625 | 0.030, 0.050 | 1 | 0 |"
    )
    assert planted_hazard.endswith("| 0 | 1 |")
    assert rows[1].behind(HAZARD) == pytest.approx(0.04)
    assert nothing.holds_nothing
    assert not something.holds_nothing
