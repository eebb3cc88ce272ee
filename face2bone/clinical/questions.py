"""The questions on risk factors and red flags as data: label, words in a sentence, definition.

``questions.toml`` holds them in the order they are asked, the FRAX form's own first; a
file that leaves one out is refused.
"""

import tomllib
from functools import cache
from importlib import resources

from pydantic import Field, model_validator

from face2bone.clinical.source import Frozen
from face2bone.patient import RedFlag, RiskFactor


class Question(Frozen):
    """One yes-or-no question."""

    label: str = Field(min_length=2)
    words: str = Field(min_length=2)
    help: str = Field(pattern=r"\.$")


class RiskFactorQuestion(Question):
    """A question on a risk factor; ``frax`` tells whether the FRAX form asks it."""

    frax: bool


class Questions(Frozen):
    """Every question, in the order asked."""

    risk_factors: dict[RiskFactor, RiskFactorQuestion]
    red_flags: dict[RedFlag, Question]

    @model_validator(mode="after")
    def _complete(self) -> "Questions":
        asked = {*self.risk_factors, *self.red_flags}
        missing = [member.value for member in (*RiskFactor, *RedFlag) if member not in asked]
        if missing:
            raise ValueError(f"questions without words: {', '.join(missing)}")
        return self


@cache
def load_questions() -> Questions:
    """The questions that ship with the package."""
    text = resources.files("face2bone.clinical").joinpath("questions.toml").read_text("utf-8")
    return Questions.model_validate(tomllib.loads(text))
