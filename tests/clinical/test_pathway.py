"""The pathway file: every rule has a source, and a broken file is refused."""

import pytest
from pydantic import ValidationError

from face2bone.clinical.pathway import Pathway, Urgency, load_pathway


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


def test_unverified_sources_say_so() -> None:
    for source in load_pathway().sources.values():
        assert source.verified != source.citation.endswith("[unverified]")


def test_urgency_orders_as_documented() -> None:
    names = ["ROUTINE", "DXA_IF_RISK_FACTOR", "DXA", "SPECIALIST", "URGENT"]
    assert [u.name for u in sorted(Urgency)] == names
    assert all(u.label for u in Urgency)


def test_rule_without_known_source_is_refused() -> None:
    data = {
        "version": "x",
        "sources": {},
        "rules": {
            "r": {"order": 1, "urgency": "dxa", "source": "nobody", "text": ".", "actions": []}
        },
    }
    with pytest.raises(ValidationError, match="rules without a known source: r"):
        Pathway.model_validate(data)
