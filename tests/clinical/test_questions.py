"""The questions of Review: complete, in FRAX order, each with a definition."""

import pytest
from pydantic import ValidationError

from face2bone.clinical.questions import Questions, load_questions
from face2bone.patient import RedFlag, RiskFactor

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
