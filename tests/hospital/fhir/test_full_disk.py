"""A disk that fills up: one sentence, nothing half-written, and nothing lost."""

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from face2bone.cli import app
from face2bone.cli.application import EXIT_REFUSED
from face2bone.hospital.fhir.outbox import Outbox
from face2bone.hospital.fhir.transaction import transaction_of
from tests.disks import Disk, small_disk
from tests.hospital.fhir.conftest import NOW, PATIENTS, SENDING, report
from tests.hospital.fhir.server import FhirServer

pytestmark = pytest.mark.slow


@pytest.fixture
def disk() -> Iterator[Disk]:
    with small_disk(4) as made:
        yield made


def send(server: FhirServer, disk: Disk, *reports: str) -> tuple[int, str]:
    words = [str(disk.folder / "fhir"), *reports, "--to", server.address, "--patients", PATIENTS]
    result = CliRunner().invoke(app, ["fhir-send", *words])
    assert "Traceback" not in result.output
    return result.exit_code, result.output


def test_a_report_is_kept_whole_or_refused_at_any_block(server: FhirServer, disk: Disk) -> None:
    file = disk.folder / "report.fhir.json"
    file.write_bytes(report())
    outbox, codes = Outbox(disk.folder / "fhir"), list[int]()
    for blocks in range(12):
        disk.leave(blocks)
        code, output = send(server, disk, str(file))
        codes.append(code)
        assert code == 0 or "The disk is full" in output
        assert [path.name for path in outbox.outbox.iterdir()] == []
    assert codes[0] == EXIT_REFUSED
    assert codes[-1] == 0
    assert server.count()["DiagnosticReport"] == 1


def test_what_cannot_be_put_aside_stays(server: FhirServer, disk: Disk) -> None:
    server.instead = lambda _: 422
    outbox = Outbox(disk.folder / "fhir")
    outbox.put([transaction_of(report(), SENDING, NOW)], server.address)
    disk.leave(0)
    code, output = send(server, disk)
    assert code == EXIT_REFUSED
    assert "The disk is full" in output
    assert len(outbox.waiting()) == 1
    disk.free()
    assert "Refused: 1." in send(server, disk)[1]
    assert (outbox.waiting(), len(list(outbox.refused.iterdir()))) == ([], 2)
