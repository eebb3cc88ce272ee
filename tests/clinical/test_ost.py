"""OST against published vectors and the truncation traps of public calculators."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.clinical.ost import Band, ost, ost_index, osta_band
from face2bone.patient import Patient, Sex

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


@pytest.mark.parametrize(
    ("index", "band"),
    [(0, Band.LOW), (-1, Band.MEDIUM), (-4, Band.MEDIUM), (-5, Band.HIGH)],
)
def test_osta_bands(index: int, band: Band) -> None:
    assert osta_band(index) is band


def test_cut_off_by_sex() -> None:
    woman = ost(Patient(65, Sex.FEMALE, 160, 75))
    man = ost(Patient(65, Sex.MALE, 175, 75))
    assert (woman.index, woman.refers) == (2, False)
    assert (man.index, man.refers) == (2, True)
    assert woman.osta_band is Band.LOW
    assert man.osta_band is None


@given(st.floats(40, 95), st.floats(35, 140))
def test_never_further_from_zero_than_the_raw_score(age: float, weight: float) -> None:
    raw = 0.2 * (weight - math.floor(age))
    assert abs(ost_index(age, weight)) <= abs(raw) + 1e-6
