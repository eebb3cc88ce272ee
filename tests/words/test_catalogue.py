"""Translation: the template first, then its blanks; visible English where there is none."""

import copy

from hypothesis import given
from hypothesis import strategies as st

from face2bone.report.assessment.glyphs import DRAWN
from face2bone.words import (
    UNTRANSLATED,
    AsTyped,
    Catalogue,
    Language,
    Made,
    catalogue,
    message,
)
from face2bone.words.message import BLANK

CHINESE = catalogue(Language.CHINESE)
SMALL = Catalogue(
    Language.CHINESE,
    {
        "DXA is suggested below {limit}": "低于 {limit} 建议做 DXA",
        "because of {factors}": "原因：{factors}",
        "{lower} before {higher}": "{higher}在{lower}之后",
        "the column {column} is missing": "缺少列 {column}",
        "{columns} missing": "缺少 {columns}",
        "falls": "跌倒",
        "current smoking": "目前吸烟",
    },
)
AWKWARD = st.text("{}()[]\\.*+?^$|%0 \n，é", min_size=1, max_size=40)
"""What patterns and templates are made of, and no word that a catalogue knows."""


def test_english_is_returned_as_it_is() -> None:
    assert catalogue(Language.ENGLISH).say("Anything at all") == "Anything at all"


def test_the_template_is_translated_and_then_filled() -> None:
    assert SMALL.say(message("DXA is suggested below {limit}", limit="2")) == "低于 2 建议做 DXA"
    said = message("{lower} before {higher}", lower="falls", higher="age")
    assert SMALL.say(said) == "age在跌倒之后"


def test_a_filled_in_text_that_forgot_its_template_is_not_guessed_at() -> None:
    assert SMALL.say("DXA is suggested below 2") == f"{UNTRANSLATED}DXA is suggested below 2"


def test_a_list_is_joined_as_the_language_joins_it() -> None:
    said = message("because of {factors}", factors=("falls", "current smoking"))
    assert SMALL.say(said) == "原因：跌倒、目前吸烟"
    assert SMALL.say(message("because of {factors}", factors="gout")) == "原因：gout"


def test_texts_of_a_file_are_known_by_how_it_says_they_were_made() -> None:
    made = {"because of falls": Made("because of {factors}", {"factors": "falls"})}
    assert SMALL.knowing(made).say("because of falls") == "原因：跌倒"
    assert SMALL.find("because of falls") is None


def test_a_blank_of_a_file_may_be_a_sentence_of_its_own() -> None:
    made = {
        "because of below 2": Made("because of {factors}", {"factors": "below 2"}),
        "below 2": Made("DXA is suggested below {limit}", {"limit": "2"}),
    }
    assert SMALL.knowing(made).say("because of below 2") == "原因：低于 2 建议做 DXA"


@given(AWKWARD)
def test_what_fills_a_blank_comes_through_as_it_is(text: str) -> None:
    said = message("DXA is suggested below {limit}", limit=text)
    assert SMALL.say(said) == f"低于 {text} 建议做 DXA"


@given(AWKWARD)
def test_a_text_nobody_translated_comes_through_behind_the_mark(text: str) -> None:
    assert SMALL.say(text) == f"{UNTRANSLATED}{text}"


def test_what_a_column_or_file_is_called_is_never_translated() -> None:
    assert SMALL.say(message("the column {column} is missing", column="falls")) == "缺少列 falls"
    said = message("{columns} missing", columns=("falls", "current smoking"))
    assert SMALL.say(said) == "缺少 falls、current smoking"
    ours = message("because of {factors}", factors="falls")
    assert SMALL.say(message("the column {column} is missing", column=ours)) == "缺少列 原因：跌倒"


def test_a_typed_text_that_reads_like_a_template_is_no_template() -> None:
    assert SMALL.find("because of {factors}") is None
    assert SMALL.known("because of {factors}") == "because of {factors}"


def test_what_was_typed_is_never_translated() -> None:
    typed = AsTyped("falls")
    assert (SMALL.say(typed), SMALL.known(typed), SMALL.find(typed)) == ("falls", "falls", "falls")
    said = message("because of {factors}", factors=(typed, "falls"))
    assert SMALL.say(copy.deepcopy(said)) == "原因：falls、跌倒"


def test_nothing_is_said_of_nothing() -> None:
    assert CHINESE.say("") == ""


def test_every_translation_keeps_its_blanks() -> None:
    changed = [
        english
        for english, chinese in CHINESE.entries.items()
        if set(BLANK.findall(english)) != set(BLANK.findall(chinese))
    ]
    assert changed == []


def test_every_translation_can_be_drawn() -> None:
    """By the reports' own font; a page has lines, a report one."""
    missing = {
        english: "".join(sorted(c for c in chinese if c != "\n" and ord(c) not in DRAWN))
        for english, chinese in CHINESE.entries.items()
    }
    assert {english: chars for english, chars in missing.items() if chars} == {}
