"""A height or weight typed in one unit is that height or weight in the other, and never another."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.body_units import HEIGHT, WEIGHT, Measure, Units, Written, two_decimals
from face2bone.errors import NumberRefused

METRIC, US = Units.METRIC, Units.US
KG, LB, CM, INCH = WEIGHT[METRIC], WEIGHT[US], HEIGHT[METRIC], HEIGHT[US]
PAIRS = st.sampled_from([(KG, LB), (LB, KG), (CM, INCH), (INCH, CM)])
NUMBERS = st.decimals("0.1", 800, places=2).map(lambda number: f"{number:f}")


@pytest.mark.parametrize(
    ("measure", "typed", "value"),
    [
        (LB, "150", 68.0388555),  # NIST SP 811: 1 lb is 0.45359237 kg
        (LB, "150,5", 68.265651685),
        (KG, "68,5", 68.5),
        (INCH, "65", 165.1),  # NIST SP 811: 1 in is 2.54 cm
        (INCH, "5'6\"", 167.64),
        (INCH, "5' 6", 167.64),
        (INCH, "5′6,5″", 168.91),
        (INCH, "5’ 11''", 180.34),
        (INCH, "6'", 182.88),
        (CM, "158", 158.0),
    ],
)
def test_what_is_typed_is_read_in_its_unit(measure: Measure, typed: str, value: float) -> None:
    assert measure.read(typed) == value


@pytest.mark.parametrize(
    ("measure", "typed"),
    [(CM, "5'6"), (LB, "5'6"), (INCH, "5'12"), (INCH, "5 6"), (INCH, "5'6'7"), (LB, "150 lb")],
)
def test_what_is_no_number_in_that_unit_is_refused(measure: Measure, typed: str) -> None:
    with pytest.raises(NumberRefused, match="is not a number"):
        measure.read(typed)


@pytest.mark.parametrize(
    ("measure", "sentence"),
    [
        (KG, "Weight: 9 is not between 25 and 300 kg."),
        (LB, "Weight: 9 is not between 55.2 and 661.3 lb."),
        (CM, "Height: 9 is not between 100 and 230 cm."),
        (INCH, "Height: 9 is not between 39.4 and 90.5 in."),
    ],
)
def test_limits_are_said_in_the_unit_and_are_allowed(measure: Measure, sentence: str) -> None:
    with pytest.raises(NumberRefused) as refused:
        measure.read("9")
    assert str(refused.value).startswith(sentence)
    for limit in measure.limits():
        assert measure.read(limit) is not None


def test_no_height_can_be_read_in_both_units() -> None:
    """Who overlooks the switch is told so: the two ranges have no number in common."""
    assert float(INCH.limits()[1]) < float(CM.limits()[0])


@given(PAIRS, NUMBERS)
def test_turning_to_the_other_unit_and_back_changes_nothing(
    pair: tuple[Measure, Measure], text: str
) -> None:
    asked, other = pair
    written = Written(text, asked)
    assert written.turned_to(other).turned_to(asked) == written
    assert written.shown_in(asked) == text
    assert _read(written, other) == _read(written, asked) == _plainly(asked, text)


@given(PAIRS, NUMBERS)
def test_what_is_shown_is_the_same_weight_or_height_to_a_tenth(
    pair: tuple[Measure, Measure], text: str
) -> None:
    asked, other = pair
    shown = Written(text, asked).shown_in(other)
    value = float(text) * asked.size
    assert abs(float(shown) * other.size - value) <= 0.05 * other.size + 1e-9
    assert (_plainly(other, shown) is None) == (_plainly(asked, text) is None)


def test_a_refused_number_is_refused_in_the_unit_on_the_page() -> None:
    written = Written("55.115", LB)  # a hair under 25 kg
    with pytest.raises(NumberRefused, match=r"Weight: 24\.9997 is not between 25 and 300 kg"):
        written.turned_to(KG).read_in(KG)


def test_what_is_no_number_belongs_to_no_unit() -> None:
    """Feet typed before the switch was found are understood once it is turned."""
    typed = Written("5'6", CM)
    with pytest.raises(NumberRefused, match="is not a number"):
        typed.read_in(CM)
    assert typed.turned_to(INCH).read_in(INCH) == 167.64


def test_nothing_is_nothing_in_either_unit() -> None:
    for text in ("", "  "):
        assert Written(text, KG).turned_to(LB).read_in(LB) is None


@given(st.text(max_size=8), PAIRS)
def test_any_text_is_the_same_value_in_both_units_or_refused(
    text: str, pair: tuple[Measure, Measure]
) -> None:
    asked, other = pair
    written = Written(text, asked)
    value = _read(written, asked)
    if value is not None:
        assert _read(written.turned_to(other), other) == value
        assert math.isfinite(value)


@given(st.floats(25, 300))
def test_a_report_is_never_more_than_a_hundredth_off(value: float) -> None:
    assert abs(float(two_decimals(value)) - value) <= 0.005 + 1e-9


def _read(written: Written, measure: Measure) -> float | None:
    try:
        return written.read_in(measure)
    except NumberRefused:
        return None


def _plainly(measure: Measure, text: str) -> float | None:
    """By arithmetic alone."""
    value = round(float(text) * measure.size, 9)
    return value if measure.low <= value <= measure.high else None
