"""What would change a suggestion: known thresholds are found, and every change named is true."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.choices import GuidelineId
from face2bone.clinical.frax import FraxResult
from face2bone.clinical.guideline import GUIDELINES, load_guideline
from face2bone.clinical.instruments import published_scores
from face2bone.clinical.pathway import Urgency
from face2bone.clinical.what_if import Change, Situation, what_would_change
from face2bone.history import History, Smoking
from face2bone.patient import Menopause, Patient, RedFlag, RiskFactor, Sex

WOMAN = Patient(62, Sex.FEMALE, 160, 75)


def situation(
    patient: Patient,
    guideline: GuidelineId = "iscd",
    frax: FraxResult | None = None,
    by_face: Urgency = Urgency.ROUTINE,
    picture_may_add: bool = False,
) -> Situation:
    scores = published_scores(patient)
    return Situation(
        patient, scores, frax, load_guideline(guideline), by_face, "photo", picture_may_add
    )


def changes(now: Situation, kind: str) -> dict[Urgency, tuple[str, ...]]:
    return {c.urgency: c.any_of for c in what_would_change(now) if c.kind == kind}


def test_the_age_at_which_a_rule_begins_is_found() -> None:
    assert changes(situation(WOMAN), "age") == {Urgency.DXA: ("from the age of 65",)}
    far = replace(WOMAN, age_years=53.0, weight_kg=90.0)
    assert changes(situation(far), "age") == {}


def test_the_weight_at_which_ost_turns_is_found() -> None:
    """OST of a woman of 62 is 1 from 67 to 71 kg: (71 - 62) / 5 = 1.8, truncated."""
    assert changes(situation(WOMAN), "weight") == {Urgency.DXA: ("a weight of 71 kg or less",)}
    heavy = replace(WOMAN, weight_kg=95.0)
    assert changes(situation(heavy), "weight") == {}


def test_red_flags_and_risk_factors_not_ticked_are_grouped_by_urgency() -> None:
    flags = changes(situation(WOMAN), "red flag")
    assert set(flags) == {Urgency.URGENT, Urgency.SPECIALIST}
    assert flags[Urgency.SPECIALIST] == ("hip fracture more than 2 years ago",)
    factors = changes(situation(WOMAN), "risk factor")
    assert len(factors[Urgency.DXA]) == len(RiskFactor)


def test_a_box_that_a_finer_answer_denies_is_not_offered() -> None:
    told = replace(WOMAN, history=History(smoking=Smoking.NEVER))
    assert "current smoking" not in changes(situation(told), "risk factor")[Urgency.DXA]


def test_each_category_of_frax_is_offered_at_its_lowest_result() -> None:
    offered = changes(situation(WOMAN, "nogg"), "FRAX")
    assert offered == {
        Urgency.DXA: ("6 % or more (major) or 0.8 % or more (hip)",),
        Urgency.SPECIALIST: ("14.6 % or more (major) or 2.8 % or more (hip)",),
    }


def test_a_low_frax_result_lowers_where_frax_comes_first() -> None:
    smoker = replace(WOMAN, risk_factors=frozenset({RiskFactor.SMOKER}))
    found = [c for c in what_would_change(situation(smoker, "nogg")) if not c.raises]
    assert found == [
        Change("FRAX", ("under 6 % (major) and under 0.8 % (hip)",), Urgency.ROUTINE, False)
    ]


def test_frax_is_not_offered_when_entered_or_without_thresholds() -> None:
    entered = situation(WOMAN, "nogg", FraxResult(1, 0.1, with_bmd=False))
    assert changes(entered, "FRAX") == {}
    assert changes(situation(WOMAN, "iscd"), "FRAX") == {}


def test_only_open_questions_are_offered() -> None:
    younger = Patient(48, Sex.FEMALE, 160, 52)
    offered = changes(situation(younger), "answer")
    assert offered == {Urgency.DXA: ("that she is after menopause",)}
    told = replace(younger, menopause=Menopause.PRE)
    assert changes(situation(told), "answer") == {}
    assert changes(situation(Patient(48, Sex.MALE, 160, 52)), "answer") == {}


def test_the_answer_orai_waits_for_is_offered() -> None:
    """At 57 and 69 kg ORAI is 5 + 3 = 8; without oestrogen it is 10 and past its cut-off."""
    patient = Patient(57, Sex.FEMALE, 160, 69, Menopause.POST)
    offered = changes(situation(patient), "answer")
    assert offered[Urgency.DXA] == (
        "oestrogen after menopause never taken",
        "oestrogen after menopause taken in the past",
    )


def test_a_photo_is_offered_where_one_could_count() -> None:
    assert Urgency.DXA in changes(situation(WOMAN, picture_may_add=True), "picture")
    assert changes(situation(WOMAN), "picture") == {}
    older = replace(WOMAN, age_years=70.0)
    assert changes(situation(older, picture_may_add=True), "picture") == {}


def test_what_the_face_asks_for_is_not_offered_again() -> None:
    faced = situation(WOMAN, by_face=Urgency.DXA)
    assert changes(faced, "weight") == {}
    assert Urgency.URGENT in changes(faced, "red flag")


def test_nothing_raises_the_highest() -> None:
    worst = replace(WOMAN, red_flags=frozenset({RedFlag.HEIGHT_LOSS}))
    assert what_would_change(situation(worst)) == ()


@settings(max_examples=60)
@given(
    st.integers(25, 95),
    st.integers(40, 110),
    st.sampled_from(Sex),
    st.sampled_from(Menopause),
    st.frozensets(st.sampled_from(RiskFactor), max_size=2),
    st.sampled_from(GUIDELINES),
)
def test_every_change_named_differs_and_points_the_right_way(
    age: int,
    weight: int,
    sex: Sex,
    menopause: Menopause,
    factors: frozenset[RiskFactor],
    guideline: GuidelineId,
) -> None:
    patient = Patient(age, sex, 165, weight, menopause, risk_factors=factors)
    now = situation(patient, guideline)
    for change in what_would_change(now):
        assert change.raises == (change.urgency > now.urgency())
        assert change.urgency is not now.urgency()
        assert change.any_of


@pytest.mark.parametrize("guideline", GUIDELINES)
def test_the_most_urgent_change_comes_first(guideline: GuidelineId) -> None:
    found = what_would_change(situation(WOMAN, guideline))
    assert [c.urgency for c in found] == sorted((c.urgency for c in found), reverse=True)
