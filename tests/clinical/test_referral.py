"""The referral suggestion: published vectors of the rule order, and its invariants."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.bone import BoneClass
from face2bone.clinical.pathway import Urgency
from face2bone.clinical.referral import Referral, suggest
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
    )


NORMAL = face(0.8, 0.15, 0.05)
OSTEOPENIA = face(0.2, 0.7, 0.1)
OSTEOPOROSIS = face(0.1, 0.35, 0.55)


def rules(referral: Referral) -> list[str]:
    return [reason.rule for reason in referral.reasons]


def test_woman_of_66_with_normal_face_gets_dxa_by_age() -> None:
    result = suggest(Patient(66, Sex.FEMALE, 160, 80), NORMAL, RESEARCH)
    assert result.urgency is Urgency.DXA
    assert rules(result)[0] == "eligible_age"


def test_man_of_55_without_factors_gets_dxa_from_the_face_alone() -> None:
    result = suggest(Patient(55, Sex.MALE, 175, 80), OSTEOPOROSIS, RESEARCH)
    assert result.urgency is Urgency.DXA
    assert result.urgency_without_face is Urgency.ROUTINE
    assert rules(result) == ["face_osteoporosis"]
    assert "55%" in result.reasons[0].text
    assert result.face_effect.startswith("The face raised the suggestion")


def test_man_of_55_with_low_ost_has_both_reasons() -> None:
    result = suggest(Patient(55, Sex.MALE, 175, 70), OSTEOPOROSIS, RESEARCH)
    assert rules(result) == ["ost", "face_osteoporosis"]


def test_woman_of_58_with_low_ost_gets_dxa_despite_normal_face() -> None:
    result = suggest(Patient(58, Sex.FEMALE, 160, 65), NORMAL, RESEARCH)
    assert result.urgency is Urgency.DXA
    assert "ost" in rules(result)


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
    assert "no usable photo" in result.face_effect


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


patients = st.builds(
    Patient,
    age_years=st.floats(18, 100),
    sex=st.sampled_from(Sex),
    height_cm=st.floats(140, 200),
    weight_kg=st.floats(35, 140),
    menopause=st.sampled_from(Menopause),
    red_flags=st.frozensets(st.sampled_from(RedFlag), max_size=3),
    risk_factors=st.frozensets(st.sampled_from(RiskFactor), max_size=3),
)
predictions = st.sampled_from(
    [None, NORMAL, OSTEOPENIA, OSTEOPOROSIS, face(0.4, 0.3, 0.3, abstains=True)]
)


@settings(max_examples=400, deadline=None)
@given(patients, predictions)
def test_the_face_never_removes_a_referral(patient: Patient, prediction: Prediction | None) -> None:
    with_face = suggest(patient, prediction, RESEARCH)
    assert with_face.urgency >= with_face.urgency_without_face
    assert with_face.urgency_without_face is suggest(patient, None, RESEARCH).urgency


@settings(max_examples=400, deadline=None)
@given(patients, predictions)
def test_a_demo_bundle_changes_nothing(patient: Patient, prediction: Prediction | None) -> None:
    demo = suggest(patient, prediction, "demo")
    assert demo.urgency is suggest(patient, None, "demo").urgency
    assert not any(rule.startswith("face_") for rule in rules(demo))
    assert demo.face_effect.startswith("The face changed nothing")


@settings(max_examples=400, deadline=None)
@given(patients, predictions, st.sampled_from(RiskFactor), st.sampled_from(RedFlag))
def test_adding_a_risk_never_lowers_urgency(
    patient: Patient, prediction: Prediction | None, factor: RiskFactor, flag: RedFlag
) -> None:
    worse = Patient(
        patient.age_years,
        patient.sex,
        patient.height_cm,
        patient.weight_kg,
        patient.menopause,
        patient.red_flags | {flag},
        patient.risk_factors | {factor},
    )
    before = suggest(patient, prediction, RESEARCH).urgency
    assert suggest(worse, prediction, RESEARCH).urgency >= before


@settings(max_examples=400, deadline=None)
@given(patients, predictions)
def test_every_suggestion_has_reasons_and_actions(
    patient: Patient, prediction: Prediction | None
) -> None:
    result = suggest(patient, prediction, RESEARCH)
    assert result.reasons
    assert result.actions
    assert all(reason.source for reason in result.reasons)
