"""Reports as the program writes them, a server to send them to, and an outbox."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from face2bone.hospital.fhir.outbox import Outbox
from face2bone.hospital.fhir.transaction import Sending
from face2bone.report.assessment.assessment_json import document
from face2bone.report.assessment.fhir import to_fhir
from face2bone.report.assessment.page import Heading
from tests.hospital.fhir.server import FhirServer
from tests.report.conftest import Case, example

PATIENTS = "urn:oid:2.999.1"
SENDING = Sending(PATIENTS)
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


def report(pseudonym: str = "P-1", **facts: object) -> bytes:
    """The bytes of a new report; the keywords are those of ``Case``."""
    made = document(example(Case(**facts)))  # type: ignore[arg-type]
    return to_fhir(made, Heading(pseudonym, NOW)).encode()


def stops(stop: threading.Event, status: int = 0) -> Callable[[int], int]:
    """For a server's ``instead`` or ``after``: the sender is stopped while it is answered."""

    def answer(_: int) -> int:
        stop.set()
        return status

    return answer


@pytest.fixture
def server() -> Iterator[FhirServer]:
    server = FhirServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "fhir")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The outbox is looked at more often than a clinic needs, and nobody is waited for."""
    monkeypatch.setattr("face2bone.hospital.fhir.outbox.SENDER_GOES", 0.05)
    monkeypatch.setattr("face2bone.hospital.fhir.delivery.PULSE", 0.01)
