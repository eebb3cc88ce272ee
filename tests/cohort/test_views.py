"""Views of one visit: which rows belong together, and what is said of them together."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.cohort.views import (
    first_photos,
    first_views,
    largest_of_views,
    mean_of_views,
    visits_of,
)

MAY, JUNE = date(2024, 5, 2), date(2024, 6, 2)


def table(**changes: list[object]) -> pd.DataFrame:
    columns: dict[str, list[object]] = {
        "patient_id": ["b", "a", "b", "b"],
        "acquired_on": [MAY, MAY, MAY, JUNE],
        "t_score": [-1.0, -2.0, -1.0, -1.0],
        "bone_mass_class": ["normal", "osteopenia", "normal", "normal"],
    }
    return pd.DataFrame(columns | changes, index=[2, 3, 4, 5])


def test_a_visit_is_one_patient_on_one_day() -> None:
    visits = visits_of(table())
    assert visits.tolist() == [0, 1, 0, 2]
    assert first_views(visits).tolist() == [0, 1, 3]


def test_a_person_counts_by_the_first_photo_whatever_the_day() -> None:
    assert first_photos(table()).tolist() == [0, 1]


def test_views_without_a_t_score_are_one_visit() -> None:
    assert visits_of(table(t_score=[np.nan] * 4)).tolist() == [0, 1, 0, 2]


@pytest.mark.parametrize(
    "contradiction",
    [
        {"t_score": [-1.0, -2.0, -2.6, -1.0]},
        {"bone_mass_class": ["normal", "osteopenia", "osteopenia", "normal"]},
        {"dxa_site": ["total_hip", "lowest", "lowest", "lowest"]},
    ],
)
def test_views_with_two_truths_stay_apart(contradiction: dict[str, list[object]]) -> None:
    assert visits_of(table(**contradiction)).tolist() == [0, 1, 2, 3]


def test_without_days_every_row_is_a_visit() -> None:
    assert visits_of(table().drop(columns="acquired_on")).tolist() == [0, 1, 2, 3]


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 1)), min_size=1, max_size=12))
def test_the_mean_and_the_largest_are_those_of_each_visit(rows: list[tuple[int, float]]) -> None:
    visits = np.unique([visit for visit, _ in rows], return_inverse=True)[1]
    p = np.array([[share, 1.0 - share] for _, share in rows])
    means, largest = mean_of_views(p, visits), largest_of_views(p[:, 0], visits)
    for visit in range(visits.max() + 1):
        own = p[visits == visit]
        assert np.allclose(means[visit], own.mean(axis=0), atol=1e-12)
        assert largest[visit] == own[:, 0].max()
        if len(own) == 1:
            assert (means[visit] == own[0]).all()
