"""The typed rules guideline by guideline: who is sent where, and what stands in for what."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.choices import GuidelineId
from face2bone.clinical.frax import FraxResult
from face2bone.clinical.guideline import GUIDELINES, load_guideline
from face2bone.clinical.instruments import published_scores
from face2bone.clinical.pathway import Urgency
from face2bone.clinical.reasons import Reason, highest
from face2bone.clinical.rules_without_image import risk_factors, typed_reasons
from face2bone.history import Ethnicity, History, Oestrogen, SiteScores
from face2bone.patient import Menopause, Patient, RiskFactor, Sex
from tests.clinical.people import anyone

HEAVY = 95.0  # kg: no weight rule speaks, so that the guideline's own rules stand alone


def reasons(
    patient: Patient, guideline: GuidelineId, frax: FraxResult | None = None
) -> list[Reason]:
    return typed_reasons(patient, published_scores(patient), frax, load_guideline(guideline))


def urgency(patient: Patient, guideline: GuidelineId, frax: FraxResult | None = None) -> Urgency:
    return highest(reasons(patient, guideline, frax))


def person(sex: Sex, age: float, *factors: RiskFactor) -> Patient:
    return Patient(age, sex, 170, HEAVY, risk_factors=frozenset(factors))


def postmenopausal(age: float) -> Patient:
    return Patient(age, Sex.FEMALE, 170, HEAVY, Menopause.POST)


def measured(spine: float | None, neck: float | None, hip: float | None) -> Patient:
    history = History(t_scores=SiteScores(spine, neck, hip))
    return replace(person(Sex.FEMALE, 60), history=history)


ROUTINE, IF_FACTOR, DXA, SPECIALIST, _ = Urgency


@pytest.mark.parametrize(
    ("guideline", "woman_65", "man_70", "man_75"),
    [
        ("iscd", DXA, DXA, DXA),
        ("us", DXA, DXA, DXA),
        ("china", DXA, DXA, DXA),
        ("uspstf", DXA, ROUTINE, ROUTINE),
        ("nice", IF_FACTOR, ROUTINE, IF_FACTOR),
        ("nogg", IF_FACTOR, ROUTINE, IF_FACTOR),
        ("european", IF_FACTOR, DXA, DXA),
    ],
)
def test_age_alone(
    guideline: GuidelineId, woman_65: Urgency, man_70: Urgency, man_75: Urgency
) -> None:
    assert urgency(person(Sex.FEMALE, 64.9), guideline) is ROUTINE
    assert urgency(person(Sex.FEMALE, 65), guideline) is woman_65
    assert urgency(person(Sex.MALE, 70), guideline) is man_70
    assert urgency(person(Sex.MALE, 75), guideline) is man_75


@pytest.mark.parametrize("guideline", GUIDELINES)
def test_a_parents_hip_fracture_sends_a_woman_of_55_to_dxa(guideline: GuidelineId) -> None:
    assert urgency(person(Sex.FEMALE, 55, RiskFactor.PARENT_HIP_FRACTURE), guideline) is DXA


def test_uspstf_gives_men_no_grade_but_leaves_causes_of_bone_loss_to_the_iscd() -> None:
    assert urgency(person(Sex.MALE, 60, RiskFactor.SMOKER), "uspstf") is ROUTINE
    found = reasons(person(Sex.MALE, 60, RiskFactor.GLUCOCORTICOIDS), "uspstf")
    assert {r.rule for r in found} == {"outside_screening", "men"}
    assert highest(found) is DXA


def test_nogg_reviews_fragility_fractures_and_older_women_on_glucocorticoids() -> None:
    assert urgency(person(Sex.MALE, 55, RiskFactor.FRAGILITY_FRACTURE), "nogg") is SPECIALIST
    assert urgency(person(Sex.FEMALE, 70, RiskFactor.GLUCOCORTICOIDS), "nogg") is SPECIALIST
    assert urgency(person(Sex.FEMALE, 69, RiskFactor.GLUCOCORTICOIDS), "nogg") is DXA


def test_a_frax_result_replaces_assess_first_and_nothing_else() -> None:
    low = FraxResult(1.0, 0.1, with_bmd=False)
    smoker = person(Sex.FEMALE, 66, RiskFactor.SMOKER)
    assert urgency(smoker, "nogg") is DXA
    assert urgency(smoker, "nogg", low) is ROUTINE
    broken = person(Sex.FEMALE, 66, RiskFactor.SMOKER, RiskFactor.FRAGILITY_FRACTURE)
    assert urgency(broken, "nogg", low) is SPECIALIST
    assert urgency(smoker, "iscd", low) is DXA


@pytest.mark.parametrize(
    ("patient", "guideline", "words"),
    [
        (person(Sex.FEMALE, 60), "iscd", "ISCD 2023 names no threshold"),
        (person(Sex.FEMALE, 39), "nogg", "FRAX is for ages 40 to 90"),
        (person(Sex.FEMALE, 91), "nogg", "FRAX is for ages 40 to 90"),
        (person(Sex.MALE, 49), "nogg", "for men of 50 and over"),
        (person(Sex.MALE, 60), "european", "for postmenopausal women"),
        (postmenopausal(47), "nogg", "NOGG 2024 names no threshold before the age of 50"),
        (postmenopausal(47), "uspstf", "USPSTF 2025 names no threshold before the age of 50"),
        (person(Sex.FEMALE, 60), "uspstf", "names no threshold for a result with BMD"),
    ],
)
def test_a_result_that_cannot_be_placed_is_shown_with_the_reason(
    patient: Patient, guideline: GuidelineId, words: str
) -> None:
    found = reasons(patient, guideline, FraxResult(30.0, 10.0, with_bmd=True))
    reason = next(r for r in found if r.rule == "frax_not_placed")
    assert words in reason.text
    assert reason.urgency is ROUTINE


def test_ninety_years_and_a_half_is_still_ninety() -> None:
    found = reasons(person(Sex.FEMALE, 90.5), "nogg", FraxResult(30.0, 10.0, with_bmd=False))
    assert any(r.rule == "frax_very_high" for r in found)


@pytest.mark.parametrize("guideline", GUIDELINES)
def test_young_people_are_read_by_z_score_under_every_guideline(guideline: GuidelineId) -> None:
    young = Patient(45, Sex.FEMALE, 170, HEAVY, Menopause.PRE)
    assert urgency(young, guideline) is IF_FACTOR
    smoker = replace(young, risk_factors=frozenset({RiskFactor.SMOKER}))
    assert urgency(smoker, guideline) is DXA
    broken = replace(young, risk_factors=frozenset({RiskFactor.FRAGILITY_FRACTURE}))
    assert urgency(broken, guideline) is SPECIALIST


def test_scores_stay_silent_where_t_scores_do_not_apply() -> None:
    light = Patient(48, Sex.FEMALE, 160, 45, Menopause.PRE)
    assert not [r for r in reasons(light, "iscd") if r.order == 6]
    assert [r.rule for r in reasons(replace(light, menopause=Menopause.POST), "iscd")][-1] in (
        "ost_women",
        "orai",
    )


def test_china_reads_osta_once_the_ethnic_group_is_known() -> None:
    woman = Patient(60, Sex.FEMALE, 160, 55, Menopause.POST)
    told = replace(woman, history=History(ethnicity=Ethnicity.CHINESE))
    assert [r.rule for r in reasons(woman, "china")] == ["ost_women"]
    assert [r.rule for r in reasons(told, "china")] == ["osta"]
    assert [r.rule for r in reasons(replace(told, weight_kg=60.0), "china")] == [
        "scores_not_counted"  # body weight by itself
    ]


@pytest.mark.parametrize(
    ("patient", "guideline", "why"),
    [
        (Patient(56, Sex.FEMALE, 160, 69, Menopause.POST), "iscd", "Only OST and ORAI count"),
        (Patient(56, Sex.FEMALE, 160, 69, Menopause.POST), "china", "Only OSTA counts, or OST"),
        (
            Patient(
                46, Sex.FEMALE, 160, 50, Menopause.PRE, history=History(oestrogen=Oestrogen.NEVER)
            ),
            "iscd",
            "No score counts where classes by T-score are not defined",
        ),
    ],
)
def test_routine_never_stands_beside_a_score_past_its_cut_off_without_a_word(
    patient: Patient, guideline: GuidelineId, why: str
) -> None:
    past = [s.title for s in published_scores(patient) if s.refers]
    found = reasons(patient, guideline)
    assert highest(found) < DXA
    (reason,) = (r for r in found if r.rule == "scores_not_counted")
    assert all(title in reason.text for title in past)
    assert why in reason.text
    assert reason.urgency is ROUTINE


@given(anyone(), st.sampled_from(GUIDELINES))
def test_every_score_past_its_cut_off_asks_for_dxa_or_is_explained(
    patient: Patient, guideline: GuidelineId
) -> None:
    past = [s for s in published_scores(patient) if s.refers]
    found = reasons(patient, guideline)
    explained = any(r.rule == "scores_not_counted" for r in found)
    assert explained == (bool(past) and highest(found) < DXA)


def test_where_dxa_is_asked_for_nothing_needs_explaining() -> None:
    light = Patient(70, Sex.FEMALE, 160, 50, Menopause.POST)
    assert "scores_not_counted" not in {r.rule for r in reasons(light, "iscd")}


def test_a_measured_t_score_asks_for_review_only_at_or_below_the_cut() -> None:
    assert urgency(measured(None, None, -2.5), "iscd") is SPECIALIST
    assert urgency(measured(None, None, -2.4), "iscd") is ROUTINE


@pytest.mark.parametrize("guideline", ["us", "china"])
@pytest.mark.parametrize(
    ("t_scores", "asked"),
    [
        ((-0.9, -0.5, 0.3), ROUTINE),
        ((None, -0.8, None), ROUTINE),
        ((-1.0, -0.5, 0.3), SPECIALIST),  # -1.0 itself is not above
        ((-0.9, -0.5, -1.4), SPECIALIST),
        ((-2.6, -0.5, 0.3), SPECIALIST),
        ((0.2, None, 0.3), SPECIALIST),  # the site that FRAX reads is not told
        ((None, None, None), SPECIALIST),
    ],
)
def test_the_thresholds_of_low_bone_mass_are_not_for_normal_t_scores(
    guideline: GuidelineId, t_scores: tuple[float | None, ...], asked: Urgency
) -> None:
    patient = measured(*t_scores)
    for frax in (FraxResult(20.0, 2.0, with_bmd=True), FraxResult(15.0, 3.0, with_bmd=True)):
        assert urgency(patient, guideline, frax) is asked
        words = " ".join(r.text for r in reasons(patient, guideline, frax))
        assert ("between -1.0 and -2.5, and every T-score entered" in words) == (asked is ROUTINE)


def test_normal_t_scores_change_no_other_guidelines_thresholds() -> None:
    found = reasons(measured(0.1, 0.2, 0.3), "nogg", FraxResult(30.0, 10.0, with_bmd=True))
    assert highest(found) is SPECIALIST


@pytest.mark.parametrize("guideline", ["us", "china"])
def test_thresholds_that_hold_at_every_age_hold_before_50_too(guideline: GuidelineId) -> None:
    high = FraxResult(22.0, 2.0, with_bmd=False)
    assert urgency(postmenopausal(47), guideline) is ROUTINE
    assert urgency(postmenopausal(47), guideline, high) is DXA


def test_the_european_rule_for_men_under_70_is_not_cited_for_older_ones() -> None:
    def rules(age: float) -> set[str]:
        return {r.rule for r in reasons(person(Sex.MALE, age, RiskFactor.SMOKER), "european")}

    assert rules(69) == {"men_risk_factor"}
    assert rules(70) == {"men_70"}


@pytest.mark.parametrize(("height", "thin"), [(172.0, True), (171.0, False)])
def test_low_weight_follows_from_the_body_mass_index(height: float, thin: bool) -> None:
    """54.5 kg is 18.42 kg/m2 at 172 cm and 18.64 at 171 cm."""
    found = risk_factors(Patient(55, Sex.FEMALE, height, 54.5))
    assert (RiskFactor.LOW_WEIGHT in found) is thin
