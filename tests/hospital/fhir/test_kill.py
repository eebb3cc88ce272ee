"""Kill -9 at every moment of a sending: nothing is lost, and the server has nothing twice."""

import random
import time
from pathlib import Path

import pytest

from tests.hospital.fhir.conftest import report
from tests.hospital.fhir.sender import Sender
from tests.hospital.fhir.server import DROP, FhirServer
from tests.hospital.pacs import until

pytestmark = pytest.mark.slow
REPORTS = [report(f"P-{number}") for number in range(6)]


@pytest.mark.parametrize("moment", ["instead", "after"])
def test_killed_before_and_after_the_server_has_kept_it(
    server: FhirServer, tmp_path: Path, moment: str
) -> None:
    """Each request of the first six finds its sender dead before it is answered."""
    with Sender(tmp_path, server.address) as sender:

        def kill(number: int) -> int:
            if number > 6:
                return 0
            sender.kill()
            return DROP

        setattr(server, moment, kill)
        sender.start(REPORTS)
        for number in range(1, 7):
            until(lambda: server.requests >= number and sender.is_dead)  # noqa: B023
            assert sender.files("outbox")
            sender.start()
        until(lambda: not sender.files("outbox"))
        assert sender.stop() == 0
    assert (server.count()["DiagnosticReport"], server.count()["Patient"]) == (6, 6)
    assert not sender.files("refused")
    assert "Traceback" not in sender.log


def test_killed_while_reports_are_put_in(server: FhirServer, tmp_path: Path) -> None:
    """What was put in goes; what was not is put in by the same command, and nothing is doubled."""
    server.stop()
    with Sender(tmp_path, server.address) as sender:
        sender.start(REPORTS)
        until(lambda: len(sender.files("outbox")) >= 2)
        sender.kill()
        server.start()
        sender.start(REPORTS)
        until(lambda: server.count()["DiagnosticReport"] == 6 and not sender.files("outbox"))
        assert sender.stop() == 0
    assert server.count()["DiagnosticReport"] == 6


def test_killed_while_one_is_put_aside(server: FhirServer, tmp_path: Path) -> None:
    server.instead = lambda _: 422
    with Sender(tmp_path, server.address) as sender:
        sender.start(REPORTS)
        until(lambda: len(sender.files("refused")) >= 3)
        sender.kill()
        sender.start()
        until(lambda: not sender.files("outbox"))
        assert sender.stop() == 1
    kept = sender.files("refused")
    assert len([name for name in kept if name.endswith(".json")]) == 6
    assert len([name for name in kept if name.endswith(".txt")]) == 6
    assert not server.kept


def test_killed_at_any_moment_while_the_server_fails_too(
    server: FhirServer, tmp_path: Path
) -> None:
    """Three of seven requests fail, of the others one in four answers is lost; kills at random."""
    kills, faults = random.Random(1), random.Random(2)
    server.instead = lambda _: faults.choice([0, 0, 0, 0, 503, 500, DROP])
    server.after = lambda _: faults.choice([0, 0, 0, DROP])
    reports = [report(f"P-{number % 10}") for number in range(20)]
    died = 0
    with Sender(tmp_path, server.address, "--ask") as sender:
        while died < 5 or sender.files("outbox"):
            # The first may die before everything is put in, so they are given everything again.
            sender.start(reports if died < 5 else ())
            time.sleep(kills.uniform(0.2, 1.5))
            sender.kill()
            died += 1
            assert died < 100
    found = server.count()
    kinds = ("DiagnosticReport", "RiskAssessment", "Task", "Communication")
    assert [found[kind] for kind in kinds] == [20] * 4
    assert (found["Patient"], found["Device"], sender.files("refused")) == (10, 1, [])
    print(f"{died} kills, {server.requests} requests")
