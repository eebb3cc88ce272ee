"""The rules: each one fails on a bundle that breaks it, and only then."""

import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.fhir import fhir_bundle
from face2bone.report.assessment.fhir_codes import CATEGORY
from face2bone.report.assessment.fhir_rules import problems
from face2bone.report.assessment.page import Heading

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def bundle(example_document: Callable[..., AssessmentDocument], now: datetime) -> dict[str, Any]:
    return fhir_bundle(example_document(), Heading("P-1", now))


def of(bundle: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind
    )
    return found


def add_condition(bundle: dict[str, Any]) -> None:
    subject = of(bundle, "RiskAssessment")["subject"]
    condition = {"resourceType": "Condition", "subject": subject, "code": {"text": "osteoporosis"}}
    bundle["entry"].append({"fullUrl": "urn:uuid:1", "resource": condition})


def of_category(code: str) -> list[dict[str, Any]]:
    return [{"coding": [{"system": CATEGORY, "code": code}]}]


def with_code(bundle: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        e["resource"]
        for e in bundle["entry"]
        if code in [c["code"] for c in e["resource"].get("code", {}).get("coding", [])]
    )
    return found


def recode(bundle: dict[str, Any], code: str) -> None:
    """An Observation that does not say of which profile it is, only what it is."""
    observation = with_code(bundle, "98146-4")
    observation["code"]["coding"][0]["code"] = code


CHANGES: dict[str, Change] = {
    "no place in a report": add_condition,
    "points outside the bundle": lambda b: of(b, "RiskAssessment")["subject"].update(
        reference="urn:uuid:gone"
    ),
    "points to a Device": lambda b: of(b, "RiskAssessment").update(
        subject=of(b, "RiskAssessment")["performer"]
    ),
    "RiskAssessment.status is": lambda b: of(b, "RiskAssessment").update(status="approved"),
    "outside 0 to 100": lambda b: of(b, "RiskAssessment")["prediction"][0].update(
        probabilityDecimal=-1.0
    ),
    "do not sum to 100": lambda b: of(b, "RiskAssessment")["prediction"][0].update(
        probabilityDecimal=0.1
    ),
    "intent is not proposal": lambda b: of(b, "ServiceRequest").update(intent="order"),
    "more than a pseudonym": lambda b: of(b, "Patient").update(birthDate="1960-01-01"),
    "more than one identifier": lambda b: of(b, "Patient")["identifier"].append({"value": "2"}),
    "attachment or a picture": lambda b: of(b, "DiagnosticReport").update(
        presentedForm=[{"contentType": "image/png", "data": "AAAA"}]
    ),
    "Observation has no value": lambda b: of(b, "Observation").pop("valueQuantity"),
    "Observation has no date": lambda b: of(b, "Observation").pop("effectiveDateTime"),
    "bmi profile asks for the category vital-signs": lambda b: with_code(b, "39156-5").update(
        category=of_category("survey")
    ),
    "bmi profile asks for a date with its day": lambda b: with_code(b, "39156-5").update(
        effectiveDateTime="2026-07"
    ),
    "bmi profile asks for a value in kg/m2": lambda b: with_code(b, "39156-5")[
        "valueQuantity"
    ].update(code="kg"),
    "bodyweight profile asks for the category": lambda b: recode(b, "29463-7"),
    "bodyheight profile asks for a value in [in_i] or cm": lambda b: recode(b, "8302-2"),
    "no address of its own": lambda b: b["entry"][1].update(fullUrl=b["entry"][0]["fullUrl"]),
    "cancelled RiskAssessment": lambda b: of(b, "RiskAssessment").update(status="cancelled"),
    # fhir.resources' own part:
    "extra": lambda b: of(b, "RiskAssessment").update(diagnosis="osteoporosis"),
    "resource.subject": lambda b: of(b, "RiskAssessment").update(subject="P-1"),
}


def test_the_example_is_sound(bundle: dict[str, Any]) -> None:
    assert problems(bundle) == ()


@pytest.mark.parametrize("words", CHANGES)
def test_each_rule_is_kept(bundle: dict[str, Any], words: str) -> None:
    changed = copy.deepcopy(bundle)
    CHANGES[words](changed)
    found = problems(changed)
    assert any(words.lower() in problem.lower() for problem in found), found


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b["entry"].append({}),
        lambda b: b["entry"].append({"fullUrl": "urn:uuid:1"}),
        lambda b: b.update(entry=None),
        lambda b: of(b, "Patient").update(identifier=[]),
        lambda b: of(b, "RiskAssessment")["prediction"][0].pop("probabilityDecimal"),
        lambda b: of(b, "RiskAssessment")["prediction"][0].update(probabilityDecimal=10**400),
        lambda b: of(b, "DiagnosticReport").update(resourceType="DiagnosticRep"),
        lambda b: of(b, "Observation")["code"].update(text=None),
    ],
)
def test_what_this_program_never_writes_is_a_problem_and_no_fault(
    bundle: dict[str, Any], change: Change
) -> None:
    changed = copy.deepcopy(bundle)
    change(changed)
    assert problems(changed)


@pytest.mark.parametrize("other", [{}, {"resourceType": "Patient"}, {"entry": 1}])
def test_anything_else_is_no_bundle(other: dict[str, Any]) -> None:
    assert problems(other)
