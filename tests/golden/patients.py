"""The eight drawn patients whose every figure is frozen, with what else was typed of them."""

import io
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from face2bone.choices import GuidelineId
from face2bone.clinical.frax import FraxResult
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort
from face2bone.drawn.face.write import photo_bytes
from face2bone.drawn.people import TEST_SEED_RANGE
from face2bone.drawn.worlds import World
from face2bone.history import (
    Alcohol,
    Condition,
    Ethnicity,
    Fracture,
    FractureSite,
    History,
    Oestrogen,
    ParentHipFracture,
    SiteScores,
    Smoking,
)
from face2bone.patient import Menopause, Patient, RedFlag, RiskFactor
from face2bone.words import Language

SEED = TEST_SEED_RANGE.start + 878
WORLD = World.PLANTED
DARKER = 8  # a photo with so little of its light is rejected


@dataclass(frozen=True)
class Case:
    """What a clinician typed and chose; ``answers`` are fields of ``Patient``.

    One is explained, because that takes as long as everything else several times over.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    frax: FraxResult | None = None
    guideline: GuidelineId = "iscd"
    language: Language = Language.ENGLISH
    explained: bool = False
    dark: bool = False


CASES = (
    Case({"menopause": Menopause.PRE}),  # no class is defined for her
    Case(guideline="uspstf"),
    Case({"menopause": Menopause.POST}, explained=True),
    Case({"risk_factors": frozenset({RiskFactor.FALLS})}, dark=True),
    Case(
        {
            "menopause": Menopause.POST,
            "red_flags": frozenset({RedFlag.VERTEBRAL_FRACTURE_RECENT}),
            "risk_factors": frozenset({RiskFactor.SMOKER, RiskFactor.GLUCOCORTICOIDS}),
        },
        FraxResult(22.0, 7.5, with_bmd=False),
        "nogg",
    ),
    Case(
        {
            "menopause": Menopause.POST,
            "history": History(
                ethnicity=Ethnicity.CHINESE,
                oestrogen=Oestrogen.NEVER,
                parent_hip_fracture=ParentHipFracture.MOTHER,
                fractures=(Fracture(FractureSite.WRIST, 61.0),),
                t_scores=SiteScores(-2.1, -1.9, -1.4),
            ),
        },
        guideline="china",
        language=Language.CHINESE,
    ),
    Case({"menopause": Menopause.POST, "history": History(oestrogen=Oestrogen.CURRENT)}),
    Case(
        {
            "history": History(
                ethnicity=Ethnicity.WHITE,
                smoking=Smoking.HEAVY,
                alcohol=Alcohol.FROM_3_TO_6,
                fractures=(),
                conditions=frozenset({Condition.PARKINSONS, Condition.DIABETES_TYPE_2}),
                prescriptions=frozenset(),
                care_home=True,
            )
        },
        guideline="european",
    ),
)


def drawn_patients() -> tuple[DrawnPatient, ...]:
    """Women and men of 45 to 81 years, of all three classes, not all of them classed rightly."""
    return draw_cohort(len(CASES), WORLD, SEED)


def typed(drawn: DrawnPatient, case: Case) -> Patient:
    """The patient as the form holds them."""
    return replace(drawn.patient, **case.answers)


def drawn_photo(drawn: DrawnPatient, case: Case) -> bytes:
    """The patient's photo as JPEG, drawn now."""
    photo = photo_bytes(drawn)
    return _darkened(photo) if case.dark else photo


def pixels(photo: bytes) -> npt.NDArray[np.uint8]:
    """What a photo shows, (H, W, 3)."""
    return np.asarray(Image.open(io.BytesIO(photo)).convert("RGB"))


def _darkened(photo: bytes) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels(photo) // DARKER).save(buffer, format="JPEG", quality=92)
    return buffer.getvalue()
