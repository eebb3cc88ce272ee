"""Scores that select for DXA, OST and OSTA among them: printed vectors, traps, what they refuse."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.clinical.score import Instrument
from face2bone.clinical.selection import (
    abone,
    body_weight,
    orai,
    osiris,
    ost,
    ost_index,
    osta,
    score,
    tens_of_pounds,
)
from face2bone.history import Ethnicity, History, Oestrogen
from face2bone.patient import Menopause, Patient, RedFlag, RiskFactor, Sex
from tests.clinical.people import fractures, man, woman

NEVER, PAST, CURRENT = Oestrogen.NEVER, Oestrogen.PAST, Oestrogen.CURRENT
POUND = 0.45359237


@pytest.mark.parametrize(
    ("age", "weight", "oestrogen", "value", "refers"),
    [
        (70, 55, NEVER, 20, True),  # printed
        (60, 75, CURRENT, 5, False),  # printed
        (64, 59.9, NEVER, 16, True),
        (54, 69.9, NEVER, 5, False),  # trap: "60 to 69 kg" means up to 69.9
        (80, 45, NEVER, 26, True),  # the maximum
        (80, 45, PAST, 26, True),
        (45, 70, CURRENT, 0, False),  # the minimum
        (54.9, 70, PAST, 2, False),
        (55, 60, CURRENT, 8, False),
        (75, 70, CURRENT, 15, True),
    ],
)
def test_orai(age: float, weight: float, oestrogen: Oestrogen, value: int, refers: bool) -> None:
    result = orai(woman(age, weight, oestrogen=oestrogen))
    assert (result.value, result.refers) == (value, refers)


def score_woman(age: float, pounds: float, *ticks: RiskFactor, **answers: object) -> Patient:
    given_answers = {"ethnicity": Ethnicity.WHITE, "oestrogen": NEVER, **answers}
    return woman(age, pounds * POUND, *ticks, **given_answers)


ARTHRITIS = RiskFactor.RHEUMATOID_ARTHRITIS


@pytest.mark.parametrize(
    ("patient", "value", "refers"),
    [
        (score_woman(48, 160), 2, False),  # its parts are printed: 48 gives 12, 160 lb gives -16
        (score_woman(48, 160, oestrogen=PAST), 1, False),
        (score_woman(65, 130), 11, True),
        (score_woman(72, 118, ARTHRITIS, fractures=fractures(("wrist", 60))), 24, True),
        (score_woman(65, 130, ethnicity=Ethnicity.BLACK_AFRICAN), 6, True),
        (score_woman(65, 139.9), 11, True),  # trap: pounds are truncated
        (score_woman(69.9, 130), 11, True),  # trap: the tens of the age, not a tenth of it
        (score_woman(64, 130), 11, True),  # trap: age counts below 65 too
    ],
)
def test_score(patient: Patient, value: int, refers: bool) -> None:
    result = score(patient)
    assert (result.value, result.refers) == (value, refers)


@pytest.mark.parametrize(
    ("listed", "points"),
    [
        ([("hip", 50), ("rib", 60), ("wrist", 46)], 12),
        ([("wrist", 50), ("wrist", 60)], 4),
        ([("wrist", 44), ("spine", 60), ("shoulder", 61)], 0),
        ([("wrist", 45)], 4),
    ],
)
def test_score_counts_hip_wrist_and_rib_after_45(
    listed: list[tuple[str, float]], points: int
) -> None:
    without = score(score_woman(65, 130)).value
    assert without is not None
    assert score(score_woman(65, 130, fractures=fractures(*listed))).value == without + points


@given(st.integers(60, 400))
def test_whole_pounds_typed_in_kg_are_not_pushed_below_a_ten(pounds: int) -> None:
    assert tens_of_pounds(pounds * POUND) == pounds // 10
    assert tens_of_pounds(round(pounds * POUND, 4)) in (pounds // 10, (pounds - 1) // 10)


@pytest.mark.parametrize(
    ("patient", "value", "band", "refers"),
    [
        # printed: 75 years, 50 kg, a fracture, no oestrogen
        (woman(75, 50, RiskFactor.FRAGILITY_FRACTURE, oestrogen=NEVER), -7, "high risk", True),
        (woman(55, 70, oestrogen=CURRENT), 5, "low risk", False),  # printed
        (woman(60, 66, oestrogen=PAST), 1, "intermediate risk", False),
        (woman(60, 70, oestrogen=PAST), 2, "low risk", False),
        (woman(60, 64, oestrogen=PAST), 0, "intermediate risk", True),
        (woman(60, 45, oestrogen=PAST), -3, "intermediate risk", True),
        (woman(65, 58, oestrogen=NEVER), -1, "intermediate risk", True),  # trap: raw -1.4
        (
            woman(60, 72, RedFlag.HIP_FRACTURE_EARLIER, oestrogen=NEVER),
            0,
            "intermediate risk",
            True,
        ),
    ],
)
def test_osiris(patient: Patient, value: int, band: str, refers: bool) -> None:
    """Bands as the abstract of the derivation prints them: above 1, and below -3."""
    result = osiris(patient)
    assert (result.value, result.band, result.refers) == (value, band, refers)


@pytest.mark.parametrize(
    ("age", "weight", "ever", "value", "refers"),
    [
        (66, 63.4, False, 3, True),
        (65, 63.5, False, 1, False),
        (65.9, 63.5, False, 1, False),  # 65 completed years
        (70, 80, True, 1, False),
        (70, 60, True, 2, True),
    ],
)
def test_abone(age: float, weight: float, ever: bool, value: int, refers: bool) -> None:
    result = abone(woman(age, weight, hormones_six_months=ever))
    assert (result.value, result.refers) == (value, refers)
    assert not result.source.verified


@pytest.mark.parametrize(("weight", "refers"), [(69.9, True), (70.0, False)])
def test_body_weight(weight: float, refers: bool) -> None:
    assert body_weight(woman(60, weight)).refers is refers


@pytest.mark.parametrize(
    ("instrument", "patient", "words"),
    [
        (orai, woman(60, 60), "needs: oestrogen therapy: never, past or current"),
        (score, woman(60, 60, oestrogen=NEVER), "needs: ethnic group"),
        (
            score,
            score_woman(60, 130, RiskFactor.FRAGILITY_FRACTURE),
            "needs: site and age of each fracture",
        ),
        (osiris, woman(60, 60), "needs: oestrogen therapy: never, past or current"),
        (
            abone,
            woman(60, 60),
            "needs: the contraceptive pill or oestrogen for six months or longer, ever",
        ),
        (
            orai,
            woman(44, 60, oestrogen=NEVER),
            "not applicable: the patient is 44, and the rule is for ages 45 and over",
        ),
        (body_weight, man(60, 60), "not applicable: for women only"),
    ],
)
def test_a_reason_instead_of_a_number(instrument, patient: Patient, words: str) -> None:
    result = instrument(patient)
    assert result.words == words
    assert (result.value, result.refers, result.band) == (None, None, "")


@pytest.mark.parametrize("instrument", [score, osiris, abone, body_weight])
def test_not_before_menopause(instrument) -> None:
    patient = Patient(50, Sex.FEMALE, 160, 60, Menopause.PRE)
    assert "after menopause" in instrument(patient).not_applicable


grown = st.integers(50, 100)
kilograms = st.floats(40, 120)


@given(grown, kilograms, st.integers(0, 10), st.floats(0, 20), st.sampled_from(Oestrogen))
def test_older_or_lighter_never_scores_safer(
    age: int, weight: float, years: int, kilos: float, oestrogen: Oestrogen
) -> None:
    answers = {
        "oestrogen": oestrogen,
        "ethnicity": Ethnicity.OTHER,
        "hormones_six_months": False,
    }
    now, then = (
        woman(age, weight, **answers),
        woman(age + years, weight - min(kilos, 10), **answers),
    )
    for instrument, sign in [(orai, 1), (score, 1), (osiris, -1), (abone, 1), (body_weight, -1)]:
        assert sign * (instrument(then).value - instrument(now).value) >= 0


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


def of_weight(age: float, weight: float, history: History | None = None) -> Patient:
    return Patient(age, Sex.FEMALE, 160, weight, history=history or History())


def man_of_weight(age: float, weight: float) -> Patient:
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
    score = ost(of_weight(age, weight))
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
    score = ost(man_of_weight(age, weight))
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
    score = osta(of_weight(age, weight, CHINESE))
    assert (score.value, score.band, score.refers) == (value, band, refers)


def test_osta_asks_for_the_ethnic_group_and_is_for_asian_women_only() -> None:
    assert osta(of_weight(70, 50)).words == "needs: ethnic group"
    european = osta(of_weight(70, 50, History(ethnicity=Ethnicity.WHITE)))
    assert european.words == "not applicable: for postmenopausal Asian women only"
    assert osta(man_of_weight(70, 50)).words == "not applicable: for women only"


@pytest.mark.parametrize(
    "patient",
    [
        of_weight(49, 40),
        Patient(53, Sex.FEMALE, 160, 40, Menopause.PRE),
        man_of_weight(49, 40),
    ],
)
def test_no_number_where_t_scores_are_not_read(patient: Patient) -> None:
    score = ost(patient)
    assert score.not_applicable
    assert (score.value, score.refers, score.band) == (None, None, "")


@given(st.integers(50, 100), st.floats(30, 150), st.floats(0, 60))
def test_heavier_never_scores_lower(age: int, weight: float, more: float) -> None:
    lighter, heavier = (
        ost(man_of_weight(age, weight)).value,
        ost(man_of_weight(age, weight + more)).value,
    )
    assert lighter is not None
    assert heavier is not None
    assert heavier >= lighter


@given(st.floats(40, 95), st.floats(35, 140))
def test_never_further_from_zero_than_the_raw_score(age: float, weight: float) -> None:
    raw = 0.2 * (weight - math.floor(age))
    assert abs(ost_index(age, weight)) <= abs(raw) + 1e-6
