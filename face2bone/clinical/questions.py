"""The questions on risk factors and red flags as data: label, words in a sentence, definition.

``questions.toml`` holds them in the order they are asked, the FRAX form's own first; a
file that leaves one out is refused.

Ticks and history answer an instrument's question by yes, no, or not known. An empty tick box is
"no"; a ticked box whose detail the instrument needs is "not known" (None) until the detail is
typed, and the phrases below name what to ask.
"""

import tomllib
from collections.abc import Set
from functools import cache
from importlib import resources
from typing import Final

from pydantic import Field, model_validator

from face2bone.clinical.source import Frozen
from face2bone.history import FractureSite, ParentHipFracture, Prescription
from face2bone.patient import (
    HIP_FLAGS,
    RECENT_YEARS,
    VERTEBRAL_FLAGS,
    Patient,
    RedFlag,
    RiskFactor,
)
from face2bone.words import message


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


ASK_ETHNICITY: Final = message("ethnic group")
ASK_OESTROGEN: Final = message("oestrogen therapy: never, past or current")
ASK_HORMONES: Final = message("the contraceptive pill or oestrogen for six months or longer, ever")
ASK_FRACTURES: Final = message("site and age of each fracture")
ASK_MOTHER: Final = message("which parent broke a hip")
ASK_ARMS: Final = message("whether the arms are needed to rise from a chair")
ASK_CIGARETTES: Final = message("cigarettes a day")
ASK_ALCOHOL: Final = message("units of alcohol a day")
ASK_DIAGNOSES: Final = message("diagnoses")
ASK_PRESCRIPTIONS: Final = message("prescriptions of the last six months")
ASK_PARENT: Final = message("a parent's osteoporosis")
ASK_CARE_HOME: Final = message("living in a care home")

RECENT_FLAGS: Final = frozenset({RedFlag.HIP_FRACTURE_RECENT, RedFlag.VERTEBRAL_FRACTURE_RECENT})


def low_impact_fracture(patient: Patient) -> bool:
    """Whether any fragility fracture was ticked or listed."""
    flags = patient.red_flags & (HIP_FLAGS | VERTEBRAL_FLAGS)
    return bool(flags) or RiskFactor.FRAGILITY_FRACTURE in patient.risk_factors


def fracture_from(patient: Patient, age_years: float) -> bool | None:
    """Whether a bone broke at this age or later."""
    if patient.history.fractures is not None:
        return any(f.age_years >= age_years for f in patient.history.fractures)
    if not low_impact_fracture(patient):
        return False
    recent = patient.red_flags & RECENT_FLAGS
    return True if recent and patient.age_years - RECENT_YEARS >= age_years else None


def sites_broken_from(patient: Patient, age_years: float, sites: Set[FractureSite]) -> int | None:
    """How many of these sites broke at this age or later."""
    if patient.history.fractures is not None:
        late = {f.site for f in patient.history.fractures if f.age_years >= age_years}
        return len(late & sites)
    return None if low_impact_fracture(patient) else 0


def site_ever_broken(patient: Patient, sites: Set[FractureSite]) -> bool | None:
    """Whether one of these sites, which include hip and spine, ever broke."""
    if patient.history.fractures is not None:
        return any(f.site in sites for f in patient.history.fractures)
    if patient.red_flags & (HIP_FLAGS | VERTEBRAL_FLAGS):
        return True
    return None if low_impact_fracture(patient) else False


def mother_broke_hip(patient: Patient) -> bool | None:
    """Whether the mother broke a hip."""
    parent = patient.history.parent_hip_fracture
    if parent is not None:
        return parent in (ParentHipFracture.MOTHER, ParentHipFracture.BOTH)
    return None if RiskFactor.PARENT_HIP_FRACTURE in patient.risk_factors else False


def corticosteroids_now(patient: Patient) -> bool | None:
    """Whether corticosteroid tablets were prescribed twice or more in the last six months."""
    if RedFlag.GLUCOCORTICOID_HIGH_DOSE in patient.red_flags:
        return True
    if patient.history.prescriptions is not None:
        return Prescription.CORTICOSTEROID in patient.history.prescriptions
    return None if RiskFactor.GLUCOCORTICOIDS in patient.risk_factors else False
