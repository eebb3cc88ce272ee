"""The patient: ranges, BMI and the sentence a wrong figure gets."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.errors import PatientError
from face2bone.patient import (
    AGE_RANGE,
    HEIGHT_RANGE,
    WEIGHT_RANGE,
    Menopause,
    Patient,
    RedFlag,
    RiskFactor,
    Sex,
)

USUAL = {"age_years": 67.0, "height_cm": 158.0, "weight_kg": 52.0}
RANGES = [
    ("age_years", "age", AGE_RANGE),
    ("height_cm", "height", HEIGHT_RANGE),
    ("weight_kg", "weight", WEIGHT_RANGE),
]


def patient_with(**changes: float) -> Patient:
    return Patient(sex=Sex.FEMALE, **(USUAL | changes))


def test_bmi() -> None:
    assert patient_with(height_cm=160.0, weight_kg=64.0).bmi == pytest.approx(25.0)


def test_nothing_is_assumed_that_was_not_said() -> None:
    patient = patient_with()
    assert patient.menopause is Menopause.UNKNOWN
    assert (patient.red_flags, patient.risk_factors) == (frozenset(), frozenset())


@pytest.mark.parametrize(("field", "word", "limits"), RANGES)
def test_limits_belong_to_the_range(field: str, word: str, limits: tuple[float, float]) -> None:
    for value in limits:
        assert getattr(patient_with(**{field: value}), field) == value


@pytest.mark.parametrize(("field", "word", "limits"), RANGES)
@given(beyond=st.floats(0.01, 1e6))
def test_outside_is_refused_by_name(
    field: str, word: str, limits: tuple[float, float], beyond: float
) -> None:
    for value in (limits[0] - beyond, limits[1] + beyond):
        with pytest.raises(PatientError, match=rf"^The {word} .* Check the {word}"):
            patient_with(**{field: value})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize(("field", "word", "limits"), RANGES)
def test_no_number_is_refused(
    field: str, word: str, limits: tuple[float, float], value: float
) -> None:
    with pytest.raises(PatientError):
        patient_with(**{field: value})


def test_a_patient_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        patient_with().age_years = 50.0


def test_stored_words_are_unique() -> None:
    for words in (Sex, Menopause, RedFlag, RiskFactor):
        assert len({word.value for word in words}) == len(words)
