"""The patient as the clinician describes them; everything but the photo.

A tick box left empty means "no". Finer answers live in ``face2bone.history`` and set the
ticks that follow from them; answers that contradict a tick are refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from face2bone.errors import PatientError
from face2bone.history import (
    Alcohol,
    Condition,
    FractureSite,
    History,
    ParentHipFracture,
    Prescription,
    Smoking,
)
from face2bone.words import template

AGE_RANGE: Final = (18.0, 110.0)  # years
HEIGHT_RANGE: Final = (100.0, 230.0)  # cm
WEIGHT_RANGE: Final = (25.0, 300.0)  # kg
RECENT_YEARS: Final = 2.0  # a hip or vertebral fracture this recent is a red flag

NO_SMOKING_NOW: Final = frozenset({Smoking.NEVER, Smoking.FORMER})
SMOKES_NOW: Final = frozenset(Smoking) - NO_SMOKING_NOW
UNDER_THREE_UNITS: Final = frozenset({Alcohol.NONE, Alcohol.UNDER_1, Alcohol.FROM_1_TO_2})
THREE_UNITS_OR_MORE: Final = frozenset(Alcohol) - UNDER_THREE_UNITS
# The diagnoses among FRAX's secondary causes of osteoporosis.
CAUSES_BONE_LOSS: Final = frozenset(
    {Condition.DIABETES_TYPE_1, Condition.ENDOCRINE, Condition.MALABSORPTION, Condition.LIVER}
)


class Sex(Enum):
    """Sex as T-score references and the published scores use it."""

    FEMALE = "F"
    MALE = "M"


class Menopause(Enum):
    """Menopausal status; unknown is a legitimate answer."""

    PRE = "pre"
    POST = "post"
    UNKNOWN = "unknown"


class RedFlag(Enum):
    """Findings that ask for a clinician now, whatever the face shows."""

    VERTEBRAL_FRACTURE_RECENT = "vertebral_fracture_recent"  # within 2 years
    VERTEBRAL_FRACTURES_MULTIPLE = "vertebral_fractures_multiple"  # two or more, ever
    HIP_FRACTURE_RECENT = "hip_fracture_recent"  # within 2 years
    HIP_FRACTURE_EARLIER = "hip_fracture_earlier"  # more than 2 years ago: specialist review
    GLUCOCORTICOID_HIGH_DOSE = "glucocorticoid_high_dose"  # >= 7.5 mg/d prednisolone >= 3 months
    HEIGHT_LOSS = "height_loss"  # more than 4 cm
    KYPHOSIS_WITH_PAIN = "kyphosis_with_pain"  # new kyphosis with back pain


class RiskFactor(Enum):
    """Risk factors that make a younger adult eligible for DXA (ISCD, NOGG)."""

    FRAGILITY_FRACTURE = "fragility_fracture"
    PARENT_HIP_FRACTURE = "parent_hip_fracture"
    SMOKER = "smoker"
    ALCOHOL = "alcohol"  # three or more units a day
    GLUCOCORTICOIDS = "glucocorticoids"
    RHEUMATOID_ARTHRITIS = "rheumatoid_arthritis"
    SECONDARY_OSTEOPOROSIS = "secondary_osteoporosis"
    LOW_WEIGHT = "low_weight"
    FALLS = "falls"


HIP_FLAGS: Final = frozenset({RedFlag.HIP_FRACTURE_RECENT, RedFlag.HIP_FRACTURE_EARLIER})
VERTEBRAL_FLAGS: Final = frozenset(
    {RedFlag.VERTEBRAL_FRACTURE_RECENT, RedFlag.VERTEBRAL_FRACTURES_MULTIPLE}
)


@dataclass(frozen=True)
class Patient:
    """One adult; raises ``PatientError`` outside the ranges above.

    ``red_flags`` and ``risk_factors`` hold what was ticked and what follows from ``history``.
    """

    age_years: float
    sex: Sex
    height_cm: float
    weight_kg: float
    menopause: Menopause = Menopause.UNKNOWN
    red_flags: frozenset[RedFlag] = field(default_factory=frozenset)
    risk_factors: frozenset[RiskFactor] = field(default_factory=frozenset)
    history: History = field(default_factory=History)

    def __post_init__(self) -> None:
        _check(template("age"), self.age_years, AGE_RANGE, template("years"))
        _check(template("height"), self.height_cm, HEIGHT_RANGE, "cm")
        _check(template("weight"), self.weight_kg, WEIGHT_RANGE, "kg")
        _check_agreement(self)
        flags = self.red_flags | frozenset(_flags_from_fractures(self))
        factors = self.risk_factors | frozenset(_factors_from(self.history))
        object.__setattr__(self, "red_flags", flags)
        object.__setattr__(self, "risk_factors", factors)

    @property
    def bmi(self) -> float:
        """Body mass index, kg/m2."""
        return self.weight_kg / (self.height_cm / 100.0) ** 2


def _check(name: str, value: float, limits: tuple[float, float], unit: str) -> None:
    low, high = limits
    if not low <= value <= high:
        raise PatientError(
            "The {name} {value} {unit} is outside {low} to {high} {unit}. Check the {name} "
            "and its unit and enter it again.",
            name=name,
            value=f"{value:g}",
            unit=unit,
            low=f"{low:g}",
            high=f"{high:g}",
        )


def _factors_from(history: History) -> Iterator[RiskFactor]:
    """The tick boxes that follow from finer answers."""
    if history.smoking in SMOKES_NOW:
        yield RiskFactor.SMOKER
    if history.alcohol in THREE_UNITS_OR_MORE:
        yield RiskFactor.ALCOHOL
    if history.fractures:
        yield RiskFactor.FRAGILITY_FRACTURE
    if history.parent_hip_fracture not in (None, ParentHipFracture.NEITHER):
        yield RiskFactor.PARENT_HIP_FRACTURE
    if Prescription.CORTICOSTEROID in (history.prescriptions or ()):
        yield RiskFactor.GLUCOCORTICOIDS
    if CAUSES_BONE_LOSS & (history.conditions or frozenset()):
        yield RiskFactor.SECONDARY_OSTEOPOROSIS


def _flags_from_fractures(patient: Patient) -> Iterator[RedFlag]:
    """The red flags that follow from the listed hip and spine fractures."""
    fractures = patient.history.fractures or ()
    hips = [patient.age_years - f.age_years for f in fractures if f.site is FractureSite.HIP]
    spines = [patient.age_years - f.age_years for f in fractures if f.site is FractureSite.SPINE]
    if any(years <= RECENT_YEARS for years in hips):
        yield RedFlag.HIP_FRACTURE_RECENT
    if any(years > RECENT_YEARS for years in hips):
        yield RedFlag.HIP_FRACTURE_EARLIER
    if any(years <= RECENT_YEARS for years in spines):
        yield RedFlag.VERTEBRAL_FRACTURE_RECENT
    if len(spines) > 1:
        yield RedFlag.VERTEBRAL_FRACTURES_MULTIPLE


def _check_agreement(patient: Patient) -> None:
    """Refuse a tick that the finer answers deny, and a fracture later than today."""
    for tick, denial in _contradictions(patient):
        raise PatientError(
            "The answers contradict each other: {tick} is ticked, and {denial}. Correct "
            "one of the two.",
            tick=tick,
            denial=denial,
        )
    for fracture in patient.history.fractures or ():
        if fracture.age_years > patient.age_years:
            raise PatientError(
                "A fracture at {age} years lies after the patient's age of "
                "{now} years. Check both ages.",
                age=f"{fracture.age_years:g}",
                now=f"{patient.age_years:g}",
            )


def _contradictions(patient: Patient) -> Iterator[tuple[str, str]]:
    """(what is ticked, the answer that denies it) of every contradiction."""
    history, ticked = patient.history, patient.risk_factors
    if RiskFactor.SMOKER in ticked and history.smoking in NO_SMOKING_NOW:
        yield (
            template("current smoking"),
            template("the history says the patient does not smoke now"),
        )
    if RiskFactor.ALCOHOL in ticked and history.alcohol in UNDER_THREE_UNITS:
        yield template("three or more units of alcohol a day"), template("the history says fewer")
    neither = history.parent_hip_fracture is ParentHipFracture.NEITHER
    if RiskFactor.PARENT_HIP_FRACTURE in ticked and neither:
        yield (
            template("a parent's hip fracture"),
            template("the history says neither parent had one"),
        )
    yield from _fracture_contradictions(patient)


def _fracture_contradictions(patient: Patient) -> Iterator[tuple[str, str]]:
    if patient.history.fractures is None:
        return
    sites = {fracture.site for fracture in patient.history.fractures}
    if RiskFactor.FRAGILITY_FRACTURE in patient.risk_factors and not sites:
        yield template("a fragility fracture"), template("the list of fractures is empty")
    if patient.red_flags & HIP_FLAGS and FractureSite.HIP not in sites:
        yield template("a hip fracture"), template("the list of fractures holds none")
    if patient.red_flags & VERTEBRAL_FLAGS and FractureSite.SPINE not in sites:
        yield template("a vertebral fracture"), template("the list of fractures holds none")
