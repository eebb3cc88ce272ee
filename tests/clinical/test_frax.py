"""A FRAX result's standing: the published rule vectors, the printed bands, and refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.choices import GuidelineId
from face2bone.clinical.frax import FraxResult, standing
from face2bone.clinical.guideline import CATEGORIES, FraxCategory, load_guideline
from face2bone.errors import PatientError

LOW, INTERMEDIATE, HIGH, VERY_HIGH = CATEGORIES


def category(
    guideline: GuidelineId, age: float, major: float, hip: float, with_bmd: bool = False
) -> FraxCategory | None:
    table = load_guideline(guideline).frax
    assert table is not None
    row = table.row(age)
    assert row is not None
    found = standing(FraxResult(major, hip, with_bmd), row)
    return found.category if found else None


@pytest.mark.parametrize(
    ("age", "major", "hip", "expected"),
    [
        (62, 5.9, 0.5, LOW),
        (62, 6.0, 0.5, INTERMEDIATE),
        (62, 5.0, 2.9, HIGH),
        (70, 24.4, 1.0, HIGH),
        (82, 33.0, 1.0, VERY_HIGH),
        (82, 15.0, 5.2, INTERMEDIATE),
        (54, 8.8, 0.1, HIGH),
        (55, 8.8, 0.1, INTERMEDIATE),
        (62, 15.0, 2.9, HIGH),
    ],
)
def test_nogg_rule_vectors(age: float, major: float, hip: float, expected: FraxCategory) -> None:
    assert category("nogg", age, major, hip) is expected


def test_nogg_hip_at_70_is_the_corrected_figure() -> None:
    """A public copy once printed 5.4 for the lower hip threshold at 70; it is 2.6."""
    assert category("nogg", 70, 10.0, 2.6) is INTERMEDIATE
    assert category("nogg", 70, 10.0, 2.5) is LOW


def test_nogg_upper_thresholds_are_the_intervention_ones_by_1_2_and_1_6() -> None:
    table = load_guideline("nogg").frax
    assert table is not None
    for row in table.rows:
        major = row.major
        assert major.treat is not None
        assert major.upper is not None
        assert major.very_high is not None
        assert major.upper == pytest.approx(1.2 * major.treat, abs=0.05)
        assert major.very_high == pytest.approx(1.6 * major.treat, abs=0.05)


def test_with_bmd_the_intervention_threshold_decides() -> None:
    assert category("nogg", 62, 12.1, 0.5, with_bmd=True) is LOW
    assert category("nogg", 62, 12.2, 0.5, with_bmd=True) is HIGH
    assert category("nogg", 62, 5.0, 2.3, with_bmd=True) is HIGH
    assert category("nogg", 62, 19.5, 0.5, with_bmd=True) is VERY_HIGH


@pytest.mark.parametrize(
    ("age", "treat", "assess", "upper"),
    [
        (40, 5.2, 2.3, 6.2),
        (45, 5.4, 2.4, 6.5),
        (50, 6.3, 2.9, 7.6),
        (55, 7.6, 3.6, 9.1),
        (60, 9.9, 4.9, 11.9),
        (65, 13.4, 6.9, 16.1),
        (70, 17.6, 9.7, 21.5),
        (75, 23.0, 13.7, 27.6),
        (80, 29.1, 18.7, 34.9),
        (85, 31.8, 20.9, 38.2),
        (90, 31.7, 20.8, 38.0),
    ],
)
def test_european_bands(age: float, treat: float, assess: float, upper: float) -> None:
    assert category("european", age, assess - 0.1, 0.0) is LOW
    assert category("european", age + 4.9, assess, 0.0) is INTERMEDIATE
    assert category("european", age, upper, 0.0) is HIGH
    assert category("european", age, treat, 0.0, with_bmd=True) is HIGH
    assert category("european", age, treat - 0.1, 0.0, with_bmd=True) is LOW


@pytest.mark.parametrize("guideline", ["us", "china"])
def test_twenty_and_three_percent_at_every_age(guideline: GuidelineId) -> None:
    for age in (50, 65, 88):
        assert category(guideline, age, 20.0, 0.0) is HIGH
        assert category(guideline, age, 19.9, 3.0) is HIGH
        assert category(guideline, age, 19.9, 2.9) is LOW


def test_uspstf_cut_off_chooses_whom_to_screen_and_says_nothing_with_bmd() -> None:
    assert category("uspstf", 60, 8.4, 0.0) is INTERMEDIATE
    assert category("uspstf", 60, 8.3, 0.0) is LOW
    assert category("uspstf", 60, 8.4, 0.0, with_bmd=True) is None


def test_the_deciding_limit_is_named() -> None:
    table = load_guideline("nogg").frax
    assert table is not None
    row = table.row(62)
    assert row is not None
    high = standing(FraxResult(5.0, 2.9, with_bmd=False), row)
    low = standing(FraxResult(5.9, 0.5, with_bmd=False), row)
    assert high is not None
    assert low is not None
    assert high.because == "hip is at or above 2.8 %"
    assert low.because == "major is below 6 % and hip is below 0.8 %"


@pytest.mark.parametrize(
    ("major", "hip", "words"),
    [
        (-0.1, 0.0, "major result -0.1 % is outside 0 to 100"),
        (101.0, 1.0, "major result 101 % is outside"),
        (5.0, -1.0, "hip result -1 % is outside"),
        (2.9, 15.0, "Check whether they are swapped"),
        (float("nan"), 1.0, "outside"),
        (5.0, float("nan"), "outside"),
    ],
)
def test_impossible_results_are_refused(major: float, hip: float, words: str) -> None:
    with pytest.raises(PatientError, match=words):
        FraxResult(major, hip, with_bmd=False)


@given(st.floats(0, 60), st.floats(0, 1), st.floats(50, 90), st.booleans())
def test_a_higher_result_never_stands_lower(
    major: float, share: float, age: float, with_bmd: bool
) -> None:
    here = category("nogg", age, major, major * share, with_bmd)
    higher = category("nogg", age, major + 5, major * share + 5, with_bmd)
    assert here is not None
    assert higher is not None
    assert CATEGORIES.index(higher) >= CATEGORIES.index(here)
