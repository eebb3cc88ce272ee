"""An assessment as a document, and the document as JSON: versioned, never with the photo.

The schema is ``face2bone.report.assessment.document``; docs/reference/assessment-json.md explains
each field. Numbers are those the model computed, rounded to six digits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from enum import Enum
from typing import Any

from pydantic import JsonValue

from face2bone.apparent_age import ApparentAge
from face2bone.assessment import AnswersOnly, Assessment, BundleFacts
from face2bone.bundle.card import notice_of
from face2bone.clinical.referral import Referral
from face2bone.clinical.score import Score
from face2bone.explain.craft import ConceptAttribution
from face2bone.explain.shapley import RegionAttribution
from face2bone.modalities.measure import Measure
from face2bone.modalities.prepared import QualityCheck
from face2bone.patient import Patient
from face2bone.report.apparent_age import age_beside
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.document_parts import (
    AdvicePart,
    BundlePart,
    ChangePart,
    ClassValues,
    ConceptPart,
    DomainPart,
    FraxPart,
    GuidelinePart,
    MeasurePart,
    MessagePart,
    PatientPart,
    PhotoPart,
    QualityPart,
    ReasonPart,
    ReferralPart,
    RegionGamePart,
    ScorePart,
    SubjectPart,
)
from face2bone.words import Message, messages_in


def document(
    assessment: Assessment | AnswersOnly, age: ApparentAge | None = None
) -> AssessmentDocument:
    """The document of an assessment, or of the answers where there is no result of a photo.

    ``age``: how old that very face looks, where that was asked.
    """
    if isinstance(assessment, AnswersOnly):
        return _with_messages(_answers_only(assessment))
    beside = age_beside(assessment, age)
    told = _assessed(assessment)
    return _with_messages(told.model_copy(update={"apparent_age": beside}))


def _with_messages(said: AssessmentDocument) -> AssessmentDocument:
    """The same with how each of its sentences was made."""
    made = {str(one): _message(one) for one in messages_in(said.model_dump())}
    return said.model_copy(update={"messages": made})


def _assessed(assessment: Assessment) -> AssessmentDocument:
    prediction, names = assessment.prediction, assessment.bundle.classes
    domain, explanation = prediction.out_of_domain, assessment.explanation
    withheld = explanation.withheld(int(prediction.probabilities.argmax()))
    quality = assessment.located.subject.quality
    return AssessmentDocument(
        notice=notice_of(assessment.bundle.status),
        photo_sha256=assessment.photo_sha256,
        quality=[_quality(check) for check in quality.checks],
        quality_status=quality.status,
        photos=_photos(assessment),
        photos_words=assessment.photos_words,
        told=list(assessment.located.told),
        measures=[_measure(one) for one in assessment.located.measures],
        probabilities=_per_class(names, prediction.probabilities),
        prediction_set=[names[k] for k in prediction.prediction_set],
        out_of_domain=DomainPart(
            is_outside=bool(domain.is_outside),
            distance=_number(domain.distance),
            threshold=_number(domain.threshold),
        ),
        engine=prediction.engine,
        regions=[] if withheld else [_region_game(names, game) for game in explanation.regions],
        regions_withheld=withheld,
        concepts=_concepts(names, explanation.concepts),
        **_about(assessment),
    )


def _photos(assessment: Assessment) -> list[PhotoPart]:
    names = assessment.bundle.classes
    return [
        PhotoPart(
            photo_sha256=one.photo_sha256,
            chosen=one.chosen,
            answers=one.photo_sha256 == assessment.photo_sha256,
            counts=one.counts,
            why_not=one.why_not,
            probabilities=_per_class(names, one.prediction.probabilities)
            if one.counts and one.prediction
            else None,
        )
        for one in assessment.photos
    ]


def _answers_only(answers: AnswersOnly) -> AssessmentDocument:
    return AssessmentDocument(
        notice=notice_of(answers.bundle.status),
        photo_sha256=answers.photo_sha256,
        no_result=answers.why,
        quality=[_quality(check) for check in answers.quality.checks] if answers.quality else [],
        quality_status=answers.quality.status if answers.quality else None,
        probabilities=None,
        prediction_set=[],
        out_of_domain=None,
        regions=[],
        concepts=[],
        **_about(answers),
    )


def _about(assessment: Assessment | AnswersOnly) -> dict[str, Any]:
    """What a document holds whether or not there is a result of a photo."""
    referral = assessment.referral
    return {
        "study": assessment.bundle.study,
        "classes": list(assessment.bundle.classes),
        "parts": [
            SubjectPart(id=part.id, label=part.label, side=part.side)
            for part in assessment.bundle.parts
        ],
        "patient": _patient(assessment.patient),
        "scores": [_score(score) for score in referral.situation.scores],
        "frax": FraxPart(**vars(referral.frax)) if referral.frax else None,
        "referral": _referral(referral),
        "bundle": _bundle(assessment.bundle),
    }


def _message(said: Message) -> MessagePart:
    blanks = {
        name: blank if isinstance(blank, str) else tuple(blank)
        for name, blank in said.made.blanks.items()
    }
    return MessagePart(template=said.made.template, blanks=blanks)


def to_json(assessment: Assessment | AnswersOnly, age: ApparentAge | None = None) -> str:
    """The document as indented JSON text ending in a newline."""
    return document(assessment, age).model_dump_json(indent=2) + "\n"


def _number(value: float) -> float:
    return round(float(value), 6)


def _per_class(names: Iterable[str], values: Iterable[float]) -> ClassValues:
    return dict(zip(names, map(_number, values), strict=True))


def _quality(check: QualityCheck) -> QualityPart:
    return QualityPart(
        name=check.name,
        value=_number(check.value),
        unit=check.unit,
        status=check.status,
        reason=check.reason,
    )


def _measure(measure: Measure) -> MeasurePart:
    value = None if measure.value is None else _number(measure.value)
    return MeasurePart(**vars(measure) | {"value": value})


def _region_game(names: Sequence[str], game: RegionAttribution) -> RegionGamePart:
    return RegionGamePart(
        baseline=game.baseline,
        base=_per_class(names, game.base),
        full=_per_class(names, game.full),
        values={
            part.id: _per_class(names, row)
            for part, row in zip(game.parts, game.values, strict=True)
        },
    )


def _concepts(names: Sequence[str], concepts: ConceptAttribution) -> list[ConceptPart]:
    return [
        ConceptPart(
            name=name,
            presence=_number(presence),
            importance=_per_class(names, importance),
            importance_error=_per_class(names, error),
        )
        for name, presence, importance, error in zip(
            concepts.names,
            concepts.presence,
            concepts.importance,
            concepts.importance_error,
            strict=True,
        )
    ]


def _patient(patient: Patient) -> PatientPart:
    return PatientPart(
        age_years=patient.age_years,
        sex=patient.sex.value,
        height_cm=patient.height_cm,
        weight_kg=patient.weight_kg,
        menopause=patient.menopause.value,
        red_flags=sorted(flag.value for flag in patient.red_flags),
        risk_factors=sorted(factor.value for factor in patient.risk_factors),
        history=_answered(asdict(patient.history)),
    )


def _answered(answers: Mapping[str, Any]) -> dict[str, JsonValue]:
    """The answered questions only; an empty list is an answer ("none"), an empty group is not."""
    plain = {name: _plain(value) for name, value in answers.items() if value is not None}
    return {name: value for name, value in plain.items() if value != {}}


def _plain(value: Any) -> JsonValue:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Mapping):
        return _answered(value)
    if isinstance(value, frozenset):
        return _plain(tuple(sorted(value, key=lambda member: str(member.value))))
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    plain: JsonValue = value
    return plain


def _score(score: Score) -> ScorePart:
    return ScorePart(
        instrument=score.instrument.value,
        title=score.title,
        version=score.version,
        source=score.source.citation,
        population=score.population,
        unit=score.unit,
        value=None if score.value is None else _number(score.value),
        band=score.band,
        refers=score.refers,
        cutoff=score.cutoff,
        not_applicable=score.not_applicable,
        missing=list(score.missing),
        note=score.note,
        disclaimer=score.disclaimer,
        words=score.words,
    )


def _referral(referral: Referral) -> ReferralPart:
    return ReferralPart(
        urgency=referral.urgency.label,
        urgency_level=referral.urgency.name.lower(),
        actions=list(referral.actions),
        reasons=[
            ReasonPart(
                rule=r.rule,
                order=r.order,
                text=r.text,
                urgency=r.urgency.label,
                source=r.source,
                version=r.version,
                verified=r.verified,
            )
            for r in referral.reasons
        ],
        urgency_without_picture=referral.urgency_without_picture.label,
        actions_without_picture=list(referral.actions_without_picture),
        picture_effect=referral.picture_effect,
        class_headline_shown=referral.class_headline_shown,
        changes=[
            ChangePart(kind=c.kind, any_of=list(c.any_of), urgency=c.urgency.label, raises=c.raises)
            for c in referral.changes
        ],
        advice=[
            AdvicePart(topic=a.topic, text=a.text, source=a.source, verified=a.verified)
            for a in referral.advice
        ],
        guideline=GuidelinePart(
            id=referral.guideline,
            title=referral.guideline_title,
            note=referral.guideline_note,
        ),
        pathway_version=referral.pathway_version,
    )


def _bundle(facts: BundleFacts) -> BundlePart:
    return BundlePart(
        name=facts.name,
        version=facts.version,
        status=facts.status,
        sha256=facts.sha256,
        created_on=facts.created_on.isoformat(),
        cohort=facts.cohort,
        class_fractions=_per_class(facts.classes, facts.class_fractions),
        measured_patients=facts.measured_patients,
        reference_method=facts.reference_method,
    )
