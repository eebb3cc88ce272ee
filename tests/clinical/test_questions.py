"""The questions of Review: complete, in FRAX order, each with a definition."""

import pytest
from pydantic import ValidationError

from face2bone.clinical import questions
from face2bone.clinical.questions import Questions, load_questions
from face2bone.history import FractureSite, ParentHipFracture, Prescription
from face2bone.patient import Patient, RedFlag, RiskFactor
from tests.clinical.people import fractures, woman

FRAX_FORM = [
    RiskFactor.FRAGILITY_FRACTURE,
    RiskFactor.PARENT_HIP_FRACTURE,
    RiskFactor.SMOKER,
    RiskFactor.GLUCOCORTICOIDS,
    RiskFactor.RHEUMATOID_ARTHRITIS,
    RiskFactor.SECONDARY_OSTEOPOROSIS,
    RiskFactor.ALCOHOL,
]


def test_risk_factors_stand_in_the_order_of_the_frax_form() -> None:
    asked = load_questions().risk_factors
    assert [factor for factor, question in asked.items() if question.frax] == FRAX_FORM
    assert list(asked)[: len(FRAX_FORM)] == FRAX_FORM


def test_every_question_is_asked_with_its_definition() -> None:
    questions = load_questions()
    assert set(questions.risk_factors) == set(RiskFactor)
    assert set(questions.red_flags) == set(RedFlag)
    for question in (*questions.risk_factors.values(), *questions.red_flags.values()):
        assert question.label[0].isupper() or question.label[0].isdigit()
        assert question.help.endswith(".")


def test_a_file_that_forgets_a_question_is_refused() -> None:
    with pytest.raises(ValidationError, match="questions without words: fragility_fracture"):
        Questions.model_validate({"risk_factors": {}, "red_flags": {}})


FRAGILITY = RiskFactor.FRAGILITY_FRACTURE
PARENT = RiskFactor.PARENT_HIP_FRACTURE
WRIST_OR_HIP = frozenset({FractureSite.WRIST, FractureSite.HIP})


@pytest.mark.parametrize(
    ("patient", "answer"),
    [
        (woman(60, 60), False),
        (woman(60, 60, fractures=()), False),
        (woman(60, 60, FRAGILITY), None),
        (woman(60, 60, RedFlag.HIP_FRACTURE_EARLIER), None),
        (woman(60, 60, RedFlag.HIP_FRACTURE_RECENT), True),
        (woman(52, 60, RedFlag.VERTEBRAL_FRACTURE_RECENT), True),
        (woman(51, 60, RedFlag.VERTEBRAL_FRACTURE_RECENT), None),
        (woman(60, 60, fractures=fractures(("rib", 50))), True),
        (woman(60, 60, fractures=fractures(("rib", 49.9))), False),
    ],
)
def test_fracture_from_50(patient: Patient, answer: bool | None) -> None:
    assert questions.fracture_from(patient, 50) is answer


@pytest.mark.parametrize(
    ("patient", "sites", "ever"),
    [
        (woman(60, 60), 0, False),
        (woman(60, 60, FRAGILITY), None, None),
        (woman(60, 60, RedFlag.HIP_FRACTURE_EARLIER), None, True),
        (woman(60, 60, fractures=fractures(("wrist", 50), ("wrist", 55))), 1, True),
        (woman(60, 60, fractures=fractures(("wrist", 30), ("hip", 50))), 1, True),
        (woman(60, 60, fractures=fractures(("rib", 50))), 0, False),
    ],
)
def test_sites(patient: Patient, sites: int | None, ever: bool | None) -> None:
    assert questions.sites_broken_from(patient, 45, WRIST_OR_HIP) == sites
    assert questions.site_ever_broken(patient, WRIST_OR_HIP) is ever


@pytest.mark.parametrize(
    ("patient", "answer"),
    [
        (woman(60, 60), False),
        (woman(60, 60, PARENT), None),
        (woman(60, 60, parent_hip_fracture=ParentHipFracture.FATHER), False),
        (woman(60, 60, PARENT, parent_hip_fracture=ParentHipFracture.BOTH), True),
    ],
)
def test_mother(patient: Patient, answer: bool | None) -> None:
    assert questions.mother_broke_hip(patient) is answer


@pytest.mark.parametrize(
    ("patient", "answer"),
    [
        (woman(60, 60), False),
        (woman(60, 60, RiskFactor.GLUCOCORTICOIDS), None),
        (woman(60, 60, RiskFactor.GLUCOCORTICOIDS, prescriptions=frozenset()), False),
        (woman(60, 60, RedFlag.GLUCOCORTICOID_HIGH_DOSE), True),
        (woman(60, 60, prescriptions=frozenset({Prescription.CORTICOSTEROID})), True),
    ],
)
def test_corticosteroids(patient: Patient, answer: bool | None) -> None:
    assert questions.corticosteroids_now(patient) is answer


def test_a_hip_red_flag_is_a_low_impact_fracture() -> None:
    assert questions.low_impact_fracture(woman(60, 60, RedFlag.HIP_FRACTURE_EARLIER))
    assert not questions.low_impact_fracture(woman(60, 60, RedFlag.HEIGHT_LOSS))
