"""Every clinical rule with the publication it rests on, and whether that was read for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from face2bone.clinical.base_rates import load_base_rates
from face2bone.clinical.guideline import GUIDELINES, Guideline, load_guideline
from face2bone.clinical.pathway import Sourced, load_pathway
from face2bone.clinical.source import Source, unmarked
from face2bone.clinical.tables import load_tables
from face2bone.words import message, template
from face2bone.words.message import BLANK


@dataclass(frozen=True)
class LedgerLine:
    """One rule: the file it stands in, what it says, its publication, and whether it was read.

    ``verified``: the publication named was read for this rule, in itself or in a faithful copy.
    """

    part: str
    says: str
    source: str
    verified: bool


def ledger() -> tuple[LedgerLine, ...]:
    """Every rule that ships, file by file in the order of the files."""
    return (
        *_pathway(),
        *(line for name in GUIDELINES for line in _guideline(load_guideline(name))),
        *_instruments(),
        *_base_rates(),
    )


def _line(part: str, says: str, rule: Sourced, sources: Mapping[str, Source]) -> LedgerLine:
    source = sources[rule.source]
    verified = rule.verified and source.verified
    return LedgerLine(part, says, unmarked(source.citation), verified)


def _pathway() -> Iterator[LedgerLine]:
    pathway = load_pathway()
    for rule in pathway.rules.values():
        part = message("Rules under every guideline, {version}", version=pathway.version)
        yield _line(part, _plain(rule.text), rule, pathway.sources)


def _guideline(guideline: Guideline) -> Iterator[LedgerLine]:
    for rule in guideline.eligibility.values():
        yield _line(guideline.title, _plain(rule.text), rule, guideline.sources)
    if guideline.frax is not None:
        yield _line(
            guideline.title, template("Thresholds of FRAX."), guideline.frax, guideline.sources
        )
    for advice in guideline.advice.values():
        yield _line(guideline.title, advice.text, advice, guideline.sources)


def _instruments() -> Iterator[LedgerLine]:
    tables = load_tables()
    for spec in tables.instruments.values():
        source = tables.sources[spec.source]
        part = message("Published scores, {version}", version=tables.version)
        yield LedgerLine(
            part, message("{title}.", title=spec.title), unmarked(source.citation), source.verified
        )


def _base_rates() -> Iterator[LedgerLine]:
    table = load_base_rates()
    for rate in table.rates.values():
        source = table.sources[rate.source]
        part = message("Base rates, {version}", version=table.version)
        yield LedgerLine(
            part,
            message("{title}.", title=rate.setting),
            unmarked(source.citation),
            source.verified,
        )


def _plain(text: str) -> str:
    """A rule's text with its blanks as an ellipsis."""
    return message(text, **dict.fromkeys(BLANK.findall(text), "…"))
