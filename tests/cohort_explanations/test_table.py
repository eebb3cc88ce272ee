from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from face2bone.bone import CLASS_LABELS
from face2bone.calibration.reliability import ranked_probability_scores
from face2bone.cohort_explanations.folder import ExplainedCohort
from face2bone.cohort_explanations.table import (
    BOTH,
    MEASURES,
    NEITHER,
    NOT_FOR,
    OSTA_ONLY,
    PICTURE_ONLY,
    Explored,
    Filters,
    explored,
)
from tests.cohort_explanations.made import cohort_of, figures


@pytest.fixture
def cohort(explained: ExplainedCohort) -> Explored:
    return explored(explained)


def with_rows(**cells: list[object]) -> Explored:
    """A cohort whose first rows have these cells."""
    made = cohort_of(8)
    count = len(next(iter(cells.values())))
    table = made.table.head(count).assign(**cells)
    return explored(replace(made, table=table))


def test_error_and_uncertainty_are_the_known_scores(cohort: Explored) -> None:
    table = cohort.table
    p = table[[f"p_{label}" for label in CLASS_LABELS]].to_numpy()
    labels = [CLASS_LABELS.index(label) for label in table["bone_mass_class"]]
    np.testing.assert_allclose(table["error"], ranked_probability_scores(p, labels))
    np.testing.assert_allclose(table["uncertainty"], 1 - p.max(axis=1))
    assert table["uncertainty"].between(0, 2 / 3).all()


def test_osta_stands_beside_women_of_fifty_and_over_only() -> None:
    table = with_rows(
        sex=["F", "F", "M"], age_years=[68.9, 49.9, 68.0], weight_kg=[60.0, 60.0, 60.0]
    ).table
    assert table["osta"].iloc[0] == -1  # trunc(0.2 (60 - 68))
    assert table["osta"].iloc[1:].isna().all()
    assert table["agreement"].tolist()[1:] == [NOT_FOR, NOT_FOR]
    assert table["disagreement"].iloc[1:].isna().all()


def test_who_points_to_osteoporosis_is_named() -> None:
    sure, free = [0.1, 0.2, 0.7], [0.7, 0.2, 0.1]
    p = np.array([sure, sure, free, free])
    table = with_rows(
        sex=["F"] * 4,
        age_years=[70.0] * 4,
        weight_kg=[45.0, 90.0, 45.0, 90.0],  # OSTA -5 and 4
        **{f"p_{label}": list(p[:, k]) for k, label in enumerate(CLASS_LABELS)},
    ).table
    assert table["agreement"].tolist() == [BOTH, PICTURE_ONLY, OSTA_ONLY, NEITHER]


def test_disagreement_is_the_distance_of_two_rankings() -> None:
    shares = np.array([0.1, 0.2, 0.3])
    same = {"sex": ["F"] * 3, "age_years": [70.0] * 3, "p_osteopenia": [0.1] * 3}
    p = {"p_osteoporosis": list(shares), "p_normal": list(0.9 - shares)}
    agree = with_rows(**same, **p, weight_kg=[90.0, 65.0, 40.0]).table  # lighter is riskier
    assert agree["disagreement"].tolist() == [0.0, 0.0, 0.0]
    apart = with_rows(**same, **p, weight_kg=[40.0, 65.0, 90.0]).table
    assert apart["disagreement"].tolist() == [1.0, 0.0, 1.0]


@pytest.mark.parametrize("by", MEASURES)
def test_rows_come_in_order_and_those_without_a_value_last(cohort: Explored, by: str) -> None:
    values = cohort.rows(Filters(), by)[by]
    assert len(values) == 40
    there = values.dropna()
    assert there.is_monotonic_decreasing
    assert values.iloc[len(there) :].isna().all()


def test_every_filter_keeps_what_passes_and_nothing_else(cohort: Explored) -> None:
    filters = Filters(classes=("osteopenia",), sexes=("F",), ages=(50.0, 70.0), least_error=0.01)
    rows = cohort.rows(filters, "error")
    table = cohort.table
    years = np.floor(table["age_years"])
    keep = (
        (table["bone_mass_class"] == "osteopenia")
        & (table["sex"] == "F")
        & years.between(50, 70)
        & (table["error"] >= 0.01)
    )
    assert sorted(rows.index) == sorted(table.index[keep])
    assert len(rows) > 0
    assert cohort.rows(Filters(agreements=("nobody",)), "error").empty
    assert set(cohort.rows(Filters(predicted=("normal",)), "error")["predicted_class"]) <= {
        "normal"
    }


def test_a_row_gives_its_own_figures(cohort: Explored) -> None:
    for row in (0, 17):
        np.testing.assert_array_equal(cohort.figures(row).values, figures(row).values)


def test_one_woman_alone_has_no_ranking() -> None:
    table = with_rows(sex=["F", "M"], age_years=[70.0, 70.0]).table
    assert pd.isna(table["disagreement"].iloc[0])
