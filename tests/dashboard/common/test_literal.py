"""What somebody typed is shown as it was typed."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from face2bone.dashboard.common.literal import JOINER, literal, sentence
from face2bone.words import AsTyped, Language, catalogue, message, template

ENGLISH, CHINESE = catalogue(Language.ENGLISH), catalogue(Language.CHINESE)
MARKDOWN = MarkdownIt("commonmark").enable(["strikethrough", "table"])
TYPED = st.text(st.characters(blacklist_categories=("C", "Zl", "Zp")) | st.sampled_from("*_`$:[]"))


def shown(text: str) -> str:
    """What a reader sees of Markdown, without what has no width."""
    written = re.fullmatch(r"(?s)<p>(.*)</p>\n", MARKDOWN.render(text))
    assert written is not None, MARKDOWN.render(text)
    return html.unescape(written[1]).replace(JOINER, "")


@given(typed=TYPED)
@example("# heading")
@example("1. list")
@example("- item")
@example("> quote")
@example("***")
@example("=")
@example("<b>bold</b>")
@example("&lt;")
@example("~~gone~~")
@example("![x](y)")
def test_markdown_means_nothing(typed: str) -> None:
    wanted = " ".join(typed.split())
    if wanted:
        assert shown(literal(typed)) == wanted
        assert shown(f"Saved under {literal(typed)}.") == f"Saved under {wanted}."


@given(typed=TYPED)
@example(":cat:")
@example(":material/delete:")
@example("a:b:c:")
@example("http://elsewhere")
@example("www.elsewhere.org")
@example("WWW.elsewhere.org")
@example("me@elsewhere.org")
@example("a -> b <- c -- d")
def test_nothing_is_left_of_what_is_looked_for_after_markdown(typed: str) -> None:
    read = html.unescape(MARKDOWN.renderInline(literal(typed)))
    for pattern in (r":[\w+/-]+:", "://", r"www\.", r"[\w.+-]@", "->", "<-", "--", "=>"):
        assert not re.search(pattern, read), pattern


def test_a_colour_is_no_colour() -> None:
    assert literal(":red[A] a:b 14:05") == r"\:red\[A\] a\:b 14:05"


def test_dollars_are_no_formula() -> None:
    assert literal("$1$") == r"\$1\$"


@pytest.mark.parametrize("typed", ["P-7", "A. B., 67 (left)", "No. 3: yes", "余女士"])
def test_what_means_nothing_is_left_alone(typed: str) -> None:
    assert literal(typed) == typed


def test_what_was_typed_is_said_as_it_was_typed() -> None:
    """Also where it is a word that the catalogue knows; a blank of our own is translated."""
    typed, ours = AsTyped("woman"), template("woman")
    assert CHINESE.known(literal("woman")) == "woman"
    assert sentence(message("{who}, {age} years", who=typed, age=9), CHINESE) == "woman，9 岁"
    assert sentence(message("{who}, {age} years", who=ours, age=9), CHINESE) == "女，9 岁"


@given(typed=TYPED)
@example("<")
def test_a_sentence_keeps_its_own_markdown_and_not_that_of_a_blank(typed: str) -> None:
    said = message("Run `face2bone doctor` for **{what}**.", what=message("“{typed}”", typed=typed))
    wanted = html.escape(" ".join(typed.split()), quote=False)
    read = MARKDOWN.renderInline(sentence(said, ENGLISH)).replace(JOINER, "").replace("&quot;", '"')
    assert read == f"Run <code>face2bone doctor</code> for <strong>“{wanted}”</strong>."


def test_of_a_sentence_without_blanks_only_commands_are_marked() -> None:
    assert (
        sentence("Run `face2bone doctor` for *x*.", ENGLISH) == r"Run `face2bone doctor` for \*x\*."
    )


def test_a_clause_of_ours_is_translated_though_it_holds_what_markdown_reads() -> None:
    rule = template("must be 1 to 64 letters, digits, '.', '-' or '_'")
    said = message("row {row}, {column}: {problem}", row=2, column="_id_", problem=rule)
    assert sentence(said, ENGLISH) == (
        r"row 2, \_id\_: must be 1 to 64 letters, digits, '.', '-' or '\_'"
    )
    assert sentence(said, CHINESE) == (
        r"第 2 行，\_id\_：应为 1 至 64 个字母、数字、“.”、“-”或“\_”"
    )
