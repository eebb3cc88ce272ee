import numpy as np
import pandas as pd

from face2bone.bone import CLASS_LABELS
from face2bone.evaluation import PredictionTable
from face2bone.evaluation.groups import caution, subgroups


def table_of(**columns: list[object]) -> PredictionTable:
    n = len(next(iter(columns.values())))
    return PredictionTable.of(np.full((n, 3), 1 / 3), np.zeros(n, int), pd.DataFrame(columns))


def names(table: PredictionTable) -> dict[tuple[str, str], list[bool]]:
    return {(dimension, name): chosen.tolist() for dimension, name, chosen in subgroups(table)}


def test_bands_hold_their_lower_limit_and_not_their_upper() -> None:
    found = names(table_of(age_years=[49.9, 50.0, 80.0, 79.9]))
    assert found == {
        ("age", "below 50 years"): [True, False, False, False],
        ("age", "50 to 60 years"): [False, True, False, False],
        ("age", "70 to 80 years"): [False, False, False, True],
        ("age", "80 years or more"): [False, False, True, False],
    }


def test_body_mass_index_comes_from_height_and_weight() -> None:
    found = names(table_of(height_cm=[160.0, 160.0], weight_kg=[47.0, 80.0]))
    assert found[("body mass index", "below 18.5 kg/m²")] == [True, False]
    assert found[("body mass index", "30 kg/m² or more")] == [False, True]


def test_sites_are_named_and_empty_cells_too() -> None:
    found = names(table_of(site=["a", "", "b"], sex=["F", "M", "F"]))
    assert set(found) == {
        ("sex", "men"),
        ("sex", "women"),
        ("site", "a"),
        ("site", "b"),
        ("site", "not stated"),
    }


def test_groups_of_a_dimension_share_out_everyone(table: PredictionTable) -> None:
    by_dimension: dict[str, np.ndarray] = {}
    for dimension, _, chosen in subgroups(table):
        by_dimension[dimension] = by_dimension.get(dimension, 0) + chosen.astype(int)
    assert set(by_dimension) == {"sex", "age", "body mass index", "site"}  # one device: no groups
    assert all((times == 1).all() for times in by_dimension.values())


def test_a_dimension_with_one_group_or_no_column_is_left_out() -> None:
    assert names(table_of(sex=["F", "F"])) == {}
    assert names(table_of(patient_id=["a", "b"])) == {}


def counted(*patients: int) -> dict[str, int]:
    return dict(zip(CLASS_LABELS, patients, strict=True))


def test_the_caution_names_what_is_too_few() -> None:
    assert caution(100, counted(40, 20, 40)) == ""
    assert "99 patients" in caution(99, counted(40, 20, 40))
    assert "19 photos with osteoporosis" in caution(500, counted(400, 81, 19))
