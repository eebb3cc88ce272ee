"""The fonts hold what glyphs.py says, and nothing else reaches the page."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from face2bone.report.assessment import pdf
from face2bone.report.assessment.glyphs import DRAWN, LATIN, drawable, gb2312

FONTS = pdf.FOLDER / "fonts"


def held(name: str) -> set[int]:
    with TTFont(FONTS / name) as font:
        return set(font.getBestCmap())


def test_gb_2312_is_whole() -> None:
    assert len(set(gb2312())) == 7445  # GB 2312-80: 6763 hanzi and 682 others


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_latin_fonts_hold_the_latin_characters(weight: str) -> None:
    assert held(f"Face2BoneSans-{weight}.otf") >= LATIN


def test_the_chinese_font_holds_every_character_a_report_may_use() -> None:
    assert held("Face2BoneSansSC-Regular.otf") >= DRAWN


def test_the_fonts_stay_small_and_carry_their_licence() -> None:
    assert sum(path.stat().st_size for path in Path(FONTS).iterdir()) < 2_000_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text("utf-8")


@given(st.text(max_size=60))
def test_any_text_becomes_one_line_of_drawn_characters(text: str) -> None:
    shown = drawable(text)
    assert {ord(c) for c in shown} <= DRAWN
    assert drawable(shown) == shown


def test_what_cannot_be_drawn_is_named() -> None:
    assert drawable("Zażółć 中文\n😀") == "Za[U+017C]ó[U+0142][U+0107] 中文 [U+1F600]"
