"""The report as a FHIR R4 bundle of type collection.

One RiskAssessment holds the probabilities (R4 writes them in percent), one Observation
each score, the ServiceRequest only proposes DXA, the DiagnosticReport ties them together.
There is never a Condition: a photo diagnoses nothing. Neither the photo nor its hash is in
it, and the pseudonym is the only identifier.

fhir.resources 8.3 has no R4 classes; its R4B classes are used, because R4B changed none of
the resources below. What they do not check is in ``face2bone.report.assessment.fhir_rules``.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from face2bone.assessment import NOT_EXPLAINED
from face2bone.clinical.pathway import Urgency
from face2bone.errors import DocumentInvalid
from face2bone.modalities.modality import AnyModality
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.document_parts import MeasurePart, ReasonPart, ScorePart
from face2bone.report.assessment.fhir_age import age_device, age_observation
from face2bone.report.assessment.fhir_codes import (
    CATEGORY,
    LOINC,
    LOINC_BMI,
    LOINC_FRAX_MAJOR,
    LOINC_OF_DXA,
    LOINC_OF_SCORE,
    PROFILE,
    SNOMED,
    SNOMED_DXA,
    SNOMED_OF_CLASS,
    VITAL_SIGNS,
    concept,
    model_device,
    quantity,
)
from face2bone.report.assessment.fhir_rules import problems
from face2bone.report.assessment.page import Heading
from face2bone.studies import study_named

GENDER: Final = {"F": "female", "M": "male"}
PSEUDONYM_SYSTEM: Final = "urn:face2bone:pseudonym"
REVIEWS_A_DXA: Final = "dxa_osteoporosis"  # its review needs no new DXA

Resource = dict[str, Any]


def to_fhir(document: AssessmentDocument, heading: Heading) -> str:
    """The bundle as indented JSON text ending in a newline, checked before it is returned.

    Raises ``DocumentInvalid`` when the document cannot be said in valid FHIR R4.
    """
    bundle = fhir_bundle(document, heading)
    found = problems(bundle)
    if found:
        raise DocumentInvalid(
            "The assessment cannot be written as FHIR R4: {reason}. Report it with the "
            "assessment's JSON, which holds no photo.",
            reason=found[0],
        )
    return json.dumps(bundle, indent=2, ensure_ascii=False) + "\n"


def fhir_bundle(document: AssessmentDocument, heading: Heading) -> Resource:
    """The bundle as plain JSON values, unchecked."""
    at = heading.made_at.isoformat(timespec="seconds")
    patient, device = _entry(_patient(document, heading)), _entry(_device(document))
    subject = _reference(patient)
    observations = [_entry(o | {"subject": subject}) for o in _observations(document, at)]
    risk = _entry(_risk(document) | {"subject": subject, "performer": _reference(device)})
    about = [_reference(entry) for entry in (*observations, risk)]
    requests = [
        _entry(request | {"subject": subject, "requester": _reference(device), "authoredOn": at})
        for request in _requests(document, about)
    ]
    age = _apparent_age(document, at, subject)
    found = [*observations, *age[:1]]
    report = _entry(_report(document, found) | {"subject": subject, "issued": at})
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": at,
        "entry": [report, patient, device, *observations, risk, *requests, *age],
    }


def _entry(resource: Resource) -> Resource:
    return {"fullUrl": f"urn:uuid:{uuid4()}", "resource": resource}


def _apparent_age(document: AssessmentDocument, at: str, subject: dict[str, str]) -> list[Resource]:
    """The Observation and its Device, where years are said; no request or risk refers to them."""
    age = document.apparent_age
    if age is None or age.out_of_domain:
        return []
    device = _entry(age_device(age))
    found = age_observation(age, at) | {"subject": subject, "device": _reference(device)}
    return [_entry(found), device]


def _reference(entry: Resource) -> dict[str, str]:
    return {"reference": entry["fullUrl"]}


def _patient(document: AssessmentDocument, heading: Heading) -> Resource:
    """Pseudonym and sex only; the age stands in the report's text, not as a date of birth."""
    name = heading.pseudonym.strip()
    identifier = {"identifier": [{"system": PSEUDONYM_SYSTEM, "value": name}]} if name else {}
    return {"resourceType": "Patient", **identifier, "gender": GENDER[document.patient.sex]}


def _device(document: AssessmentDocument) -> Resource:
    trained = f"Trained on: {document.bundle.cohort}"
    notes = [{"text": document.notice}, {"text": trained}]
    return model_device(document.bundle) | {"note": notes}


def _observations(document: AssessmentDocument, at: str) -> Iterable[Resource]:
    """Every number as an Observation; a DXA was made some day up to now, the rest is of now."""
    now, up_to_now = {"effectiveDateTime": at}, {"effectivePeriod": {"end": at}}
    yield _bmi(document) | now
    yield from (found | up_to_now for found in _dxa(document.patient.history))
    yield from (_score(score) | now for score in document.scores if score.value is not None)
    yield from (found | now for found in _frax(document))
    measured = (one for one in document.measures if one.value is not None)
    yield from (_measure(one, document.told) | now for one in measured)


def _bmi(document: AssessmentDocument) -> Resource:
    """As R4's profile of a body mass index asks, which is one of the vital signs."""
    patient = document.patient
    bmi = round(patient.weight_kg / (patient.height_cm / 100.0) ** 2, 1)
    found = _observation(
        concept("Body mass index", LOINC, LOINC_BMI), quantity(bmi, "kg/m2"), "vital-signs"
    )
    return found | {"meta": {"profile": [f"{PROFILE}{VITAL_SIGNS[LOINC_BMI][0]}"]}}


