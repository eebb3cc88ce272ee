"""What the published instruments ask beyond age, sex, height, weight and the tick boxes.

Every answer is optional and None means "not answered", which is not "no": an instrument
that needs an unanswered question says so instead of giving a number. Where an answer here
is a finer form of a tick box of ``face2bone.patient`` (cigarettes a day and "smoker"), the
tick follows from it, so that no fact is typed twice.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from face2bone.errors import PatientError

FRACTURE_AGE_RANGE: Final = (18.0, 110.0)  # years; a fracture in childhood counts nowhere here
BONE_SCORE_RANGE: Final = (-8.0, 8.0)  # standard deviations; beyond lies a misplaced point


class Ethnicity(Enum):
    """Ethnic group in the nine categories of the QFracture equations."""

    WHITE = "white"
    INDIAN = "indian"
    PAKISTANI = "pakistani"
    BANGLADESHI = "bangladeshi"
    OTHER_ASIAN = "other_asian"
    BLACK_CARIBBEAN = "black_caribbean"
    BLACK_AFRICAN = "black_african"
    CHINESE = "chinese"
    OTHER = "other"


class Smoking(Enum):
    """Cigarettes: never or no longer, or how many a day now."""

    NEVER = "never"
    FORMER = "former"
    LIGHT = "light"  # fewer than 10 a day
    MODERATE = "moderate"  # 10 to 19 a day
    HEAVY = "heavy"  # 20 or more a day


class Alcohol(Enum):
    """Units of alcohol a day (one unit: 8 g or 10 ml of ethanol)."""

    NONE = "none"
    UNDER_1 = "under_1"
    FROM_1_TO_2 = "1_to_2"
    FROM_3_TO_6 = "3_to_6"
    FROM_7_TO_9 = "7_to_9"
    OVER_9 = "over_9"


class Oestrogen(Enum):
    """Oestrogen therapy after menopause (HRT), at any time of life."""

    NEVER = "never"
    PAST = "past"
    CURRENT = "current"


class ParentHipFracture(Enum):
    """Which parent broke a hip."""

    NEITHER = "neither"
    MOTHER = "mother"
    FATHER = "father"
    BOTH = "both"


class FractureSite(Enum):
    """Where a bone broke."""

    HIP = "hip"
    SPINE = "spine"
    WRIST = "wrist"
    SHOULDER = "shoulder"
    RIB = "rib"
    OTHER = "other"


class Condition(Enum):
    """Diagnoses the QFracture equations count; the comments are their definitions."""

    CANCER = "cancer"  # any, at any time
    ASTHMA_OR_COPD = "asthma_or_copd"
    CARDIOVASCULAR = "cardiovascular"  # heart attack, angina, stroke or transient attack
    DEMENTIA = "dementia"
    ENDOCRINE = "endocrine"  # thyrotoxicosis, hyperparathyroidism, Cushing's syndrome
    EPILEPSY = "epilepsy"  # or taking anticonvulsants
    LIVER = "liver"  # chronic liver disease
    LUPUS = "lupus"  # systemic lupus erythematosus
    MALABSORPTION = "malabsorption"  # Crohn's, ulcerative colitis, coeliac, steatorrhoea
    PARKINSONS = "parkinsons"
    RENAL = "renal"  # chronic kidney disease
    DIABETES_TYPE_1 = "diabetes_type_1"
    DIABETES_TYPE_2 = "diabetes_type_2"


class Prescription(Enum):
    """Medicines prescribed twice or more in the last six months."""

    ANTIDEPRESSANT = "antidepressant"
    CORTICOSTEROID = "corticosteroid"  # tablets


@dataclass(frozen=True)
class Fracture:
    """One fracture after a fall from standing height or less; raises ``PatientError``.

    ``age_years`` is the age at the fracture, 18 to 110.
    """

    site: FractureSite
    age_years: float

    def __post_init__(self) -> None:
        low, high = FRACTURE_AGE_RANGE
        if not low <= self.age_years <= high:
            raise PatientError(
                "The age at a fracture, {age} years, is outside {low} to {high} years. "
                "Check it, and leave out fractures of childhood.",
                age=f"{self.age_years:g}",
                low=f"{low:g}",
                high=f"{high:g}",
            )


@dataclass(frozen=True)
class SiteScores:
    """T-scores or Z-scores of one DXA by site, in standard deviations; None where not measured.

    Raises ``PatientError`` outside -8 to 8.
    """

    lumbar_spine: float | None = None
    femoral_neck: float | None = None
    total_hip: float | None = None

    def __post_init__(self) -> None:
        low, high = BONE_SCORE_RANGE
        for score in self.measured:
            if not low <= score <= high:
                raise PatientError(
                    "The DXA score {score} is outside {low} to {high} standard deviations. Check "
                    "the sign and the decimal point.",
                    score=f"{score:g}",
                    low=f"{low:g}",
                    high=f"{high:g}",
                )

    @property
    def measured(self) -> tuple[float, ...]:
        """The scores of the measured sites, spine first; empty where there are none."""
        sites = (self.lumbar_spine, self.femoral_neck, self.total_hip)
        return tuple(score for score in sites if score is not None)


@dataclass(frozen=True)
class History:
    """Answers beyond the tick boxes; an answered list is complete (empty means none)."""

    ethnicity: Ethnicity | None = None
    smoking: Smoking | None = None
    alcohol: Alcohol | None = None
    oestrogen: Oestrogen | None = None
    hormones_six_months: bool | None = None  # the pill or oestrogen, six months or longer, ever
    fractures: tuple[Fracture, ...] | None = None
    parent_hip_fracture: ParentHipFracture | None = None
    parent_osteoporosis: bool | None = None
    conditions: frozenset[Condition] | None = None
    prescriptions: frozenset[Prescription] | None = None
    care_home: bool | None = None  # lives in a care or nursing home
    rises_with_arms: bool | None = None  # needs the arms to rise from a chair
    t_scores: SiteScores = field(default_factory=SiteScores)
    z_scores: SiteScores = field(default_factory=SiteScores)
