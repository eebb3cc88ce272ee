"""The referral suggestion: published vectors of the rule order, and its invariants."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.bone import BoneClass
from face2bone.choices import GuidelineId
from face2bone.clinical.frax import FraxResult
from face2bone.clinical.guideline import GUIDELINES, load_guideline
from face2bone.clinical.instruments import published_scores
from face2bone.clinical.pathway import Urgency
from face2bone.clinical.referral import Referral
from face2bone.clinical.referral import suggest as suggest_from
from face2bone.history import Ethnicity, History, Oestrogen, SiteScores
from face2bone.patient import Menopause, Patient, RedFlag, RiskFactor, Sex
from face2bone.runtime import OodVerdict, Prediction

RESEARCH = "research"


def face(*probabilities: float, outside: bool = False, abstains: bool = False) -> Prediction:
    """A prediction with these probabilities (normal, osteopenia, osteoporosis)."""
    p = np.array(probabilities)
    chosen = tuple(BoneClass) if abstains else (BoneClass(int(p.argmax())),)
    return Prediction(
        probabilities=p,
        prediction_set=chosen,
        out_of_domain=OodVerdict(
            distance=9.0 if outside else 1.0, threshold=5.0, is_outside=outside
        ),
        logits=np.log(p),
        engine="torch cpu f32",
    )


NORMAL = face(0.8, 0.15, 0.05)
OSTEOPENIA = face(0.2, 0.7, 0.1)
OSTEOPOROSIS = face(0.1, 0.35, 0.55)


def suggest(
    patient: Patient,
    prediction: Prediction | None,
    status: str,
    guideline: GuidelineId = "iscd",
    frax: FraxResult | None = None,
) -> Referral:
    scores = published_scores(patient)
    return suggest_from(
        patient, scores, frax, prediction, load_guideline(guideline), status, "photo"
    )


def rules(referral: Referral) -> list[str]:
    return [reason.rule for reason in referral.reasons]


def test_woman_of_66_with_normal_face_gets_dxa_by_age() -> None:
    result = suggest(Patient(66, Sex.FEMALE, 160, 80), NORMAL, RESEARCH)
    assert result.urgency is Urgency.DXA
    assert rules(result)[0] == "women_65"


def test_man_of_55_without_factors_gets_dxa_from_the_face_alone() -> None:
    result = suggest(Patient(55, Sex.MALE, 175, 80), OSTEOPOROSIS, RESEARCH)
    assert result.urgency is Urgency.DXA
    assert result.urgency_without_picture is Urgency.ROUTINE
    assert rules(result) == ["face_osteoporosis"]
    assert "55%" in result.reasons[0].text
    assert result.picture_effect.startswith("The photo raised the suggestion")


def test_man_of_55_with_low_ost_has_both_reasons() -> None:
    result = suggest(Patient(55, Sex.MALE, 175, 70), OSTEOPOROSIS, RESEARCH)
    assert rules(result) == ["ost_men", "face_osteoporosis"]


def test_woman_of_58_with_low_ost_gets_dxa_despite_normal_face() -> None:
    result = suggest(Patient(58, Sex.FEMALE, 160, 65), NORMAL, RESEARCH)
    assert result.urgency is Urgency.DXA
    assert "ost_women" in rules(result)


def test_recent_vertebral_fracture_is_urgent_despite_normal_face() -> None:
    flags = frozenset({RedFlag.VERTEBRAL_FRACTURE_RECENT})
    result = suggest(Patient(60, Sex.FEMALE, 160, 75, red_flags=flags), NORMAL, RESEARCH)
    assert result.urgency is Urgency.URGENT
    assert rules(result)[0] == "red_flag"


def test_man_of_45_gets_no_class_headline() -> None:
    result = suggest(Patient(45, Sex.MALE, 175, 80), OSTEOPOROSIS, RESEARCH)
    assert not result.class_headline_shown
    assert "z_score" in rules(result)
    assert "face_osteoporosis" not in rules(result)


def test_woman_of_52_without_anything_gets_education() -> None:
    result = suggest(Patient(52, Sex.FEMALE, 160, 72), NORMAL, RESEARCH)
    assert result.urgency is Urgency.ROUTINE
    assert any("education" in action for action in result.actions)


def test_no_photo_still_refers_a_woman_of_70() -> None:
    result = suggest(Patient(70, Sex.FEMALE, 160, 80), None, RESEARCH)
    assert result.urgency is Urgency.DXA
    assert not result.class_headline_shown
    assert "no usable photo" in result.picture_effect


def test_earlier_hip_fracture_asks_for_a_specialist() -> None:
    flags = frozenset({RedFlag.HIP_FRACTURE_EARLIER})
    result = suggest(Patient(60, Sex.FEMALE, 160, 75, red_flags=flags), NORMAL, RESEARCH)
    assert result.urgency is Urgency.SPECIALIST


def test_fragility_fracture_before_menopause_asks_for_a_specialist() -> None:
    factors = frozenset({RiskFactor.FRAGILITY_FRACTURE})
    patient = Patient(44, Sex.FEMALE, 160, 70, Menopause.PRE, risk_factors=factors)
    assert suggest(patient, None, RESEARCH).urgency is Urgency.SPECIALIST


@pytest.mark.parametrize(
    ("menopause", "age", "by_z_score"),
    [
        (Menopause.UNKNOWN, 49, True),
        (Menopause.UNKNOWN, 50, False),
        (Menopause.POST, 45, False),
        (Menopause.PRE, 53, True),
    ],
)
def test_menopause_decides_the_z_score_route(
    menopause: Menopause, age: int, by_z_score: bool
) -> None:
    result = suggest(Patient(age, Sex.FEMALE, 160, 75, menopause), NORMAL, RESEARCH)
    assert ("z_score" in rules(result)) is by_z_score
    assert result.class_headline_shown is not by_z_score


def test_abstention_counts_as_osteopenia() -> None:
    undecided = face(0.5, 0.3, 0.2, abstains=True)
    result = suggest(Patient(55, Sex.MALE, 175, 80), undecided, RESEARCH)
    assert result.urgency is Urgency.DXA
    assert rules(result) == ["face_abstains"]


def test_out_of_domain_photo_gives_no_class() -> None:
    stranger = face(0.1, 0.2, 0.7, outside=True)
    result = suggest(Patient(55, Sex.MALE, 175, 80), stranger, RESEARCH)
    assert result.urgency is Urgency.ROUTINE
    assert not result.class_headline_shown
    assert rules(result)[0] == "no_class"
    assert "unlike those" in result.reasons[0].text


def test_frax_result_above_the_band_asks_for_a_treatment_discussion() -> None:
    patient = Patient(62, Sex.FEMALE, 160, 80)
    result = suggest(patient, NORMAL, RESEARCH, "nogg", FraxResult(15, 2.9, with_bmd=False))
    assert result.urgency is Urgency.SPECIALIST
    assert rules(result)[0] == "frax_high"
    assert "Treatment discussion, with DXA as a baseline." in result.actions
    assert result.reasons[0].version == "NOGG 2024"
    assert not result.reasons[0].verified
    assert result.reasons[0].source.endswith("[unverified]")


def test_with_and_without_the_face_stand_side_by_side() -> None:
    result = suggest(Patient(55, Sex.MALE, 175, 80), OSTEOPOROSIS, RESEARCH)
    assert result.actions == ("DXA to confirm; specialist referral if DXA confirms.",)
    assert result.actions_without_picture[0].startswith("Bone-health education")


def test_the_most_urgent_action_comes_first() -> None:
    flags = frozenset({RedFlag.HEIGHT_LOSS})
    result = suggest(Patient(72, Sex.FEMALE, 160, 60, red_flags=flags), OSTEOPENIA, RESEARCH)
    assert result.actions[0].startswith("Clinician review now")
    assert "Request DXA." in result.actions


def test_a_low_body_mass_index_counts_without_a_tick() -> None:
    thin = suggest(Patient(52, Sex.FEMALE, 175, 56), None, RESEARCH)
    assert "low body weight" in next(r.text for r in thin.reasons if r.rule == "risk_factor")


def test_osteoporosis_already_measured_is_reviewed() -> None:
    history = History(t_scores=SiteScores(lumbar_spine=-2.5, femoral_neck=-1.0))
    result = suggest(Patient(56, Sex.FEMALE, 160, 80, history=history), None, RESEARCH)
    assert result.urgency is Urgency.SPECIALIST
    assert "-2.5" in next(r.text for r in result.reasons if r.rule == "dxa_osteoporosis")


def test_young_with_a_risk_factor_gets_dxa_under_every_guideline() -> None:
    patient = Patient(42, Sex.MALE, 175, 80, risk_factors=frozenset({RiskFactor.SMOKER}))
    for guideline in GUIDELINES:
        assert suggest(patient, None, RESEARCH, guideline).urgency is Urgency.DXA


def test_an_unknown_ethnic_group_never_makes_china_less_cautious() -> None:
    """OST refers below 2, OSTA at -1 or below: without the answer the earlier one holds."""
    untold = Patient(58, Sex.FEMALE, 160, 65, Menopause.POST)
    told = Patient(
        58, Sex.FEMALE, 160, 65, Menopause.POST, history=History(ethnicity=Ethnicity.CHINESE)
    )
    assert suggest(untold, NORMAL, RESEARCH, "china").urgency is Urgency.DXA
    assert suggest(told, NORMAL, RESEARCH, "china").urgency is Urgency.ROUTINE


def test_advice_comes_from_the_guideline_with_its_source() -> None:
    advice = {line.topic: line for line in suggest(_anyone(), None, RESEARCH, "nogg").advice}
    assert set(advice) == {"calcium", "vitamin_d", "exercise", "falls"}
    assert "700 mg" in advice["calcium"].text
    assert all(line.source for line in advice.values())


def test_guideline_and_its_reservations_travel_with_the_suggestion() -> None:
    result = suggest(_anyone(), None, RESEARCH, "nogg")
    assert (result.guideline, result.guideline_title) == ("nogg", "NOGG 2024")
    assert "Not confirmed" in result.guideline_note


def _anyone() -> Patient:
    return Patient(60, Sex.FEMALE, 160, 75)


def test_under_a_demo_bundle_a_strange_photo_is_still_called_strange() -> None:
    result = suggest(_anyone(), face(0.1, 0.2, 0.7, outside=True), "demo")
    assert "unlike those" in result.reasons[0].text
    assert "demonstration" in result.picture_effect


histories = st.builds(
    History,
    ethnicity=st.none() | st.sampled_from(Ethnicity),
    oestrogen=st.none() | st.sampled_from(Oestrogen),
)
patients = st.builds(
    Patient,
    age_years=st.floats(18, 100),
    sex=st.sampled_from(Sex),
    height_cm=st.floats(140, 200),
    weight_kg=st.floats(35, 140),
    menopause=st.sampled_from(Menopause),
    red_flags=st.frozensets(st.sampled_from(RedFlag), max_size=3),
    risk_factors=st.frozensets(st.sampled_from(RiskFactor), max_size=3),
    history=histories,
)
predictions = st.sampled_from(
    [None, NORMAL, OSTEOPENIA, OSTEOPOROSIS, face(0.4, 0.3, 0.3, abstains=True)]
)
guidelines = st.sampled_from(GUIDELINES)
frax_results = st.none() | st.builds(
    lambda major, share, bmd: FraxResult(major, major * share, bmd),
    st.floats(0, 60),
    st.floats(0, 1),
    st.booleans(),
)
# The same invariants over 10,000 patients per guideline: tests/long/test_referral_invariants.py.
PROPERTY = settings(max_examples=300)


@pytest.mark.slow
@PROPERTY
@given(patients, predictions, guidelines, frax_results)
def test_the_face_never_removes_a_referral(
    patient: Patient, prediction: Prediction | None, guideline: GuidelineId, frax: FraxResult | None
) -> None:
    with_face = suggest(patient, prediction, RESEARCH, guideline, frax)
    assert with_face.urgency >= with_face.urgency_without_picture
    without = suggest(patient, None, RESEARCH, guideline, frax)
    assert with_face.urgency_without_picture is without.urgency
    assert with_face.actions_without_picture == without.actions


@pytest.mark.slow
@PROPERTY
@given(patients, predictions, guidelines, frax_results)
def test_a_demo_bundle_changes_nothing(
    patient: Patient, prediction: Prediction | None, guideline: GuidelineId, frax: FraxResult | None
) -> None:
    demo = suggest(patient, prediction, "demo", guideline, frax)
    assert demo.urgency is suggest(patient, None, "demo", guideline, frax).urgency
    assert not any(rule.startswith("face_") for rule in rules(demo))
    assert demo.picture_effect.startswith("The photo changed nothing")


@pytest.mark.slow
@PROPERTY
@given(
    patients,
    predictions,
    guidelines,
    frax_results,
    st.sampled_from([*RiskFactor, *RedFlag]),
)
def test_adding_a_risk_never_lowers_urgency(
    patient: Patient,
    prediction: Prediction | None,
    guideline: GuidelineId,
    frax: FraxResult | None,
    risk: RiskFactor | RedFlag,
) -> None:
    before = suggest(patient, prediction, RESEARCH, guideline, frax).urgency
    worse = with_risk(patient, risk)
    assert suggest(worse, prediction, RESEARCH, guideline, frax).urgency >= before


def with_risk(patient: Patient, risk: RiskFactor | RedFlag) -> Patient:
    if isinstance(risk, RedFlag):
        return replace(patient, red_flags=patient.red_flags | {risk})
    return replace(patient, risk_factors=patient.risk_factors | {risk})


@PROPERTY
@given(patients, predictions, guidelines, frax_results)
def test_every_suggestion_has_reasons_actions_and_advice(
    patient: Patient, prediction: Prediction | None, guideline: GuidelineId, frax: FraxResult | None
) -> None:
    result = suggest(patient, prediction, RESEARCH, guideline, frax)
    assert result.reasons
    assert result.actions
    assert result.advice
    assert all(reason.source and reason.version for reason in result.reasons)
    assert result.urgency is max(reason.urgency for reason in result.reasons)
