"""Assessments put together by hand, beside the one that is really made.

In those by hand the referral and the scores are computed; the face, the prediction and its
explanation are made up, so that what reports make of them can be tested at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pytest

from face2bone.assessment import AnswersOnly, Assessment, BundleFacts, Explanation, LocatedSubject
from face2bone.bone import CLASS_LABELS, BoneClass
from face2bone.bundle import Status
from face2bone.choices import GuidelineId
from face2bone.clinical.frax import FraxResult
from face2bone.clinical.guideline import load_guideline
from face2bone.clinical.instruments import published_scores
from face2bone.clinical.referral import suggest
from face2bone.explain.craft import ConceptAttribution
from face2bone.explain.shapley import RegionAttribution
from face2bone.history import (
    Alcohol,
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
from face2bone.modalities.face import FACE_PARTS, AlignedFace, Face, QualityCheck
from face2bone.modalities.face.quality import QualityVerdict
from face2bone.patient import Menopause, Patient, RedFlag, RiskFactor, Sex
from face2bone.report.assessment.assessment_json import document
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.runtime import OodVerdict, Prediction

WOMAN = Patient(66.0, Sex.FEMALE, 158.0, 52.0)
EVERYTHING = Patient(
    71.0,
    Sex.FEMALE,
    158.0,
    50.0,
    Menopause.POST,
    frozenset(RedFlag) - {RedFlag.HIP_FRACTURE_EARLIER},
    frozenset(RiskFactor),
    History(
        ethnicity=Ethnicity.CHINESE,
        smoking=Smoking.HEAVY,
        alcohol=Alcohol.FROM_3_TO_6,
        oestrogen=Oestrogen.NEVER,
        hormones_six_months=False,
        parent_hip_fracture=ParentHipFracture.MOTHER,
        parent_osteoporosis=True,
        fractures=(Fracture(FractureSite.HIP, 70.0), Fracture(FractureSite.SPINE, 70.0)),
        conditions=frozenset(),
        prescriptions=frozenset({Prescription.CORTICOSTEROID}),
        care_home=False,
        rises_with_arms=True,
        t_scores=SiteScores(-2.6, -2.1, -1.9),
    ),
)


@dataclass(frozen=True)
class Case:
    """What varies between examples."""

    patient: Patient = WOMAN
    probabilities: tuple[float, float, float] = (0.1, 0.3, 0.6)
    prediction_set: tuple[BoneClass, ...] = (BoneClass.OSTEOPENIA, BoneClass.OSTEOPOROSIS)
    outside: bool = False
    status: Status = "research"
    frax: FraxResult | None = None
    guideline: GuidelineId = "iscd"


def example(case: Case) -> Assessment:
    """An assessment of one case."""
    verdict = OodVerdict(
        distance=9.0 if case.outside else 1.0, threshold=4.0, is_outside=case.outside
    )
    prediction = Prediction(
        np.array(case.probabilities),
        case.prediction_set,
        verdict,
        np.zeros(3, np.float32),
        "openvino cpu f32",
    )
    referral = suggest(
        case.patient,
        published_scores(case.patient),
        case.frax,
        prediction,
        load_guideline(case.guideline),
        case.status,
        "photo",
    )
    facts = BundleFacts(
        "example",
        "1.0",
        case.status,
        "b" * 64,
        date(2026, 11, 21),
        "none",
        "face2bone",
        FACE_PARTS,
        CLASS_LABELS,
        (0.2, 0.5, 0.3),
        400,
    )
    return Assessment(case.patient, _located(), prediction, _explanation(), referral, facts)


@pytest.fixture(scope="session")
def example_document() -> Callable[..., AssessmentDocument]:
    """Makes a document by hand; the keywords are those of ``Case``."""
    return lambda **facts: document(example(Case(**facts)))


@pytest.fixture(scope="session")
def answers_only() -> AnswersOnly:
    """Of a woman in whose photo no face was found."""
    made = example(Case(patient=WOMAN))
    referral = suggest(
        WOMAN, published_scores(WOMAN), None, None, load_guideline("iscd"), "research", "photo"
    )
    return AnswersOnly(WOMAN, referral, made.bundle, "No face was found.", "c" * 64)


@pytest.fixture(scope="session")
def example_assessment() -> Callable[..., Assessment]:
    """Makes an assessment by hand; the keywords are those of ``Case``."""
    return lambda **facts: example(Case(**facts))


@pytest.fixture(scope="session")
def everything() -> Patient:
    """Everything ticked and answered: the longest report there can be."""
    return EVERYTHING


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


def _located() -> LocatedSubject:
    check = QualityCheck("sharpness", "Sharpness", 8.0, "", 4.0, 2.0, "accept", "")
    quality = QualityVerdict((check,), "accept")
    square = np.full((160, 160, 3), 127, np.uint8)
    aligned = AlignedFace(
        square,
        np.ones((160, 160), np.bool_),
        np.zeros((160, 160), np.int8),
        np.zeros((2, 3), np.float32),
        np.zeros((478, 2), np.float32),
    )
    face = Face(np.zeros((478, 3), np.float32), 0.0, 0.0, 0.0, 0, quality, aligned)
    return LocatedSubject("a" * 64, face)


def _explanation() -> Explanation:
    table = np.random.default_rng(7).normal(size=(1024, 3))
    none = np.zeros((0, 3))
    concepts = ConceptAttribution((), none[:, 0], none, none, none.astype(np.float32), none, 1.0)
    return Explanation((RegionAttribution(table, "blur", FACE_PARTS),), concepts)
