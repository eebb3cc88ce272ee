"""The referral pathway as data: urgency levels, rules and their sources, validated at load.

The texts of the rules that hold under every guideline live in ``pathway.toml``; what a
guideline adds stands in its own file (``guideline.py``). A file in which a rule names an
unknown source or urgency is refused, so that no suggestion can be shown without where it
came from. A rule is *verified* when the publication it names was read, in itself or in a
faithful copy; every other rule is marked wherever it is shown.
"""

import tomllib
from collections.abc import Iterable
from enum import IntEnum
from functools import cache
from importlib import resources

from pydantic import Field, field_validator, model_validator

from face2bone.clinical.source import UNVERIFIED_MARK, Frozen, Source
from face2bone.words import message


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
    Urgency.ROUTINE: message("No DXA now. Give bone-health advice."),
    Urgency.DXA_IF_RISK_FACTOR: message("DXA if a risk factor is confirmed"),
    Urgency.DXA: message("DXA"),
    Urgency.SPECIALIST: message("specialist or treatment review, with DXA"),
    Urgency.URGENT: message("urgent clinician review"),
}


class Sourced(Frozen):
    """Anything that rests on a publication: its key, and whether that was read for this."""

    source: str
    verified: bool

    def citation(self, sources: dict[str, Source]) -> str:
        """The publication in one line, marked when the rule or its source is unverified."""
        source = sources[self.source]
        mark = "" if self.verified or not source.verified else UNVERIFIED_MARK
        return f"{source.citation}{mark}"


class Asking(Sourced):
    """A rule's demand: how soon, in which words, and what to do."""

    urgency: Urgency
    text: str = Field(pattern=r"\.$")
    actions: tuple[str, ...]

    @field_validator("urgency", mode="before")
    @classmethod
    def _urgency_by_name(cls, name: object) -> object:
        return urgency_by_name(name)


class Rule(Asking):
    """A rule of the pathway, with its place in the order of reasons."""

    order: int = Field(ge=1, le=8)


class Pathway(Frozen):
    """Every rule of one pathway version, by id."""

    version: str
    sources: dict[str, Source]
    rules: dict[str, Rule]

    @model_validator(mode="after")
    def _every_rule_has_a_source(self) -> "Pathway":
        check_sources(self.sources, self.rules.items())
        return self


def urgency_by_name(name: object) -> object:
    """The level of a lower-case name; anything else is left for pydantic to refuse."""
    known = {level.name.lower(): level for level in Urgency}
    return known.get(str(name), name)


def check_sources(sources: dict[str, Source], rules: Iterable[tuple[str, Sourced]]) -> None:
    """Raise ``ValueError`` naming the rules whose source is not in the file."""
    missing = sorted(key for key, rule in rules if rule.source not in sources)
    if missing:
        raise ValueError(f"rules without a known source: {', '.join(missing)}")


@cache
def load_pathway() -> Pathway:
    """The pathway that ships with the package."""
    text = resources.files("face2bone.clinical").joinpath("pathway.toml").read_text("utf-8")
    return Pathway.model_validate(tomllib.loads(text))
