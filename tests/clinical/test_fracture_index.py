"""The FRACTURE Index: the printed rule, its T-score points, and what it asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.clinical.fracture_index import fracture_index, fracture_index_bmd, t_score_points
from face2bone.history import ParentHipFracture, SiteScores
from face2bone.patient import RedFlag, RiskFactor
from tests.clinical.people import fractures, man, woman

NONE_BROKEN = {"fractures": (), "parent_hip_fracture": ParentHipFracture.NEITHER}
HEALTHY = {**NONE_BROKEN, "rises_with_arms": False}


def test_the_printed_patient() -> None:
    """82 years, a fracture, mother's hips whole, 50 kg, no smoker, rises with arms, no DXA."""
    answers = {**HEALTHY, "fractures": fractures(("wrist", 70)), "rises_with_arms": True}
    result = fracture_index(woman(82, 50, **answers))
    assert (result.value, result.refers) == (8, True)


@pytest.mark.parametrize(
    ("age", "points"),
    [(64, 0), (65, 1), (69.9, 1), (70, 2), (75, 3), (80, 4), (84, 4), (85, 5), (99, 5)],
)
def test_age(age: float, points: int) -> None:
    assert fracture_index(woman(age, 70, **HEALTHY)).value == points


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        ({"fractures": fractures(("rib", 50))}, 1),
        ({"fractures": fractures(("rib", 49))}, 0),
        ({"parent_hip_fracture": ParentHipFracture.MOTHER}, 1),
        ({"parent_hip_fracture": ParentHipFracture.BOTH}, 1),
        ({"parent_hip_fracture": ParentHipFracture.FATHER}, 0),  # the rule asks for the mother
        ({"rises_with_arms": True}, 2),
    ],
)
def test_answers(changes: dict[str, object], points: int) -> None:
    assert fracture_index(woman(60, 70, **{**HEALTHY, **changes})).value == points


@pytest.mark.parametrize(("weight", "points"), [(56.8, 1), (56.9, 0)])
def test_weight(weight: float, points: int) -> None:
    assert fracture_index(woman(60, weight, **HEALTHY)).value == points


def test_smoking_now() -> None:
    assert fracture_index(woman(60, 70, RiskFactor.SMOKER, **HEALTHY)).value == 1


@pytest.mark.parametrize(
    ("t_score", "points"),
    [(0.5, 0), (-1.0, 0), (-1.01, 2), (-2.0, 2), (-2.01, 3), (-2.5, 3), (-2.51, 4), (-4, 4)],
)
def test_t_score_points(t_score: float, points: int) -> None:
    assert t_score_points(t_score) == points


@pytest.mark.parametrize(
    ("age", "t_score", "value", "band", "refers"),
    [
        (60, -0.5, 0, "", False),
        (65, -0.5, 1, "hip fracture within 5 years: 0.4 %", False),
        (65, -1.5, 3, "hip fracture within 5 years: 0.9 %", False),
        (65, -3.0, 5, "hip fracture within 5 years: 1.9 %", False),
        (70, -3.0, 6, "hip fracture within 5 years: 3.9 %", True),
        (80, -3.0, 8, "hip fracture within 5 years: 8.7 %", True),
    ],
)
def test_with_dxa(age: float, t_score: float, value: int, band: str, refers: bool) -> None:
    hip = SiteScores(total_hip=t_score)
    result = fracture_index_bmd(woman(age, 70, t_scores=hip, **HEALTHY))
    assert (result.value, result.band, result.refers) == (value, band, refers)


def test_everything_at_its_worst_is_15() -> None:
    answers = {
        "fractures": fractures(("hip", 70)),
        "parent_hip_fracture": ParentHipFracture.MOTHER,
        "rises_with_arms": True,
        "t_scores": SiteScores(total_hip=-3.0),
    }
    worst = woman(90, 45, RiskFactor.SMOKER, **answers)
    assert fracture_index(worst).value == 11
    assert fracture_index_bmd(worst).value == 15


def test_it_asks_for_what_a_tick_leaves_open() -> None:
    ticks = (RiskFactor.FRAGILITY_FRACTURE, RiskFactor.PARENT_HIP_FRACTURE)
    result = fracture_index(woman(60, 70, *ticks))
    assert result.missing == (
        "site and age of each fracture",
        "which parent broke a hip",
        "whether the arms are needed to rise from a chair",
    )
    with_dxa = fracture_index_bmd(woman(60, 70, **HEALTHY))
    assert with_dxa.words == "needs: T-score of the total hip"


def test_a_recent_hip_fracture_after_50_needs_no_list() -> None:
    flag = RedFlag.HIP_FRACTURE_RECENT
    assert fracture_index(woman(60, 70, flag, rises_with_arms=False)).value == 1
    assert fracture_index(woman(51, 70, flag, rises_with_arms=False)).missing


@given(st.floats(50, 100), st.floats(40, 120), st.floats(-8, 8))
def test_a_worse_answer_never_lowers_it(age: float, weight: float, t_score: float) -> None:
    hip = {"t_scores": SiteScores(total_hip=t_score)}
    best = woman(age, weight, **{**HEALTHY, **hip})
    worse = woman(age, weight, RiskFactor.SMOKER, **{**HEALTHY, **hip, "rises_with_arms": True})
    assert fracture_index_bmd(worse).value == fracture_index_bmd(best).value + 3
    assert fracture_index_bmd(best).value >= fracture_index(best).value


def test_men_are_not_scored() -> None:
    assert fracture_index(man(70, 70, **HEALTHY)).words == "not applicable: for women only"
