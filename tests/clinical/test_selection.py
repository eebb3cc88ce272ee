"""ORAI, SCORE, OSIRIS, ABONE and body weight: printed vectors, traps, and what they refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.clinical.selection import abone, body_weight, orai, osiris, score, tens_of_pounds
from face2bone.history import Ethnicity, Oestrogen
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