def _frax(document: AssessmentDocument) -> Iterable[Resource]:
    if document.frax is not None:
        frax = document.frax
        bmd = "with BMD" if frax.with_bmd else "without BMD"
        for words, value, code in (
            ("major osteoporotic fracture", frax.major_percent, LOINC_FRAX_MAJOR),
            ("hip fracture", frax.hip_percent, None),
        ):
            text = f"FRAX, 10-year probability of {words}, {bmd}, entered by the clinician"
            yield _observation(concept(text, LOINC, code), quantity(value, "%"))


def _observation(code: Resource, value: Resource, category: str = "survey") -> Resource:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": category}]}],
        "code": code,
        "valueQuantity": value,
    }


def _dxa(history: Mapping[str, Any]) -> Iterable[Resource]:
    for (kind, site), code in LOINC_OF_DXA.items():
        value = history.get(kind, {}).get(site)
        if value is not None:
            text = f"DXA {site.replace('_', ' ')}, {kind[0].upper()}-score, as typed in"
            yield _observation(concept(text, LOINC, code), quantity(value, "SD"))


def _score(score: ScorePart) -> Resource:
    code = concept(score.title, LOINC, LOINC_OF_SCORE.get(score.instrument))
    found = _observation(code, quantity(score.value or 0.0, score.unit))
    notes = (score.cutoff, score.note, score.disclaimer, f"{score.source} ({score.version})")
    if score.band:
        found["interpretation"] = [{"text": score.band}]
    return found | {
        "method": {"text": f"{score.title}, {score.version}"},
        "note": [{"text": text} for text in notes if text],
    }


def _measure(one: MeasurePart, told: Sequence[str]) -> Resource:
    """Information: no risk rests on it, and no code is claimed for it.

    told: of what it was measured on, such as which of two knees.
    """
    found = _observation(concept(one.name), quantity(one.value or 0.0, one.unit), "exam")
    return found | {"note": [{"text": text} for text in (*told, one.meaning, one.detail) if text]}


def _risk(document: AssessmentDocument) -> Resource:
    shown, read = document.referral.class_headline_shown, _read(document)
    predictions = {"prediction": _predictions(document)} if shown else {}
    words = " or ".join(document.prediction_set)
    note = f"Prediction set: {words}." if shown else "No class may be given for this patient."
    if document.no_result:
        note = f"No result of a {read.noun}. {document.no_result}"
    basis = {"basis": [{"display": f"{read.kind.capitalize()}, not included"}]}
    notes = (document.notice, note, *document.told, *_unexplained(document))
    return {
        "resourceType": "RiskAssessment",
        "status": "preliminary" if shown else "cancelled",
        "code": {"text": f"Bone mass class from a {read.kind}"},
        "method": {"text": f"Face2Bone network, bundle {document.bundle.name}, calibrated"},
        **(basis if document.photo_sha256 else {}),
        **predictions,
        "note": [{"text": text} for text in notes],
    }


def _unexplained(document: AssessmentDocument) -> Iterable[str]:
    if document.regions_withheld == NOT_EXPLAINED:
        yield NOT_EXPLAINED


def _predictions(document: AssessmentDocument) -> list[Resource]:
    found, base = document.probabilities or {}, document.bundle.class_fractions
    method = document.bundle.reference_method.label
    return [
        {
            "outcome": concept(f"{name} on {method} now", SNOMED, SNOMED_OF_CLASS.get(name)),
            "probabilityDecimal": round(100.0 * found[name], 4),
            "rationale": f"Base rate in the training cohort: {base[name]:.1%}",
        }
        for name in document.classes
    ]


def _requests(document: AssessmentDocument, about: list[dict[str, str]]) -> Iterable[Resource]:
    """One proposal of DXA where a rule asks for it; never an order."""
    referral = document.referral
    asking = [reason for reason in referral.reasons if _asks_for_dxa(reason)]
    if asking:
        urgent = referral.urgency_level == Urgency.URGENT.name.lower()
        yield {
            "resourceType": "ServiceRequest",
            "status": "draft",
            "intent": "proposal",
            "priority": "urgent" if urgent else "routine",
            "code": concept("Dual-energy X-ray absorptiometry (DXA)", SNOMED, SNOMED_DXA),
            "reasonCode": [{"text": reason.text} for reason in asking],
            "supportingInfo": about,
            "note": [{"text": f"{r.source} ({r.version})"} for r in asking],
        }


def _read(document: AssessmentDocument) -> AnyModality:
    """The kind of picture that the model read."""
    return study_named(document.study).ready().modality


def _asks_for_dxa(reason: ReasonPart) -> bool:
    asks = reason.urgency in {Urgency.DXA.label, Urgency.SPECIALIST.label}
    return asks and reason.rule != REVIEWS_A_DXA


def _report(document: AssessmentDocument, observations: list[Resource]) -> Resource:
    referral = document.referral
    actions = " ".join(referral.actions)
    return {
        "resourceType": "DiagnosticReport",
        "status": "preliminary",
        "code": {"text": f"Bone health report: {_read(document).kind} and risk factors"},
        "result": [_reference(entry) for entry in observations],
        "conclusion": (
            f"Suggestion: {referral.urgency}. {actions} {referral.picture_effect} "
            f"Guideline: {referral.guideline.title}. {document.notice}"
        ),
    }
