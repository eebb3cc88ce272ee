"""The FHIR bundle: valid, complete, and silent on what a photo may not say."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from face2bone.apparent_age import WHAT_IT_IS_NOT
from face2bone.assessment import AnswersOnly, Assessment
from face2bone.clinical.frax import FraxResult
from face2bone.history import History, SiteScores
from face2bone.patient import Menopause, Patient, Sex
from face2bone.report.assessment.assessment_json import document
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.document_parts import MeasurePart
from face2bone.report.assessment.fhir import fhir_bundle, to_fhir
from face2bone.report.assessment.fhir_age import GAP, SPREAD, WHAT
from face2bone.report.assessment.fhir_codes import quantity
from face2bone.report.assessment.fhir_rules import problems
from face2bone.report.assessment.page import Heading
from tests.report.apparent_ages import AGE, OUTSIDE
from tests.report.references import by_ultrasound

Example = Callable[..., AssessmentDocument]
RISK = "RiskAssessment"
YOUNG_MAN = Patient(45.0, Sex.MALE, 175.0, 70.0)


def by_kind(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    resources = [entry["resource"] for entry in bundle["entry"]]
    return [resource for resource in resources if resource["resourceType"] == kind]


@pytest.fixture
def bundle(example_document: Example, now: datetime) -> dict[str, Any]:
    return fhir_bundle(example_document(), Heading("P-1", now))


@pytest.mark.parametrize("status", ["demo", "research", "locally-validated"])
@pytest.mark.parametrize("guideline", ["china", "nogg", "uspstf"])
def test_every_kind_of_assessment_gives_a_sound_bundle(
    example_document: Example, everything: Patient, now: datetime, status: str, guideline: str
) -> None:
    frax = FraxResult(32.0, 12.5, with_bmd=True)
    for patient in (everything, YOUNG_MAN):
        for outside in (False, True):
            document = example_document(
                patient=patient, status=status, guideline=guideline, frax=frax, outside=outside
            )
            assert problems(fhir_bundle(document, Heading("P-1", now))) == ()


def test_probabilities_are_percent_and_the_models(bundle: dict[str, Any]) -> None:
    (risk,) = by_kind(bundle, "RiskAssessment")
    found = {p["outcome"]["text"]: p["probabilityDecimal"] for p in risk["prediction"]}
    assert found == {
        "normal on DXA now": 10.0,
        "osteopenia on DXA now": 30.0,
        "osteoporosis on DXA now": 60.0,
    }
    assert [p["rationale"][-5:] for p in risk["prediction"]] == ["20.0%", "50.0%", "30.0%"]


def test_what_ultrasound_found_is_not_called_dxa(example_document: Example, now: datetime) -> None:
    (risk,) = by_kind(fhir_bundle(by_ultrasound(example_document()), Heading("P-1", now)), RISK)
    assert [p["outcome"]["text"] for p in risk["prediction"]] == [
        f"{name} on ultrasound (QUS) now" for name in ("normal", "osteopenia", "osteoporosis")
    ]


def test_what_was_measured_on_one_of_two_knees_says_on_which(
    example_document: Example, now: datetime
) -> None:
    which = "Left knee, by its place beside the other one."
    index = MeasurePart(id="i", name="Index", value=0.2, unit="ratio", meaning="A ratio.")
    document = example_document().model_copy(update={"told": [which], "measures": [index]})
    bundle = fhir_bundle(document, Heading("P-1", now))
    assert problems(bundle) == ()
    (measured,) = [o for o in by_kind(bundle, "Observation") if o["code"]["text"] == "Index"]
    (risk,) = by_kind(bundle, RISK)
    assert [note["text"] for note in measured["note"]] == [which, "A ratio."]
    assert which in [note["text"] for note in risk["note"]]


def test_the_performer_is_the_model(bundle: dict[str, Any]) -> None:
    (risk,) = by_kind(bundle, "RiskAssessment")
    (device,) = by_kind(bundle, "Device")
    address = {e["fullUrl"]: e["resource"] for e in bundle["entry"]}
    assert address[risk["performer"]["reference"]] == device
    assert device["identifier"][0]["value"] == "b" * 64


def test_no_class_no_prediction(example_document: Example, now: datetime) -> None:
    for facts in ({"outside": True}, {"patient": YOUNG_MAN}):
        document = example_document(**facts)
        (risk,) = by_kind(fhir_bundle(document, Heading("", now)), "RiskAssessment")
        assert risk["status"] == "cancelled"
        assert "prediction" not in risk


def test_dxa_is_proposed_where_a_rule_asks_and_nowhere_else(
    example_document: Example, now: datetime
) -> None:
    well = Patient(52.0, Sex.FEMALE, 165.0, 80.0)
    asked, not_asked = (
        by_kind(fhir_bundle(document, Heading("P", now)), "ServiceRequest")
        for document in (example_document(), example_document(patient=well, status="demo"))
    )
    assert [(r["intent"], r["status"]) for r in asked] == [("proposal", "draft")]
    assert not_asked == []


def test_a_dxa_result_to_review_is_no_reason_for_another(
    example_document: Example, now: datetime
) -> None:
    measured = Patient(
        55.0,
        Sex.FEMALE,
        158.0,
        72.0,
        Menopause.POST,
        history=History(t_scores=SiteScores(-2.7, -2.0, -1.8)),
    )
    bundle = fhir_bundle(example_document(patient=measured, status="demo"), Heading("P", now))
    assert by_kind(bundle, "ServiceRequest") == []
    codes = {
        coding["code"]
        for observation in by_kind(bundle, "Observation")
        for coding in observation["code"].get("coding", [])
    }
    assert {"38267-1", "38263-0", "38264-8"} <= codes


def test_every_score_with_a_value_is_an_observation(
    example_document: Example, everything: Patient, now: datetime
) -> None:
    document = example_document(patient=everything)
    observations = by_kind(fhir_bundle(document, Heading("P", now)), "Observation")
    sent = {o["code"]["text"]: o for o in observations}
    for score in document.scores:
        assert (score.title in sent) == (score.value is not None)
        if score.value is not None:
            assert sent[score.title]["valueQuantity"]["value"] == score.value
            notes = [note["text"] for note in sent[score.title]["note"]]
            assert not score.disclaimer or score.disclaimer in notes


def test_the_body_mass_index_keeps_to_r4s_profile(bundle: dict[str, Any], now: datetime) -> None:
    (bmi,) = (o for o in by_kind(bundle, "Observation") if o["code"]["text"] == "Body mass index")
    assert bmi["meta"]["profile"] == ["http://hl7.org/fhir/StructureDefinition/bmi"]
    assert [c["coding"][0]["code"] for c in bmi["category"]] == ["vital-signs"]
    assert bmi["effectiveDateTime"] == now.isoformat(timespec="seconds")
    assert bmi["valueQuantity"]["system"] == "http://unitsofmeasure.org"
    assert (bmi["valueQuantity"]["code"], bmi["valueQuantity"]["unit"]) == ("kg/m2", "kg/m2")


def test_every_observation_is_dated_and_a_dxa_only_by_when_it_was_told(
    example_document: Example, everything: Patient, now: datetime
) -> None:
    frax = FraxResult(32.0, 12.5, with_bmd=True)
    document = example_document(patient=everything, frax=frax)
    observations = by_kind(fhir_bundle(document, Heading("P", now)), "Observation")
    at = now.isoformat(timespec="seconds")
    for observation in observations:
        if observation["code"]["text"].startswith("DXA "):
            assert observation["effectivePeriod"] == {"end": at}
        else:
            assert observation["effectiveDateTime"] == at


def test_nothing_identifies_but_the_pseudonym(example_document: Example, now: datetime) -> None:
    document = example_document()
    text = to_fhir(document, Heading("P-0017", now))
    assert document.photo_sha256 not in text
    (patient,) = by_kind(json.loads(text), "Patient")
    assert patient["identifier"][0]["value"] == "P-0017"
    assert "birthDate" not in patient
    assert not re.search(r'"(photo|attachment|data)":', text)
    assert "Condition" not in text


def test_a_hostile_pseudonym_is_only_a_string(example_document: Example, now: datetime) -> None:
    name = '"}],"resourceType":"Condition" <script>'
    (patient,) = by_kind(json.loads(to_fhir(example_document(), Heading(name, now))), "Patient")
    assert patient["identifier"][0]["value"] == name


@pytest.mark.parametrize("photo", ["c" * 64, ""])
def test_without_a_result_the_bundle_is_sound_and_says_why(
    answers_only: AnswersOnly, now: datetime, photo: str
) -> None:
    made = document(replace(answers_only, photo_sha256=photo))
    found = json.loads(to_fhir(made, Heading("P-1", now)))
    (risk,) = [
        entry["resource"]
        for entry in found["entry"]
        if entry["resource"]["resourceType"] == "RiskAssessment"
    ]
    assert risk["status"] == "cancelled"
    assert "prediction" not in risk
    assert ("basis" in risk) == bool(photo)
    assert "No face was found." in risk["note"][1]["text"]


def test_an_apparent_age_is_an_observation_that_nothing_rests_on(
    example_assessment: Callable[..., Assessment], now: datetime
) -> None:
    made = example_assessment(status="research")
    bundle = fhir_bundle(document(made, AGE), Heading("P-1", now))
    assert problems(bundle) == ()
    (entry,) = [e for e in bundle["entry"] if e["resource"].get("code", {}).get("text") == WHAT]
    found = entry["resource"]
    assert found["status"] == "preliminary"
    assert found["valueQuantity"] == quantity(52.3, "years")
    spans = {part["code"]["text"]: part for part in found["component"]}
    interval = spans["90% interval, calibrated on 500 people"]["valueRange"]
    assert (interval["low"]["value"], interval["high"]["value"]) == (41.2, 63.8)
    assert spans[GAP]["valueQuantity"]["value"] == 4.4
    by = {e["fullUrl"]: e["resource"] for e in bundle["entry"]}[found["device"]["reference"]]
    assert by["identifier"][0]["value"] == AGE.facts.sha256
    assert WHAT_IT_IS_NOT in [note["text"] for note in found["note"]]
    requests = by_kind(bundle, "ServiceRequest")
    assert requests
    for resource in (*requests, *by_kind(bundle, "RiskAssessment")):
        assert entry["fullUrl"] not in json.dumps(resource)


def test_an_age_nobody_calibrated_says_so_and_one_out_of_domain_is_left_out(
    example_assessment: Callable[..., Assessment], now: datetime
) -> None:
    made, heading = example_assessment(), Heading("P-1", now)
    loose = replace(AGE, is_calibrated=False, gap=None)
    bundle = fhir_bundle(document(made, loose), heading)
    assert problems(bundle) == ()
    (found,) = [o for o in by_kind(bundle, "Observation") if o["code"]["text"] == WHAT]
    assert [part["code"]["text"] for part in found["component"]] == [SPREAD]
    outside = fhir_bundle(document(made, replace(AGE, out_of_domain=OUTSIDE)), heading)
    plain = fhir_bundle(document(made), heading)
    assert len(outside["entry"]) == len(plain["entry"]) == len(bundle["entry"]) - 2
