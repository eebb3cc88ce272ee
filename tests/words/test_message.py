"""Sentences remember their template and blanks, through errors, copies and other sentences."""

import copy
import pickle
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.clinical.pathway import Urgency
from face2bone.errors import SubjectRejected
from face2bone.words import (
    UNTRANSLATED,
    Language,
    Made,
    Message,
    as_sentence,
    catalogue,
    made_of,
    message,
    messages_in,
    template,
    together,
)

WORDS = st.text("abc {}%\\é，", max_size=20)


def test_a_message_is_its_english_text() -> None:
    said = message("DXA is suggested below {limit}", limit="2")
    assert said == "DXA is suggested below 2"
    assert said.made == Made("DXA is suggested below {limit}", {"limit": "2"})


def test_a_list_is_joined_by_commas() -> None:
    assert message("because of {factors}", factors=("falls", "smoking")) == (
        "because of falls, smoking"
    )


def test_what_the_template_does_not_name_is_left_out() -> None:
    assert message("Request DXA.", factors=("falls",)).made.blanks == {}


def test_a_blank_nobody_fills_is_refused() -> None:
    with pytest.raises(KeyError, match="limit"):
        message("below {limit}")


@given(WORDS)
def test_what_fills_a_blank_is_never_read_as_a_template(text: str) -> None:
    assert message("({x})", x=text) == f"({text})"


@given(WORDS)
def test_a_plain_text_is_a_template_without_blanks(text: str) -> None:
    assert made_of(text) == Made(text, {})


@given(WORDS, WORDS)
def test_copies_remember_how_the_sentence_was_made(first: str, second: str) -> None:
    said = message("{a} or {b}", a=message("({x})", x=first), b=second)
    for other in (copy.deepcopy(said), pickle.loads(pickle.dumps(said))):  # noqa: S301 - just made here
        assert other == said
        assert other.made == said.made
        assert made_of(other.made.blanks["a"]).template == "({x})"  # type: ignore[arg-type]


def test_an_error_keeps_the_message_it_was_given() -> None:
    error = SubjectRejected(message("The photo shows {count} faces.", count="2"))
    assert isinstance(str(error), Message)
    assert made_of(str(error)).blanks == {"count": "2"}


def test_several_sentences_stand_one_after_the_other() -> None:
    assert together(["One.", "Two.", "Three."]) == "One. Two. Three."
    assert together(["One."]) == "One."
    assert together([]) == ""


def test_a_label_becomes_a_sentence_in_every_language() -> None:
    """Where the full stop was cut off, the label was no longer one that a catalogue knows."""
    chinese = catalogue(Language.CHINESE)
    assert [as_sentence(one.label) for one in (Urgency.ROUTINE, Urgency.DXA)] == [
        "No DXA now. Give bone-health advice.",
        "DXA.",
    ]
    for urgency in Urgency:
        said = chinese.say(as_sentence(urgency.label))
        assert said.endswith("。")
        assert not said.endswith("。。")
        assert UNTRANSLATED not in said


def test_a_marked_template_is_left_as_it_is() -> None:
    assert template("below {limit}") == "below {limit}"


@dataclass(frozen=True)
class Finding:
    text: str
    more: tuple[str, ...]
    kind: type = int


def test_messages_are_found_wherever_they_stand() -> None:
    inner = message("{n} falls", n="2")
    outer = message("because of {why}", why=(inner, "age"))
    value = {"a": [Finding(outer, (message("no blank"), "plain"))], "b": 3}
    assert list(messages_in(value)) == [outer, inner]
