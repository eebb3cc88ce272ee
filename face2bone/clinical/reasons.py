"""A reason: one rule that applied to one patient, with its words, demand, source and version."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from face2bone.clinical.guideline import Guideline
from face2bone.clinical.pathway import Asking, Urgency, load_pathway
from face2bone.clinical.source import Source
from face2bone.words import Blank, message

FRAX_ORDER: Final = 5
ELIGIBILITY_ORDER: Final = 4


@dataclass(frozen=True)
class Reason:
    """One rule that applied: its text for this patient, what it asks for, and its source.

    ``version`` names the guideline or data file the rule stands in, with its version.
    """

    rule: str
    text: str
    urgency: Urgency
    actions: tuple[str, ...]
    source: str
    verified: bool
    order: int
    version: str


def highest(reasons: Iterable[Reason]) -> Urgency:
    """The highest urgency any reason asks for; routine without reasons."""
    return max((reason.urgency for reason in reasons), default=Urgency.ROUTINE)


def pathway_reason(rule_id: str, **words: Blank) -> Reason:
    """A rule of ``pathway.toml`` with its blanks filled in."""
    pathway = load_pathway()
    rule = pathway.rules[rule_id]
    version = f"pathway {pathway.version}"
    return _reason(rule_id, rule, rule.order, pathway.sources, version, **words)


def guideline_reason(guideline: Guideline, rule_id: str, **words: Blank) -> Reason:
    """A rule on eligibility of a guideline with its blanks filled in."""
    rule = guideline.eligibility[rule_id]
    return _reason(rule_id, rule, ELIGIBILITY_ORDER, guideline.sources, guideline.title, **words)


def _reason(
    rule_id: str,
    rule: Asking,
    order: int,
    sources: dict[str, Source],
    version: str,
    **words: Blank,
) -> Reason:
    text = message(rule.text, **words)
    verified = rule.verified and sources[rule.source].verified
    source = rule.citation(sources)
    return Reason(rule_id, text, rule.urgency, rule.actions, source, verified, order, version)
