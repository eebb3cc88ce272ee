"""OST against published vectors and the truncation traps of public calculators."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.clinical.ost import ost, ost_index, osta
from face2bone.clinical.score import Instrument
from face2bone.history import Ethnicity, History
from face2bone.patient import Menopause, Patient, Sex

# (age in years, weight in kg, index): the first four are printed in published
# calculators' documentation, the others follow from truncation toward zero.
VECTORS = [
    (75, 45, -6),
    (55, 70, 3),
    (65, 70, 1),
    (65, 70.5, 1),
    (68, 60, -1),  # raw -1.6; rounding would give -2
    (65, 74.9, 1),  # raw 1.98; rounding would give 2 and no referral
    (70, 61, -1),
    (70, 58, -2),
]


@pytest.mark.parametrize(("age", "weight", "index"), VECTORS)
def test_published_vectors(age: float, weight: float, index: int) -> None:
    assert ost_index(age, weight) == index


@given(st.integers(20, 100), st.integers(30, 150))
def test_whole_numbers_follow_exact_integer_arithmetic(age: int, weight: int) -> None:
    difference = weight - age
    exact = abs(difference) // 5 * (1 if difference >= 0 else -1)
    assert ost_index(age, weight) == exact


@given(st.integers(20, 100), st.integers(-10, 10))
def test_multiples_of_five_survive_binary_fractions(age: int, fifths: int) -> None:
    weight = age + 5 * fifths
    if weight > 0:
        assert ost_index(age, weight + 0.0) == fifths
        assert ost_index(age + 0.9, float(weight)) == fifths


CHINESE = History(ethnicity=Ethnicity.CHINESE)


def woman(age: float, weight: float, history: History | None = None) -> Patient:
    return Patient(age, Sex.FEMALE, 160, weight, history=history or History())


def man(age: float, weight: float) -> Patient:
    return Patient(age, Sex.MALE, 175, weight)


@pytest.mark.parametrize(
    ("age", "weight", "value", "band", "refers"),
    [
        (75, 45, -6, "high risk", True),
        (55, 70, 3, "low risk", False),
        (65, 70.5, 1, "moderate risk", True),
        (65, 74.9, 1, "moderate risk", True),  # trap: raw 1.98
        (65, 75, 2, "low risk", False),
        (65, 50, -3, "moderate risk", True),
        (65, 45, -4, "high risk", True),
    ],
)
def test_women(age: float, weight: float, value: int, band: str, refers: bool) -> None:
    score = ost(woman(age, weight))
    assert score.instrument is Instrument.OST_WOMEN
    assert (score.value, score.band, score.refers) == (value, band, refers)


@pytest.mark.parametrize(
    ("age", "weight", "value", "band", "refers"),
    [
        (65, 85, 4, "low risk", False),
        (65, 84.9, 3, "moderate risk", True),
        (65, 60, -1, "moderate risk", True),
        (65, 55, -2, "high risk", True),
    ],
)
def test_men(age: float, weight: float, value: int, band: str, refers: bool) -> None:
    """Bands and cut-off as Adler 2003 prints them: 4 or more, -1 to 3, -2 or less."""
    score = ost(man(age, weight))
    assert score.instrument is Instrument.OST_MEN
    assert (score.value, score.band, score.refers) == (value, band, refers)


@pytest.mark.parametrize(
    ("age", "weight", "value", "band", "refers"),
    [
        (70, 70, 0, "low risk", False),
        (70, 61, -1, "medium risk", True),  # trap: raw -1.8
        (70, 50, -4, "medium risk", True),
        (70, 45, -5, "high risk", True),
    ],
)
def test_asian_women(age: float, weight: float, value: int, band: str, refers: bool) -> None:
    score = osta(woman(age, weight, CHINESE))
    assert (score.value, score.band, score.refers) == (value, band, refers)


def test_osta_asks_for_the_ethnic_group_and_is_for_asian_women_only() -> None:
    assert osta(woman(70, 50)).words == "needs: ethnic group"
    european = osta(woman(70, 50, History(ethnicity=Ethnicity.WHITE)))
    assert european.words == "not applicable: for postmenopausal Asian women only"
    assert osta(man(70, 50)).words == "not applicable: for women only"


@pytest.mark.parametrize(
    "patient",
    [
        woman(49, 40),
        Patient(53, Sex.FEMALE, 160, 40, Menopause.PRE),
        man(49, 40),
    ],
)
def test_no_number_where_t_scores_are_not_read(patient: Patient) -> None:
    score = ost(patient)
    assert score.not_applicable
    assert (score.value, score.refers, score.band) == (None, None, "")


@given(st.integers(50, 100), st.floats(30, 150), st.floats(0, 60))
def test_heavier_never_scores_lower(age: int, weight: float, more: float) -> None:
    lighter, heavier = ost(man(age, weight)).value, ost(man(age, weight + more)).value
    assert lighter is not None
    assert heavier is not None
    assert heavier >= lighter


@given(st.floats(40, 95), st.floats(35, 140))
def test_never_further_from_zero_than_the_raw_score(age: float, weight: float) -> None:
    raw = 0.2 * (weight - math.floor(age))
    assert abs(ost_index(age, weight)) <= abs(raw) + 1e-6
