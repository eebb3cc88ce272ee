"""What a bundle of this program must keep to: FHIR R4's structure, and rules of our own.

fhir.resources checks fields and types; it does not follow references, know every value set
or our promises (no diagnosis from a photo, no photo, no identifier but the pseudonym).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from face2bone.report.assessment.fhir_codes import CATEGORY, LOINC, UCUM, VITAL_SIGNS

Resource = Mapping[str, Any]

# R4's required value sets, as far as this program uses them.
STATUS: Final = {
    "Observation": {"registered", "preliminary", "final", "amended", "cancelled"},
    "RiskAssessment": {"registered", "preliminary", "final", "amended", "cancelled"},
    "DiagnosticReport": {"registered", "partial", "preliminary", "final", "cancelled"},
    "ServiceRequest": {"draft", "active", "on-hold", "revoked", "completed"},
    "Device": {"active", "inactive", "entered-in-error", "unknown"},
}
KNOWN: Final = frozenset({*STATUS, "Patient"})
PATIENT_FIELDS: Final = frozenset({"resourceType", "identifier", "gender"})
# R4's types of reference, and what they may point to here.
TARGETS: Final = {
    "subject": {"Patient"},
    "performer": {"Device"},  # of a RiskAssessment; R4 allows no Device in a DiagnosticReport
    "requester": {"Device"},
    "device": {"Device"},
    "result": {"Observation"},
    "supportingInfo": {"Observation", "RiskAssessment"},
}
VITAL: Final = "vital-signs"
WHOLE_DAY: Final = len("2026-01-31")
FULL: Final = 100.0
ROUNDING: Final = 0.01  # percent
_NOT_OURS: Final = "a value is of another shape than this program writes"
_STRANGE: Final = (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError)


def problems(bundle: Resource) -> tuple[str, ...]:
    """Every way in which a bundle breaks R4 or our own rules, in words; empty when it is sound."""
    broken = _structure(bundle)
    if broken:
        return broken
    try:
        return tuple(_own(bundle))
    except _STRANGE:
        return (_NOT_OURS,)


def _structure(bundle: Resource) -> tuple[str, ...]:
    from fhir.resources.R4B.bundle import Bundle  # takes a second to import

    try:
        Bundle.model_validate(dict(bundle))
    except ValidationError as error:
        return tuple(
            f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}"
            for found in error.errors()
        )
    except _STRANGE:  # of a kind that the classes do not know, or a number beyond all numbers
        return (_NOT_OURS,)
    return ("a value is null or empty",) if _has_nothing(bundle) else ()


def _has_nothing(value: Any) -> bool:
    """Whether anything in it is null, or an empty list, object or text, as R4's JSON forbids."""
    if isinstance(value, Mapping):
        return not value or any(map(_has_nothing, value.values()))
    if isinstance(value, list):
        return not value or any(map(_has_nothing, value))
    return value is None or value == ""


def _own(bundle: Resource) -> Iterator[str]:
    entries = bundle.get("entry", [])
    kinds = {entry.get("fullUrl", ""): entry["resource"]["resourceType"] for entry in entries}
    if len(kinds) != len(entries) or "" in kinds:
        yield "an entry has no address of its own"
    for entry in entries:
        resource = entry["resource"]
        yield from _resource(resource)
        yield from _references(resource, kinds)


def _resource(resource: Resource) -> Iterator[str]:
    kind = resource["resourceType"]
    if kind not in KNOWN:
        yield f"{kind} has no place in a report made from a photo"
    allowed = STATUS.get(kind)
    if allowed and resource.get("status") not in allowed:
        yield f"{kind}.status is {resource.get('status')!r}"
    if kind == "Patient" and not PATIENT_FIELDS.issuperset(resource):
        yield "Patient holds more than a pseudonym and the sex"
    if kind == "Patient" and len(resource.get("identifier", [])) > 1:
        yield "Patient holds more than one identifier"
    if kind == "ServiceRequest" and resource.get("intent") != "proposal":
        yield "ServiceRequest.intent is not proposal"
    if kind == "Observation":
        yield from _observation(resource)
    if kind == "RiskAssessment":
        yield from _probabilities(resource)
    if _has_picture(resource):
        yield f"{kind} holds an attachment or a picture"


def _observation(observation: Resource) -> Iterator[str]:
    if "valueQuantity" not in observation:
        yield "Observation has no value"
    if not observation.keys() & {"effectiveDateTime", "effectivePeriod"}:
        yield "Observation has no date"
    for coding in observation["code"].get("coding", []):
        profile = VITAL_SIGNS.get(coding.get("code", ""))
        if profile and coding.get("system") == LOINC:
            yield from _vital_sign(observation, *profile)


def _vital_sign(observation: Resource, name: str, units: frozenset[str]) -> Iterator[str]:
    """What R4 asks of an Observation by its code alone, whether or not it names the profile."""
    categories = [c for one in observation.get("category", []) for c in one.get("coding", [])]
    if not any(c.get("system") == CATEGORY and c.get("code") == VITAL for c in categories):
        yield f"the {name} profile asks for the category {VITAL}"
    if len(observation.get("effectiveDateTime", "")) in range(1, WHOLE_DAY):
        yield f"the {name} profile asks for a date with its day"
    value = observation.get("valueQuantity", {})
    if value.get("system") != UCUM or value.get("code") not in units or "unit" not in value:
        yield f"the {name} profile asks for a value in {' or '.join(sorted(units))} (UCUM)"


def _probabilities(risk: Resource) -> Iterator[str]:
    found = [prediction["probabilityDecimal"] for prediction in risk.get("prediction", [])]
    if any(not 0.0 <= value <= FULL for value in found):
        yield "a probability lies outside 0 to 100 %"
    if found and abs(sum(found) - FULL) > ROUNDING * len(found):
        yield "the probabilities do not sum to 100 %"
    if found and risk.get("status") == "cancelled":
        yield "a cancelled RiskAssessment holds predictions"


def _has_picture(value: Any) -> bool:
    if isinstance(value, Mapping):
        keys = {"contentType", "photo", "presentedForm", "media"}
        return not keys.isdisjoint(value) or any(_has_picture(part) for part in value.values())
    return isinstance(value, list) and any(_has_picture(part) for part in value)


def _references(resource: Resource, kinds: Mapping[str, str]) -> Iterator[str]:
    for field, targets in TARGETS.items():
        found = resource.get(field, [])
        for reference in found if isinstance(found, list) else [found]:
            target = kinds.get(reference.get("reference", ""))
            if target is None:
                yield f"{resource['resourceType']}.{field} points outside the bundle"
            elif target not in targets:
                yield f"{resource['resourceType']}.{field} points to a {target}"
