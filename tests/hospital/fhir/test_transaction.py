"""A report as a transaction: created once, of the right clinic's patient, asking nobody alone."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from face2bone.errors import SendError
from face2bone.hospital.fhir.opinion import Opinion
from face2bone.hospital.fhir.transaction import (
    RESOURCE_SYSTEM,
    Sending,
    kinds_of,
    transaction_of,
)
from tests.hospital.fhir.conftest import NOW, PATIENTS, SENDING, report
from tests.hospital.fhir.server import check
from tests.spoiling import Files, bytes_spoiled, json_spoiled

KNOWN = Sending(PATIENTS, Opinion(), known_only=True)
Spoil = Callable[[random.Random, Files], Files]
ASKING = Sending(PATIENTS, Opinion("Practitioner/1", "Organization/2"))


def made(data: bytes, sending: Sending = SENDING) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(transaction_of(data, sending, NOW).data)
    check(found)
    return found


def by_kind(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    resources = [entry["resource"] for entry in bundle["entry"]]
    return [one for one in resources if one["resourceType"] == kind]


def test_every_entry_is_created_only_where_it_is_not_there() -> None:
    bundle = made(report())
    assert bundle["type"] == "transaction"
    for entry in bundle["entry"]:
        request, resource = entry["request"], entry["resource"]
        assert (request["method"], request["url"]) == ("POST", resource["resourceType"])
        (identifier,) = resource["identifier"]
        system = identifier["system"].replace(":", "%3A")
        assert request["ifNoneExist"].startswith(f"identifier={system}%7C")


def test_an_identifier_is_no_address_of_an_entry_which_a_server_would_rewrite() -> None:
    for entry in made(report())["entry"]:
        values = [one["value"] for one in entry["resource"]["identifier"]]
        assert not any(value.startswith("urn:uuid:") for value in values)
        if entry["resource"]["identifier"][0]["system"] == RESOURCE_SYSTEM:
            assert entry["fullUrl"] == f"urn:uuid:{values[0]}"


def test_a_pseudonym_is_of_the_clinic_that_sends() -> None:
    (patient,) = by_kind(made(report("P-7")), "Patient")
    assert patient["identifier"] == [{"system": PATIENTS, "value": "P-7"}]


def test_the_same_report_is_the_same_file_and_another_is_another() -> None:
    first, second = report(), report()
    name = transaction_of(first, SENDING, NOW).name
    assert transaction_of(first, SENDING, NOW.replace(year=2027)).name == name
    others = [transaction_of(second, SENDING, NOW), transaction_of(first, ASKING, NOW)]
    assert len({name, *(one.name for one in others)}) == 3


def test_nobody_is_asked_for_anything_unless_the_site_says_so() -> None:
    bundle = made(report())
    assert by_kind(bundle, "Task") + by_kind(bundle, "Communication") == []


def test_a_demonstration_asks_nobody_and_says_what_it_is() -> None:
    data = report(status="demo")
    assert "ServiceRequest" in data.decode()
    with pytest.raises(SendError, match="demonstration"):
        transaction_of(data, ASKING, NOW)
    bundle = made(data)
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert kinds.isdisjoint({"ServiceRequest", "Task", "Communication"})
    for kind in ("DiagnosticReport", "RiskAssessment", "Observation"):
        for one in by_kind(bundle, kind):
            assert [label["code"] for label in one["meta"]["security"]] == ["HTEST"]


def test_a_model_that_does_not_say_what_it_is_counts_as_a_demonstration() -> None:
    data = report().replace(b"status research", b"status unheard of")
    with pytest.raises(SendError, match="demonstration"):
        transaction_of(data, ASKING, NOW)


def test_a_known_patient_is_searched_for_and_not_made() -> None:
    bundle = made(report("P-7"), KNOWN)
    assert by_kind(bundle, "Patient") == []
    asked = "Patient?identifier=urn%3Aoid%3A2.999.1%7CP-7&gender=female"
    (task,), (found,) = by_kind(bundle, "Task"), by_kind(bundle, "DiagnosticReport")
    assert (task["for"], found["subject"]) == ({"reference": asked}, {"reference": asked})


def test_a_device_without_its_models_hash_is_of_one_report() -> None:
    data = json.loads(report())
    for entry in data["entry"]:
        if entry["resource"]["resourceType"] == "Device":
            entry["resource"].pop("identifier")
            address = entry["fullUrl"].removeprefix("urn:uuid:")
    (device,) = by_kind(made(json.dumps(data).encode()), "Device")
    assert device["identifier"] == [{"system": RESOURCE_SYSTEM, "value": address}]


@pytest.mark.parametrize("pseudonym", ["", " ", "P|1", "P,1", "P$1", "P\\1", "P\n1"])
def test_a_pseudonym_by_which_nobody_is_found_for_certain_is_refused(pseudonym: str) -> None:
    data = json.loads(report("X"))
    for entry in data["entry"]:
        if entry["resource"]["resourceType"] == "Patient":
            entry["resource"]["identifier"][0]["value"] = pseudonym or " "
    with pytest.raises(SendError):
        transaction_of(json.dumps(data).encode(), SENDING, NOW)


def test_a_report_of_nobody_is_refused() -> None:
    with pytest.raises(SendError, match="names no patient"):
        transaction_of(report(""), SENDING, NOW)


@pytest.mark.parametrize("system", ["", "hospital", "urn:a|b", "urn:a b", 'x:"'])
def test_what_is_no_system_is_refused(system: str) -> None:
    with pytest.raises(SendError, match="no URI"):
        Sending(system)


ENTRIES = json.loads(report())["entry"]


def changed(**top: Any) -> bytes:
    return json.dumps(json.loads(report()) | top).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"resourceType": "Bundle"}',
        b"[" * 100_000,
        changed(type="transaction"),
        changed(entry=[]),
        changed(entry=[{}]),
        changed(entry=ENTRIES * 2),
        report().replace(b"urn:uuid:", b"urn:oid:"),
        report().replace(b"urn:uuid:", b"urn:uuid:x"),
        changed(entry=[e for e in ENTRIES if e["resource"]["resourceType"] != "RiskAssessment"]),
        report().replace(b"Patient", b"Condition"),
    ],
)
def test_anything_but_a_report_is_refused(data: bytes) -> None:
    with pytest.raises(SendError, match="no FHIR report"):
        transaction_of(data, SENDING, NOW)


REPORT = report()


@pytest.mark.parametrize("spoil", [bytes_spoiled, json_spoiled])
def test_a_spoiled_report_is_sent_whole_or_refused(spoil: Spoil) -> None:
    sent = 0
    for seed in range(60):
        files = spoil(random.Random(seed), {"report.json": REPORT})
        try:
            found = transaction_of(files.get("report.json", b""), KNOWN, NOW)
        except SendError:
            continue
        sent += 1
        check(json.loads(found.data))
    assert sent < 60


def test_a_file_that_is_no_transaction_has_no_entries() -> None:
    for data in (
        b"",
        b"[]",
        REPORT,
        b'{"type": "transaction"}',
        b'{"type": "transaction", "entry": []}',
    ):
        with pytest.raises(SendError, match="damaged"):
            kinds_of(data)
