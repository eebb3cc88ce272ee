"""The referral pathway as data: urgency levels, rules and their sources, validated at load.

The texts live in ``pathway.toml``; this module refuses a file in which a rule names an
unknown source or urgency, so that no suggestion can be shown without where it came from.
"""

import tomllib
from enum import IntEnum
from functools import cache
from importlib import resources

from pydantic import Field, model_validator

from face2bone.clinical.source import Frozen, Source


class Urgency(IntEnum):
    """How soon; a suggestion's urgency is the highest any applicable rule asks for."""

    ROUTINE = 0
    DXA_IF_RISK_FACTOR = 1
    DXA = 2
    SPECIALIST = 3
    URGENT = 4

    @property
    def label(self) -> str:
        """Words for the screen."""
        return _URGENCY_LABELS[self]


_URGENCY_LABELS = {
    Urgency.ROUTINE: "routine: education and follow-up",
    Urgency.DXA_IF_RISK_FACTOR: "DXA if a risk factor is confirmed",
    Urgency.DXA: "DXA",
    Urgency.SPECIALIST: "specialist or treatment review, with DXA",
    Urgency.URGENT: "urgent clinician review",
}


class Rule(Frozen):
    """One rule: its place in the order of reasons, what it asks for, and its source's key."""

    order: int = Field(ge=1, le=8)
    urgency: Urgency
    source: str
    text: str
    actions: tuple[str, ...]

    @model_validator(mode="before")
    @classmethod
    def _urgency_by_name(cls, data: dict[str, object]) -> dict[str, object]:
        return {**data, "urgency": Urgency[str(data["urgency"]).upper()]}


class Pathway(Frozen):
    """Every rule of one pathway version, by id."""

    version: str
    sources: dict[str, Source]
    rules: dict[str, Rule]

    @model_validator(mode="after")
    def _every_rule_has_a_source(self) -> "Pathway":
        missing = sorted(k for k, rule in self.rules.items() if rule.source not in self.sources)
        if missing:
            raise ValueError(f"rules without a known source: {', '.join(missing)}")
        return self


@cache
def load_pathway() -> Pathway:
    """The pathway that ships with the package."""
    text = resources.files("face2bone.clinical").joinpath("pathway.toml").read_text("utf-8")
    return Pathway.model_validate(tomllib.loads(text))
