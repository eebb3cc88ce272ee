"""A number is read as it was meant, or refused, never as another; what a typed text may not be."""

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.errors import NumberRefused
from face2bone.typed import Quantity, text_problems

WIDE = Quantity("Figure", -1e9, 1e9)
AGE = Quantity("Age", 18.0, 110.0, "years")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("67", 67.0),
        (" 67.5 ", 67.5),
        ("67,5", 67.5),
        ("-0,8", -0.8),
        ("\N{MINUS SIGN}0,8", -0.8),
        ("\N{EN DASH}2.5", -2.5),
        ("+1", 1.0),
        (",5", 0.5),
        ("-.5", -0.5),
        ("007", 7.0),
        ("\uff16\uff17\uff0e\uff15", 67.5),  # full width, as a Chinese keyboard types
        ("\xa067\u202f", 67.0),
    ],
)
def test_both_decimal_signs_and_every_minus_are_read(text: str, expected: float) -> None:
    assert WIDE.read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("1.234,5", "1,234.5", "1 234", "1'234", "1,2,3", "67.", "67,", ".", ",", "-", "+", "--1"),
        *(
            "1e3",
            "0x10",
            "nan",
            "inf",
            "67 years",
            "sixty",
            "1_000",
            "\u0666\u0667",
            "\xbd",
            "6\u00b2",
        ),
    ],
)
def test_what_could_mean_something_else_is_refused(text: str) -> None:
    with pytest.raises(NumberRefused, match="is not a number"):
        WIDE.read(text)


@pytest.mark.parametrize("blank", [None, "", "  ", "\xa0"])
def test_nothing_typed_is_no_number(blank: str | None) -> None:
    assert AGE.read(blank) is None


def test_a_number_out_of_range_is_refused_with_the_range() -> None:
    assert [AGE.read("18"), AGE.read("110")] == [18.0, 110.0]
    for text in ("17.9", "110.1", "-67", "999999999"):
        with pytest.raises(NumberRefused, match=r"Age: .* is not between 18 and 110 years"):
            AGE.read(text)


def test_a_sentence_repeats_only_the_beginning() -> None:
    with pytest.raises(NumberRefused) as refused:
        WIDE.read("x" * 500)
    assert str(refused.value).count("x") == 20


def test_the_title_holds_the_unit() -> None:
    assert (AGE.title, WIDE.title) == ("Age (years)", "Figure")


@given(
    st.decimals(-999_999, 999_999, places=4),
    st.sampled_from(".,"),
    st.sampled_from("-\u2212\u2013"),
)
def test_every_decimal_is_read_back(number: object, sign: str, minus: str) -> None:
    text = f"{number:f}".replace("-", minus).replace(".", sign)
    assert WIDE.read(text) == float(str(number))


@given(st.text(max_size=12))
def test_any_text_is_a_finite_number_nothing_or_refused(text: str) -> None:
    with contextlib.suppress(NumberRefused):
        value = WIDE.read(text)
        assert value is None or math.isfinite(value)
        assert (value is None) == (not text.strip())


@pytest.mark.parametrize("reason", ["spine -2.6, -1.1 at the hip", "age = 81; frail", "a@b, c-d"])
def test_a_reason_may_hold_numbers_and_signs(reason: str) -> None:
    assert list(text_problems(reason, 80)) == []


@pytest.mark.parametrize("text", ["", "  ", "a\nb", " a", "a ", "x" * 81, "=1+1", "a;=1", "@x"])
def test_what_breaks_a_rule_is_said_once(text: str) -> None:
    assert len(list(text_problems(text, 80))) == 1
