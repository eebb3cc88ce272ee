"""The history: ranges, and the tick boxes that follow from finer answers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.errors import PatientError
from face2bone.history import (
    Alcohol,
    Condition,
    Fracture,
    FractureSite,
    History,
    ParentHipFracture,
    Prescription,
    SiteScores,
    Smoking,
)
from face2bone.patient import Patient, RedFlag, RiskFactor, Sex

WOMAN = Patient(70, Sex.FEMALE, 160, 60)


def with_history(**answers: object) -> Patient:
    return replace(WOMAN, history=History(**answers))


def test_nothing_is_answered_by_itself() -> None:
    silent = History()
    scores = {"t_scores", "z_scores"}
    assert all(value is None for name, value in vars(silent).items() if name not in scores)
    assert silent.t_scores.measured == silent.z_scores.measured == ()
    assert (WOMAN.red_flags, WOMAN.risk_factors) == (frozenset(), frozenset())


@pytest.mark.parametrize("age", [17.9, 110.1, float("nan")])
def test_fracture_age_is_checked(age: float) -> None:
    with pytest.raises(PatientError, match=r"outside 18 to 110 years\. Check it"):
        Fracture(FractureSite.HIP, age)


@pytest.mark.parametrize("site", ["lumbar_spine", "femoral_neck", "total_hip"])
@given(beyond=st.floats(0.01, 1e6), sign=st.sampled_from([-1, 1]))
def test_site_scores_are_checked(site: str, beyond: float, sign: int) -> None:
    with pytest.raises(PatientError, match=r"Check the sign and the decimal point"):
        SiteScores(**{site: sign * (8.0 + beyond)})


def test_measured_leaves_out_what_is_missing() -> None:
    assert SiteScores(lumbar_spine=-1.0, total_hip=-2.0).measured == (-1.0, -2.0)


@pytest.mark.parametrize(
    ("answers", "factor"),
    [
        ({"smoking": Smoking.LIGHT}, RiskFactor.SMOKER),
        ({"alcohol": Alcohol.FROM_3_TO_6}, RiskFactor.ALCOHOL),
        ({"parent_hip_fracture": ParentHipFracture.FATHER}, RiskFactor.PARENT_HIP_FRACTURE),
        ({"fractures": (Fracture(FractureSite.RIB, 60),)}, RiskFactor.FRAGILITY_FRACTURE),
        ({"prescriptions": frozenset({Prescription.CORTICOSTEROID})}, RiskFactor.GLUCOCORTICOIDS),
        ({"conditions": frozenset({Condition.LIVER})}, RiskFactor.SECONDARY_OSTEOPOROSIS),
    ],
)
def test_a_finer_answer_sets_its_tick(answers: dict[str, object], factor: RiskFactor) -> None:
    assert with_history(**answers).risk_factors == {factor}


@pytest.mark.parametrize(
    "answers",
    [
        {"smoking": Smoking.FORMER},
        {"alcohol": Alcohol.FROM_1_TO_2},
        {"parent_hip_fracture": ParentHipFracture.NEITHER},
        {"fractures": ()},
        {"prescriptions": frozenset({Prescription.ANTIDEPRESSANT})},
        {"conditions": frozenset({Condition.DEMENTIA})},
    ],
)
def test_other_answers_set_none(answers: dict[str, object]) -> None:
    assert with_history(**answers).risk_factors == frozenset()


@pytest.mark.parametrize(
    ("fractures", "flags"),
    [
        ([("hip", 69)], {RedFlag.HIP_FRACTURE_RECENT}),
        ([("hip", 68)], {RedFlag.HIP_FRACTURE_RECENT}),
        ([("hip", 67)], {RedFlag.HIP_FRACTURE_EARLIER}),
        ([("spine", 69)], {RedFlag.VERTEBRAL_FRACTURE_RECENT}),
        ([("spine", 55)], set()),
        ([("spine", 55), ("spine", 60)], {RedFlag.VERTEBRAL_FRACTURES_MULTIPLE}),
        ([("wrist", 70)], set()),
    ],
)
def test_hip_and_spine_fractures_raise_red_flags(
    fractures: list[tuple[str, float]], flags: set[RedFlag]
) -> None:
    listed = tuple(Fracture(FractureSite(site), age) for site, age in fractures)
    assert with_history(fractures=listed).red_flags == flags


CONTRADICTIONS = [
    (RiskFactor.SMOKER, {"smoking": Smoking.NEVER}),
    (RiskFactor.ALCOHOL, {"alcohol": Alcohol.UNDER_1}),
    (RiskFactor.PARENT_HIP_FRACTURE, {"parent_hip_fracture": ParentHipFracture.NEITHER}),
    (RiskFactor.FRAGILITY_FRACTURE, {"fractures": ()}),
    (RedFlag.HIP_FRACTURE_EARLIER, {"fractures": (Fracture(FractureSite.WRIST, 60),)}),
    (RedFlag.VERTEBRAL_FRACTURES_MULTIPLE, {"fractures": ()}),
]


@pytest.mark.parametrize(("tick", "answers"), CONTRADICTIONS)
def test_contradictions_are_refused(tick: RiskFactor | RedFlag, answers: dict[str, object]) -> None:
    is_flag = isinstance(tick, RedFlag)
    ticks = {"red_flags" if is_flag else "risk_factors": frozenset({tick})}
    with pytest.raises(PatientError, match=r"contradict each other: .* is ticked, and the"):
        replace(with_history(**answers), **ticks)


def test_a_fracture_to_come_is_refused() -> None:
    with pytest.raises(PatientError, match="lies after the patient's age of 70 years"):
        with_history(fractures=(Fracture(FractureSite.RIB, 71),))


def test_ticks_and_answers_add_up() -> None:
    patient = replace(
        WOMAN,
        risk_factors=frozenset({RiskFactor.FALLS}),
        history=History(smoking=Smoking.HEAVY),
    )
    assert patient.risk_factors == {RiskFactor.FALLS, RiskFactor.SMOKER}
