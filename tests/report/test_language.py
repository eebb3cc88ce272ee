"""Translation: exact texts, filled-in templates, and visible English where there is none."""

from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.bone import CLASS_LABELS
from face2bone.choices import GuidelineId
from face2bone.clinical.guideline import load_guideline
from face2bone.clinical.pathway import Urgency, load_pathway
from face2bone.clinical.questions import load_questions
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.report.assessment.glyphs import DRAWN
from face2bone.report.language import BLANK, UNTRANSLATED, Catalogue, Language, catalogue

CHINESE = catalogue(Language.CHINESE)
SMALL = Catalogue(
    Language.CHINESE,
    {
        "DXA is suggested below {limit}": "低于 {limit} 建议做 DXA",
        "because of {factors}": "原因：{factors}",
        "falls": "跌倒",
        "current smoking": "目前吸烟",
    },
)


def test_english_is_returned_as_it_is() -> None:
    assert catalogue(Language.ENGLISH).say("Anything at all") == "Anything at all"


def test_a_filled_in_template_is_recognised() -> None:
    assert SMALL.say("DXA is suggested below 2") == "低于 2 建议做 DXA"


def test_what_fills_a_blank_is_translated_too() -> None:
    assert SMALL.say("because of falls, current smoking") == "原因：跌倒、目前吸烟"
    assert SMALL.say("because of gout") == "原因：gout"


def test_an_unknown_text_stays_english_behind_a_mark() -> None:
    assert SMALL.say("Unheard of.") == f"{UNTRANSLATED}Unheard of."
    assert SMALL.find("Unheard of.") is None


def test_special_characters_of_a_template_are_no_pattern() -> None:
    words = Catalogue(Language.CHINESE, {"a (b) {c}?": "甲{c}"})
    assert words.find("a (b) 1?") == "甲1"
    assert words.find("a b 1") is None


AWKWARD = st.text("{}()[]\\.*+?^$|%0 \n，é", min_size=1, max_size=40)
"""What patterns and templates are made of, and no word that a catalogue knows."""


@given(AWKWARD)
def test_what_fills_a_blank_comes_through_as_it_is(text: str) -> None:
    assert SMALL.say(f"DXA is suggested below {text}") == f"低于 {text} 建议做 DXA"


@given(AWKWARD)
def test_a_text_nobody_translated_comes_through_behind_the_mark(text: str) -> None:
    assert SMALL.say(text) == f"{UNTRANSLATED}{text}"


@pytest.mark.parametrize(("english", "chinese"), CHINESE.entries.items())
def test_every_translation_keeps_its_blanks_and_can_be_drawn(english: str, chinese: str) -> None:
    assert set(BLANK.findall(english)) == set(BLANK.findall(chinese))
    assert {ord(c) for c in chinese} <= DRAWN


def shipped_texts() -> Iterator[str]:
    """Every text of the data files that can reach a report."""
    yield from CLASS_LABELS
    yield from (region.label for region in FACE_PARTS)
    yield from (urgency.label for urgency in Urgency)
    questions = load_questions()
    for question in (*questions.risk_factors.values(), *questions.red_flags.values()):
        yield question.words
    for rule in load_pathway().rules.values():
        yield rule.text
        yield from rule.actions
    for name in get_args(GuidelineId):
        guideline = load_guideline(name)
        yield guideline.note
        for eligibility in guideline.eligibility.values():
            yield eligibility.text
            yield from eligibility.actions
        for line in guideline.advice.values():
            yield line.text


def test_every_shipped_text_is_translated() -> None:
    """Fails with the list of what is still English in a Chinese report."""
    missing = dict.fromkeys(text for text in shipped_texts() if CHINESE.find(text) is None)
    assert list(missing) == []
