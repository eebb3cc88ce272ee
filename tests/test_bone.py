"""T-scores and classes: the WHO cuts, the study's boundary, and order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.bone import CLASS_LABELS, BoneClass, Boundary, bone_class, t_score_text

T_SCORES = st.floats(-8.0, 6.0)


@pytest.mark.parametrize(
    ("t_score", "who", "study"),
    [
        # WHO TRS 843: osteoporosis at -2.5 or less, osteopenia between, normal from -1.0.
        (-4.0, BoneClass.OSTEOPOROSIS, BoneClass.OSTEOPOROSIS),
        (-2.5, BoneClass.OSTEOPOROSIS, BoneClass.OSTEOPOROSIS),
        (-2.4999, BoneClass.OSTEOPENIA, BoneClass.OSTEOPENIA),
        (-1.0001, BoneClass.OSTEOPENIA, BoneClass.OSTEOPENIA),
        (-1.0, BoneClass.NORMAL, BoneClass.OSTEOPENIA),
        (-0.9999, BoneClass.NORMAL, BoneClass.NORMAL),
        (1.3, BoneClass.NORMAL, BoneClass.NORMAL),
    ],
)
def test_cuts(t_score: float, who: BoneClass, study: BoneClass) -> None:
    assert bone_class(t_score) is who
    assert bone_class(t_score, Boundary.WHO) is who
    assert bone_class(t_score, Boundary.STUDY) is study


@given(T_SCORES, T_SCORES, st.sampled_from(Boundary))
def test_a_lower_t_score_is_never_a_healthier_class(a: float, b: float, rule: Boundary) -> None:
    low, high = sorted((a, b))
    assert bone_class(low, rule) >= bone_class(high, rule)


@given(T_SCORES.filter(lambda t: t != -1.0))
def test_the_two_rules_differ_at_one_point_only(t_score: float) -> None:
    assert bone_class(t_score, Boundary.WHO) is bone_class(t_score, Boundary.STUDY)


def test_value_indexes_the_labels() -> None:
    assert tuple(CLASS_LABELS[index] for index in BoneClass) == tuple(c.label for c in BoneClass)
    assert [int(c) for c in BoneClass] == [0, 1, 2]


@pytest.mark.parametrize(
    ("t_score", "read"),
    [
        (-2.46, "-2.46"),
        (-2.4996, "-2.4996"),
        (-2.5, "-2.5"),
        (-2.54, "-2.5"),
        (-1.04, "-1.04"),
        (-1.0, "-1.0"),
        (-0.96, "-0.96"),
        (0.31, "+0.3"),
    ],
)
def test_a_t_score_is_read_on_its_own_side_of_each_limit(t_score: float, read: str) -> None:
    assert t_score_text(t_score) == read


@given(T_SCORES)
def test_what_is_read_has_the_class_that_is_meant(t_score: float) -> None:
    for rule in Boundary:
        assert bone_class(float(t_score_text(t_score)), rule) is bone_class(t_score, rule)
