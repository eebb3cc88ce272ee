"""QFracture for a patient: categories, derived answers, what it asks for and must show."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from face2bone.clinical.qfracture import Inputs, disclaimer, risk_percent
from face2bone.clinical.qfracture_score import (
    ALCOHOL,
    CONDITION_TERMS,
    ETHNICITIES,
    SMOKING,
    qfracture_hip,
    qfracture_inputs,
    qfracture_major,
)
from face2bone.history import (
    Alcohol,
    Condition,
    Ethnicity,
    History,
    Oestrogen,
    Prescription,
    Smoking,
)
from face2bone.patient import Patient, RedFlag, RiskFactor, Sex
from tests.clinical.people import anyone, fractures, man, woman


def test_the_enums_stand_in_the_order_of_the_equations() -> None:
    assert [e.value for e in ETHNICITIES] == [
        *("white", "indian", "pakistani", "bangladeshi", "other_asian"),
        *("black_caribbean", "black_african", "chinese", "other"),
    ]
    assert [s.value for s in SMOKING] == ["never", "former", "light", "moderate", "heavy"]
    assert [a.value for a in ALCOHOL] == [
        *("none", "under_1", "1_to_2", "3_to_6", "7_to_9", "over_9"),
    ]
    assert set(CONDITION_TERMS) == set(Condition)


def test_a_worked_patient_through_the_form() -> None:
    """Vector Q2: everything typed as a clinician would type it."""
    patient = Patient(
        75.6,
        Sex.FEMALE,
        160,
        56,
        risk_factors=frozenset({RiskFactor.RHEUMATOID_ARTHRITIS, RiskFactor.PARENT_HIP_FRACTURE}),
        history=History(
            smoking=Smoking.HEAVY,
            alcohol=Alcohol.FROM_7_TO_9,
            fractures=fractures(("wrist", 60)),
            prescriptions=frozenset({Prescription.CORTICOSTEROID}),
        ),
    )
    major, hip = qfracture_major(patient), qfracture_hip(patient)
    assert major.value == pytest.approx(45.194353, abs=1e-5)
    assert hip.value == pytest.approx(35.514128, abs=1e-5)
    assert (major.unit, major.band, major.refers) == ("%", "within 10 years", None)


def test_another_worked_patient() -> None:
    """Vector Q4: the hip's risk exceeds the other's, and is shown as it is."""
    patient = Patient(
        80,
        Sex.MALE,
        172,
        71,
        risk_factors=frozenset({RiskFactor.FALLS}),
        history=History(
            conditions=frozenset({Condition.PARKINSONS, Condition.DIABETES_TYPE_1}),
            care_home=True,
        ),
    )
    assert qfracture_major(patient).value == pytest.approx(47.924641, abs=1e-5)
    assert qfracture_hip(patient).value == pytest.approx(80.247719, abs=1e-5)


@pytest.mark.parametrize(
    ("ticks", "answers", "term"),
    [
        ([], {"conditions": frozenset({Condition.LUPUS})}, "b_ra_sle"),
        ([RiskFactor.RHEUMATOID_ARTHRITIS], {}, "b_ra_sle"),
        ([RedFlag.GLUCOCORTICOID_HIGH_DOSE], {}, "b_corticosteroids"),
        ([RedFlag.VERTEBRAL_FRACTURES_MULTIPLE], {}, "b_fracture4"),
        ([RedFlag.HIP_FRACTURE_EARLIER], {}, "b_fracture4"),
        ([RiskFactor.FALLS], {}, "b_falls"),
        ([], {"parent_osteoporosis": True}, "fh_osteoporosis"),
        ([], {"oestrogen": Oestrogen.CURRENT}, "b_hrt_oest"),
        ([], {"care_home": True}, "b_carehome"),
        ([], {"prescriptions": frozenset({Prescription.ANTIDEPRESSANT})}, "b_antidepressant"),
    ],
)
def test_where_a_yes_comes_from(ticks: list, answers: dict[str, object], term: str) -> None:
    assert qfracture_inputs(woman(70, 60, *ticks, **answers)).yes == {term}
    assert qfracture_inputs(woman(70, 60)).yes == frozenset()


def test_fractures_elsewhere_do_not_count() -> None:
    patient = woman(70, 60, fractures=fractures(("rib", 60), ("other", 61)))
    assert "b_fracture4" not in qfracture_inputs(patient).yes


def test_past_oestrogen_does_not_count() -> None:
    assert not qfracture_inputs(woman(70, 60, oestrogen=Oestrogen.PAST)).yes


@pytest.mark.parametrize(
    ("tick", "ask", "settling"),
    [
        (RiskFactor.SMOKER, "cigarettes a day", {"smoking": Smoking.LIGHT}),
        (RiskFactor.ALCOHOL, "units of alcohol a day", {"alcohol": Alcohol.OVER_9}),
        (RiskFactor.SECONDARY_OSTEOPOROSIS, "diagnoses", {"conditions": frozenset()}),
        (
            RiskFactor.GLUCOCORTICOIDS,
            "prescriptions of the last six months",
            {"prescriptions": frozenset()},
        ),
        (
            RiskFactor.FRAGILITY_FRACTURE,
            "site and age of each fracture",
            {"fractures": fractures(("rib", 60))},
        ),
    ],
)
def test_a_tick_without_its_detail_gives_no_number(
    tick: RiskFactor, ask: str, settling: dict[str, object]
) -> None:
    open_ = qfracture_major(woman(70, 60, tick))
    assert (open_.value, open_.missing, open_.band) == (None, (ask,), "")
    assert qfracture_major(woman(70, 60, tick, **settling)).value is not None


def test_unanswered_questions_count_as_no_and_are_listed() -> None:
    silent = qfracture_major(woman(70, 60))
    assert silent.value == pytest.approx(
        risk_percent(Sex.FEMALE, "major", Inputs(70, 60 / 1.6**2)), abs=1e-9
    )
    assert "ethnic group (taken as white)" in silent.missing
    assert "oestrogen therapy: never, past or current" in silent.missing
    assert "living in a care home" not in silent.missing  # no term for women
    assert "living in a care home" in qfracture_hip(man(70, 60)).missing
    told = History(
        Ethnicity.CHINESE,
        Smoking.NEVER,
        Alcohol.NONE,
        Oestrogen.NEVER,
        parent_osteoporosis=False,
        conditions=frozenset(),
        prescriptions=frozenset(),
    )
    assert qfracture_major(replace(woman(70, 60), history=told)).missing == ()


@pytest.mark.parametrize(
    ("patient", "years", "words"),
    [
        (woman(29, 60), 10, "an age of 30 to 100 years, and this one is 29"),
        (woman(101, 60), 10, "an age of 30 to 100 years"),
        (woman(70, 51), 10, "a body mass index of 20 to 40 kg/m2, and this one is 19.9"),
        (woman(70, 103), 10, "a body mass index of 20 to 40"),
        (woman(70, 60), 19, "a period of 1 to 18 years"),
    ],
)
def test_outside_its_range_it_refuses_with_the_range(
    patient: Patient, years: int, words: str
) -> None:
    for result in (qfracture_major(patient, years), qfracture_hip(patient, years)):
        assert words in result.not_applicable
        assert (result.value, result.band) == (None, "")


@settings(max_examples=20)
@given(anyone())
def test_the_disclaimer_always_travels_and_it_is_never_frax(patient: Patient) -> None:
    for result in (qfracture_major(patient), qfracture_hip(patient, 5)):
        assert result.disclaimer == disclaimer()
        assert "frax" not in repr(result).lower()
