"""Who an instrument is for, and the sentence that says so."""

import pytest

from face2bone.clinical.eligibility import (
    blank,
    completed_years,
    counts_as_postmenopausal,
    needing,
    reads_by_z_score,
    valued,
    why_not,
)
from face2bone.clinical.score import Instrument
from face2bone.clinical.tables import Population
from face2bone.history import Ethnicity, History
from face2bone.patient import Menopause, Patient, Sex

WOMAN = Patient(60.9, Sex.FEMALE, 160, 60)
MAN = Patient(60, Sex.MALE, 175, 75)


@pytest.mark.parametrize(
    ("age", "menopause", "after"),
    [
        (49.9, Menopause.UNKNOWN, False),
        (50, Menopause.UNKNOWN, True),
        (45, Menopause.POST, True),
        (54, Menopause.PRE, False),
    ],
)
def test_menopause(age: float, menopause: Menopause, after: bool) -> None:
    patient = Patient(age, Sex.FEMALE, 160, 60, menopause)
    assert counts_as_postmenopausal(patient) is after
    assert reads_by_z_score(patient) is not after


@pytest.mark.parametrize(("age", "by_z"), [(49.9, True), (50, False)])
def test_men_are_read_by_z_score_until_50(age: float, by_z: bool) -> None:
    assert reads_by_z_score(Patient(age, Sex.MALE, 175, 75)) is by_z


@pytest.mark.parametrize(
    ("population", "patient", "reason"),
    [
        (Population(words="anyone"), MAN, ""),
        (Population(words="women", sex=Sex.FEMALE), MAN, "for women only"),
        (Population(words="men", sex=Sex.MALE), WOMAN, "for men only"),
        (
            Population(words="x", youngest=61),
            WOMAN,
            "the patient is 60, and the rule is for ages 61 and over",
        ),
        (
            Population(words="x", youngest=40, oldest=59),
            MAN,
            "the patient is 60, and the rule is for ages 40 to 59",
        ),
        (Population(words="x", menopause=Menopause.POST), WOMAN, ""),
    ],
)
def test_why_not(population: Population, patient: Patient, reason: str) -> None:
    assert why_not(population, patient) == reason


def test_ethnic_group_is_asked_before_it_excludes() -> None:
    assert blank(Instrument.OSTA, WOMAN).missing == ("ethnic group",)
    told = Patient(60, Sex.FEMALE, 160, 60, history=History(ethnicity=Ethnicity.OTHER))
    assert blank(Instrument.OSTA, told).not_applicable == "for postmenopausal Asian women only"
    assert blank(Instrument.OSTA, MAN).missing == ()


def test_ages_count_in_completed_years() -> None:
    assert completed_years(WOMAN) == 60


def test_a_blank_score_holds_everything_but_the_value() -> None:
    score = blank(Instrument.ORAI, WOMAN)
    assert (score.value, score.refers, score.missing) == (None, None, ())
    assert score.cutoff == "DXA is suggested at 9 or more"
    assert score.source.year == 2000
    assert valued(score, 9).refers
    assert needing(score, ["a", "b"]).words == "needs: a, b"
