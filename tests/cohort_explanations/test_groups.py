import numpy as np
import pandas as pd
import pytest

from face2bone.bone import CLASS_LABELS
from face2bone.cohort_explanations.groups import FEW, FEWEST, GroupMeans, as_table, group_means
from face2bone.modalities.face.parts import FACE_PARTS
from tests.cohort_explanations.made import CONCEPTS, LAYOUT, table_of


def of(groups: tuple[GroupMeans, ...], dimension: str, name: str) -> GroupMeans:
    (found,) = [g for g in groups if (g.dimension, g.name) == (dimension, name)]
    return found


def test_every_dimension_has_its_groups_and_they_partition_the_photos() -> None:
    groups = group_means(table_of(40), LAYOUT, 20)
    assert groups[0].name == "everyone"
    assert {g.dimension for g in groups[1:]} == {"true class", "predicted class", "sex", "age"}
    for dimension in ("true class", "predicted class", "sex", "age"):
        assert sum(g.photos for g in groups if g.dimension == dimension) == 40, dimension


def test_a_mean_is_the_mean_of_the_group_and_lies_in_its_interval() -> None:
    table = table_of(60)
    women = of(group_means(table, LAYOUT, 200), "sex", "women")
    column = table.loc[table["sex"] == "F", f"region_osteopenia_{FACE_PARTS[3].id}"]
    estimate = women.regions["osteopenia"][3]
    assert estimate.value == pytest.approx(column.mean(), abs=1e-6)
    assert women.magnitudes["osteopenia"][3].value == pytest.approx(column.abs().mean(), abs=1e-6)
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < estimate.value < estimate.high
    spread = column.std() / np.sqrt(len(column)) * 1.96
    assert estimate.high - estimate.low == pytest.approx(2 * spread, rel=0.3)


def test_photos_of_one_patient_do_not_count_as_several_people() -> None:
    table = table_of(20)
    twice = pd.concat([table, table], ignore_index=True)
    once, doubled = (group_means(t, LAYOUT, 300)[0] for t in (table, twice))
    assert (doubled.photos, doubled.patients) == (40, 20)
    for one, two in zip(once.regions["normal"], doubled.regions["normal"], strict=True):
        assert two == one  # the same patients drawn, the same interval


def test_small_groups_are_cautioned_and_tiny_ones_have_no_interval() -> None:
    few = group_means(table_of(FEWEST - 1), LAYOUT, 20)[0]
    assert few.presence[0].low is None
    assert "no interval" in few.caution
    some = group_means(table_of(FEW - 1), LAYOUT, 20)[0]
    assert some.presence[0].low is not None
    assert f"Only {FEW - 1} patients" in some.caution
    assert group_means(table_of(FEW), LAYOUT, 20)[0].caution == ""


def test_a_class_that_nobody_has_makes_no_group() -> None:
    table = table_of(12)
    table["bone_mass_class"] = CLASS_LABELS[1]
    names = [g.name for g in group_means(table, LAYOUT, 20) if g.dimension == "true class"]
    assert names == [CLASS_LABELS[1]]


def test_the_table_names_every_figure_once() -> None:
    groups = group_means(table_of(12), LAYOUT, 20)
    table = as_table(groups, LAYOUT)
    assert len(table) == len(groups) * (4 * 10 * 2 + CONCEPTS)
    assert not table.duplicated(["dimension", "group", "figure", "item"]).any()
    row = table[(table.figure == "region value, severity") & (table.item == "forehead")].iloc[0]
    assert row["value"] == groups[0].regions["severity"][0].value
