"""The patient as the clinician describes them; everything but the photo."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from face2bone.errors import PatientError

AGE_RANGE: Final = (18.0, 110.0)  # years
HEIGHT_RANGE: Final = (100.0, 230.0)  # cm
WEIGHT_RANGE: Final = (25.0, 300.0)  # kg


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


@dataclass(frozen=True)
class Patient:
    """One adult; raises ``PatientError`` outside the ranges above."""

    age_years: float
    sex: Sex
    height_cm: float
    weight_kg: float
    menopause: Menopause = Menopause.UNKNOWN
    red_flags: frozenset[RedFlag] = field(default_factory=frozenset)
    risk_factors: frozenset[RiskFactor] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        _check("age", self.age_years, AGE_RANGE, "years")
        _check("height", self.height_cm, HEIGHT_RANGE, "cm")
        _check("weight", self.weight_kg, WEIGHT_RANGE, "kg")

    @property
    def bmi(self) -> float:
        """Body mass index, kg/m2."""
        return self.weight_kg / (self.height_cm / 100.0) ** 2


def _check(name: str, value: float, limits: tuple[float, float], unit: str) -> None:
    low, high = limits
    if not low <= value <= high:
        raise PatientError(
            f"The {name} {value:g} {unit} is outside {low:g} to {high:g} {unit}. "
            f"Check the {name} and its unit and enter it again."
        )
