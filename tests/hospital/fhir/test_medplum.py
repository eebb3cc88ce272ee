"""Against an engine that others wrote: Medplum's, which checks R4 by HL7's own definitions."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from face2bone.hospital.fhir.opinion import Opinion
from face2bone.hospital.fhir.server import Verdict, server_at
from face2bone.hospital.fhir.transaction import Sending, kinds_of, transaction_of
from face2bone.patient import Patient
from tests.hospital.fhir.conftest import NOW, PATIENTS, SENDING, report
from tests.hospital.fhir.medplum import Medplum
from tests.hospital.fhir.sender import Sender
from tests.hospital.pacs import until
from tests.report.conftest import EVERYTHING

pytestmark = pytest.mark.slow
KINDS = ("DiagnosticReport", "Observation", "RiskAssessment", "ServiceRequest", "Task")


@pytest.fixture
def medplum() -> Iterator[Medplum]:
    with Medplum() as running:
        yield running


def count(medplum: Medplum) -> dict[str, int]:
    kinds = (*KINDS, "Communication", "Device", "Patient")
    return {kind: len(medplum.of(kind)) for kind in kinds}


@pytest.mark.parametrize("status", ["demo", "research", "locally-validated"])
@pytest.mark.parametrize("patient", [None, EVERYTHING])
def test_every_kind_of_report_is_valid_r4_and_made_once(
    medplum: Medplum, status: str, patient: Patient | None
) -> None:
    facts = {"status": status} | ({} if patient is None else {"patient": patient})
    opinion = None if status == "demo" else Opinion()
    data = transaction_of(report(**facts), Sending(PATIENTS, opinion), NOW).data
    kinds = [entry["resource"]["resourceType"] for entry in json.loads(data)["entry"]]
    for _ in range(2):
        reply = server_at(medplum.address).post(data, len(kinds_of(data)))
        assert (reply.verdict, reply.said) == (Verdict.KEPT, "")
        assert count(medplum) == {kind: kinds.count(kind) for kind in count(medplum)}


def test_references_lead_to_what_was_made(medplum: Medplum) -> None:
    data = transaction_of(report(), Sending(PATIENTS, Opinion()), NOW).data
    server_at(medplum.address).post(data, len(kinds_of(data)))
    (found,), (task,), (patient,) = (
        medplum.of(kind) for kind in ("DiagnosticReport", "Task", "Patient")
    )
    assert task["focus"]["reference"] == f"DiagnosticReport/{found['id']}"
    assert task["for"]["reference"] == f"Patient/{patient['id']}"
    made = {f"Observation/{one['id']}" for one in medplum.of("Observation")}
    assert {one["reference"] for one in found["result"]} == made


def test_two_reports_of_a_patient_are_filed_under_one_and_of_another_clinic_not(
    medplum: Medplum,
) -> None:
    for sending in (SENDING, SENDING, Sending("urn:oid:2.999.2")):
        data = transaction_of(report("P-1"), sending, NOW).data
        assert server_at(medplum.address).post(data, len(kinds_of(data))).verdict is Verdict.KEPT
    assert (count(medplum)["Patient"], count(medplum)["DiagnosticReport"]) == (2, 3)


def test_what_breaks_r4_is_refused_and_what_follows_mends_it(medplum: Medplum) -> None:
    """By default this engine keeps the other entries; a sound sending then adds what is missing."""
    sound = transaction_of(report(), SENDING, NOW).data
    bundle: dict[str, Any] = json.loads(sound)
    del bundle["entry"][-1]["resource"]["status"]
    broken, entries = json.dumps(bundle).encode(), len(kinds_of(sound))
    reply = server_at(medplum.address).post(broken, entries)
    assert (reply.verdict, reply.why) == (
        Verdict.REFUSED,
        "status 400 for a part of it; other parts of it are stored there",
    )
    assert "ServiceRequest.status" in reply.said
    assert server_at(medplum.address).post(sound, entries).verdict is Verdict.KEPT
    assert sum(count(medplum).values()) == entries


def test_killed_again_and_again_while_it_sends(medplum: Medplum, tmp_path: Path) -> None:
    """Twenty reports, the sender killed after some of them each time; each is there once."""
    reports = [report(f"P-{number}") for number in range(20)]
    with Sender(tmp_path, medplum.address, "--ask") as sender:
        sender.start(reports)
        for number in (3, 8, 14):
            until(lambda: len(medplum.of("DiagnosticReport")) >= number)  # noqa: B023
            sender.kill()
            sender.start()
        until(lambda: not sender.files("outbox"))
    found = count(medplum)
    assert [found[kind] for kind in ("DiagnosticReport", "Task", "Communication")] == [20] * 3
    assert (found["Patient"], found["Device"]) == (20, 1)
    assert not sender.files("refused")
