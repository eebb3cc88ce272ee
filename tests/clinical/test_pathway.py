"""The pathway file: every rule has a source, and a broken file is refused."""

import pytest
from pydantic import ValidationError

from face2bone.clinical.pathway import Pathway, Urgency, load_pathway

A_RULE = {
    "order": 1,
    "urgency": "dxa",
    "source": "nobody",
    "verified": True,
    "text": ".",
    "actions": [],
}


def test_every_rule_names_a_source_and_reads_well() -> None:
    pathway = load_pathway()
    for rule in pathway.rules.values():
        assert rule.source in pathway.sources
        assert rule.text.endswith(".")
    assert len(pathway.version) > 0


def test_no_rule_names_a_drug_to_start_or_a_dose_to_give() -> None:
    words = " ".join(a for rule in load_pathway().rules.values() for a in rule.actions).lower()
    for forbidden in ("bisphosphonate", "alendron", "denosumab", " mg", "prescribe"):
        assert forbidden not in words


def test_unverified_rules_say_so_once() -> None:
    pathway = load_pathway()
    for rule in pathway.rules.values():
        citation = rule.citation(pathway.sources)
        verified = rule.verified and pathway.sources[rule.source].verified
        assert citation.count("[unverified]") == (not verified)


def test_every_source_is_used() -> None:
    pathway = load_pathway()
    assert {rule.source for rule in pathway.rules.values()} == set(pathway.sources)


def test_urgency_orders_as_documented() -> None:
    names = ["ROUTINE", "DXA_IF_RISK_FACTOR", "DXA", "SPECIALIST", "URGENT"]
    assert [u.name for u in sorted(Urgency)] == names
    assert all(u.label for u in Urgency)


def test_rule_without_known_source_is_refused() -> None:
    with pytest.raises(ValidationError, match="rules without a known source: r"):
        Pathway.model_validate({"version": "x", "sources": {}, "rules": {"r": A_RULE}})


@pytest.mark.parametrize(
    "wrong", [{"urgency": "soon"}, {"order": 9}, {"text": "no full stop"}, {"drug": "x"}]
)
def test_a_malformed_rule_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Pathway.model_validate({"version": "x", "sources": {}, "rules": {"r": {**A_RULE, **wrong}}})
