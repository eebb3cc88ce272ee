"""The ledger: every rule once, marked as its file marks it."""

from face2bone.clinical.guideline import GUIDELINES, load_guideline
from face2bone.clinical.ledger import ledger
from face2bone.clinical.pathway import load_pathway
from face2bone.clinical.source import UNVERIFIED_MARK


def test_every_rule_of_every_file_has_its_line() -> None:
    parts = [line.part for line in ledger()]
    assert parts.count(f"Rules under every guideline, {load_pathway().version}") == len(
        load_pathway().rules
    )
    for name in GUIDELINES:
        guideline = load_guideline(name)
        rules = len(guideline.eligibility) + len(guideline.advice) + (guideline.frax is not None)
        assert parts.count(guideline.title) == rules


def test_a_line_is_verified_where_both_rule_and_source_are() -> None:
    lines = {(line.part, line.says): line.verified for line in ledger()}
    assert lines["NOGG 2024", "Thresholds of FRAX."] is False
    assert lines["US (BHOF) 2022", "Thresholds of FRAX."] is True
    assert [says for (part, says), verified in lines.items()
            if part.startswith("Published scores") and not verified] == ["ABONE."]  # fmt: skip


def test_no_text_has_a_blank_or_a_mark_of_its_own() -> None:
    for line in ledger():
        assert "{" not in line.says
        assert UNVERIFIED_MARK not in f" {line.source}"
        assert line.says.endswith(".")
