"""An assessment as JSON: a documented, versioned schema that never holds the photo.

``AssessmentDocument.model_json_schema()`` is the schema; ``docs/assessment-json.md``
explains each field. Numbers are those the model computed, rounded to six digits.
"""

from collections.abc import Iterable
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from face2bone.assess import Assessment
from face2bone.bone import CLASS_LABELS
from face2bone.clinical.ost import ost_index
from face2bone.explain.craft import ConceptAttribution
from face2bone.explain.shapley import RegionAttribution
from face2bone.face import QualityCheck

SCHEMA_VERSION: Final = "1.0"

DEMO_NOTICE: Final = (
    "Demonstration model trained on drawn (synthetic) faces. It says nothing about a real "
    "person's bones and never drives a referral."
)
RESEARCH_NOTICE: Final = "Research software, not a medical device. DXA decides, not a photo."


def notice_of(status: str) -> str:
    """The sentence that stands beside every result of a bundle with this status."""
    return DEMO_NOTICE if status == "demo" else RESEARCH_NOTICE


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClassValues(_Part):
    """One number per class."""

    normal: float
    osteopenia: float
    osteoporosis: float


class QualityPart(_Part):
    """One quality check: its figure, its two limits and a reason in words."""

    name: str
    value: float
    unit: str
    status: Literal["accept", "warn", "reject"]
    reason: str


class DomainPart(_Part):
    """Whether the photo is unlike the faces the model was trained on."""

    is_outside: bool
    distance: float
    threshold: float


class RegionPart(_Part):
    """Exact Shapley value of one region, per class, in logits."""

    region: str
    values: ClassValues


class RegionGamePart(_Part):
    """One fill's ten regions; base plus the sum of values equals full."""

    fill: str
    base: ClassValues
    full: ClassValues
    regions: list[RegionPart]


class ConceptPart(_Part):
    """One concept: how much of it is here, and how much each class depends on it."""

    name: str
    presence: float
    importance: ClassValues


class ReasonPart(_Part):
    """One rule that applied, and where it comes from."""

    rule: str
    text: str
    source: str
    verified: bool


class ReferralPart(_Part):
    """The suggestion, its reasons, and what the face changed."""

    urgency: str
    actions: list[str]
    reasons: list[ReasonPart]
    urgency_without_face: str
    face_effect: str
    class_headline_shown: bool
    pathway_version: str


class BundlePart(_Part):
    """Which model spoke."""

    name: str
    version: str
    status: str
    sha256: str


class PatientPart(_Part):
    """What was typed in."""

    age_years: float
    sex: Literal["F", "M"]
    height_cm: float
    weight_kg: float
    menopause: str
    red_flags: list[str]
    risk_factors: list[str]
    ost_index: int


class AssessmentDocument(_Part):
    """The whole assessment."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    notice: str
    photo_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    patient: PatientPart
    quality: list[QualityPart]
    quality_status: Literal["accept", "warn", "reject"]
    probabilities: ClassValues
    prediction_set: list[str]
    out_of_domain: DomainPart
    regions: list[RegionGamePart]
    concepts: list[ConceptPart]
    referral: ReferralPart
    bundle: BundlePart


def document(assessment: Assessment) -> AssessmentDocument:
    """The JSON document of an assessment."""
    prediction = assessment.prediction
    domain = prediction.out_of_domain
    quality = assessment.located.face.quality
    return AssessmentDocument(
        notice=notice_of(assessment.bundle.status),
        photo_sha256=assessment.located.photo_sha256,
        patient=_patient(assessment),
        quality=[_quality(check) for check in quality.checks],
        quality_status=quality.status,
        probabilities=_per_class(prediction.probabilities),
        prediction_set=[CLASS_LABELS[k] for k in prediction.prediction_set],
        out_of_domain=DomainPart(
            is_outside=bool(domain.is_outside),
            distance=_number(domain.distance),
            threshold=_number(domain.threshold),
        ),
        regions=[_region_game(game) for game in assessment.explanation.regions],
        concepts=_concepts(assessment.explanation.concepts),
        referral=_referral(assessment),
        bundle=BundlePart(**vars(assessment.bundle)),
    )


def to_json(assessment: Assessment) -> str:
    """The document as indented JSON text ending in a newline."""
    return document(assessment).model_dump_json(indent=2) + "\n"


def _number(value: float) -> float:
    return round(float(value), 6)


def _per_class(values: Iterable[float]) -> ClassValues:
    normal, osteopenia, osteoporosis = (_number(v) for v in values)
    return ClassValues(normal=normal, osteopenia=osteopenia, osteoporosis=osteoporosis)


def _quality(check: QualityCheck) -> QualityPart:
    return QualityPart(
        name=check.name,
        value=_number(check.value),
        unit=check.unit,
        status=check.status,
        reason=check.reason,
    )


def _region_game(game: RegionAttribution) -> RegionGamePart:
    return RegionGamePart(
        fill=game.fill,
        base=_per_class(game.base),
        full=_per_class(game.full),
        regions=[
            RegionPart(region=region.value, values=_per_class(row))
            for region, row in zip(game.regions, game.values, strict=True)
        ],
    )


def _concepts(concepts: ConceptAttribution) -> list[ConceptPart]:
    return [
        ConceptPart(name=name, presence=_number(presence), importance=_per_class(importance))
        for name, presence, importance in zip(
            concepts.names, concepts.presence, concepts.importance, strict=True
        )
    ]


def _patient(assessment: Assessment) -> PatientPart:
    patient = assessment.patient
    return PatientPart(
        age_years=patient.age_years,
        sex=patient.sex.value,
        height_cm=patient.height_cm,
        weight_kg=patient.weight_kg,
        menopause=patient.menopause.value,
        red_flags=sorted(flag.value for flag in patient.red_flags),
        risk_factors=sorted(factor.value for factor in patient.risk_factors),
        ost_index=ost_index(patient.age_years, patient.weight_kg),
    )


def _referral(assessment: Assessment) -> ReferralPart:
    referral = assessment.referral
    return ReferralPart(
        urgency=referral.urgency.label,
        actions=list(referral.actions),
        reasons=[
            ReasonPart(rule=r.rule, text=r.text, source=r.source, verified=r.verified)
            for r in referral.reasons
        ],
        urgency_without_face=referral.urgency_without_face.label,
        face_effect=referral.face_effect,
        class_headline_shown=referral.class_headline_shown,
        pathway_version=referral.pathway_version,
    )
