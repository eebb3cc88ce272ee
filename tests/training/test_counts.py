"""A cohort too small for a later stage is refused at once, with every count that is short."""

import re

import pandas as pd
import pytest

from face2bone.bone import CLASS_LABELS
from face2bone.errors import TrainingError
from face2bone.training.counts import FOR_A_BUNDLE, FOR_A_COMPARISON, check_counts
from face2bone.training.recipe import read_recipe

FULL = read_recipe("full")


def table(*counts: int) -> pd.DataFrame:
    """So many patients of each class, a photo each."""
    classes = [name for name, count in zip(CLASS_LABELS, counts, strict=True) for _ in range(count)]
    patients = [f"p{i}" for i in range(len(classes))]
    return pd.DataFrame({"patient_id": patients, "bone_mass_class": classes})


def test_enough_is_enough() -> None:
    """.15 of 140, 140 and 60 patients: 21, 21 and 9 on the calibration side, 51 in all."""
    check_counts(table(140, 140, 60), FULL, 0, FOR_A_BUNDLE)


def test_a_class_too_rare_for_calibration_is_named_with_how_many_are_needed() -> None:
    with pytest.raises(TrainingError) as refused:
        check_counts(table(150, 150, 53), FULL, 0, FOR_A_BUNDLE)
    said = str(refused.value)
    assert "calibration side gets 8 photos with osteoporosis and needs 9 (about 60" in said
    assert "normal" not in said


def test_too_few_in_all_are_named() -> None:
    with pytest.raises(TrainingError, match="calibration side gets 36 photos and needs 50"):
        check_counts(table(100, 80, 60), FULL, 0, FOR_A_BUNDLE)


def test_a_class_nobody_has_is_named_for_each_side() -> None:
    with pytest.raises(TrainingError) as refused:
        check_counts(table(300, 0, 100), FULL, 0, FOR_A_BUNDLE)
    sides = re.findall(r"the (\w+) side gets 0 photos with osteopenia", str(refused.value))
    assert sides == ["train", "calibration", "test"]


def test_a_comparison_asks_for_less() -> None:
    few = table(20, 20, 12)
    check_counts(few, read_recipe("compact"), 0, FOR_A_COMPARISON)
    with pytest.raises(TrainingError, match="the train side gets 0 photos with normal"):
        check_counts(table(0, 20, 20), read_recipe("compact"), 0, FOR_A_COMPARISON)


def test_views_of_one_visit_count_once_where_visits_are_counted() -> None:
    """Two views each: enough photos of every class, and half as many visits."""
    single = table(60, 60, 53).assign(acquired_on="2024-05-02")
    doubled = pd.concat([single, single])
    with pytest.raises(TrainingError) as refused:
        check_counts(doubled, FULL, 0, FOR_A_BUNDLE)
    said = str(refused.value)
    assert "calibration side gets 8 visits with osteoporosis and needs 9" in said
    assert "photos and needs" not in said
