"""Patients for the tests of the instruments, and every kind of patient for properties."""

from hypothesis import strategies as st

from face2bone.errors import PatientError
from face2bone.history import (
    Alcohol,
    Condition,
    Ethnicity,
    Fracture,
    FractureSite,
    History,
    Oestrogen,
    ParentHipFracture,
    Prescription,
    SiteScores,
    Smoking,
)
from face2bone.patient import Menopause, Patient, RedFlag, RiskFactor, Sex


def woman(age: float, weight: float, *ticks: RiskFactor | RedFlag, **answers: object) -> Patient:
    """A woman of 160 cm after menopause, with ticks and history answers."""
    return person(Sex.FEMALE, age, weight, *ticks, **answers)


def man(age: float, weight: float, *ticks: RiskFactor | RedFlag, **answers: object) -> Patient:
    """A man of 160 cm, with ticks and history answers."""
    return person(Sex.MALE, age, weight, *ticks, **answers)


def person(
    sex: Sex, age: float, weight: float, *ticks: RiskFactor | RedFlag, **answers: object
) -> Patient:
    return Patient(
        age,
        sex,
        160,
        weight,
        Menopause.POST if sex is Sex.FEMALE else Menopause.UNKNOWN,
        frozenset(tick for tick in ticks if isinstance(tick, RedFlag)),
        frozenset(tick for tick in ticks if isinstance(tick, RiskFactor)),
        History(**answers),
    )


def fractures(*listed: tuple[str, float]) -> tuple[Fracture, ...]:
    """Fractures from pairs of site and age."""
    return tuple(Fracture(FractureSite(site), age) for site, age in listed)


site_scores = st.builds(
    SiteScores,
    *[st.none() | st.floats(-5, 3) for _ in range(3)],
)
histories = st.builds(
    History,
    ethnicity=st.none() | st.sampled_from(Ethnicity),
    smoking=st.none() | st.sampled_from(Smoking),
    alcohol=st.none() | st.sampled_from(Alcohol),
    oestrogen=st.none() | st.sampled_from(Oestrogen),
    hormones_six_months=st.none() | st.booleans(),
    fractures=st.none()
    | st.lists(
        st.builds(Fracture, st.sampled_from(FractureSite), st.integers(18, 90)), max_size=3
    ).map(tuple),
    parent_hip_fracture=st.none() | st.sampled_from(ParentHipFracture),
    parent_osteoporosis=st.none() | st.booleans(),
    conditions=st.none() | st.frozensets(st.sampled_from(Condition), max_size=3),
    prescriptions=st.none() | st.frozensets(st.sampled_from(Prescription)),
    care_home=st.none() | st.booleans(),
    rises_with_arms=st.none() | st.booleans(),
    t_scores=site_scores,
    z_scores=site_scores,
)


@st.composite
def anyone(draw: st.DrawFn) -> Patient:
    """Any patient whose answers agree: ticks that the history denies are dropped."""
    body = {
        "age_years": draw(st.floats(18, 110)),
        "sex": draw(st.sampled_from(Sex)),
        "height_cm": draw(st.floats(140, 200)),
        "weight_kg": draw(st.floats(35, 140)),
        "menopause": draw(st.sampled_from(Menopause)),
    }
    flags = draw(st.frozensets(st.sampled_from(RedFlag), max_size=2))
    factors = draw(st.frozensets(st.sampled_from(RiskFactor), max_size=3))
    history = draw(histories)
    try:
        return Patient(**body, red_flags=flags, risk_factors=factors, history=history)
    except PatientError:
        return Patient(**body, red_flags=flags, risk_factors=factors)
