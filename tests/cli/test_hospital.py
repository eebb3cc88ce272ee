"""``listen`` where it cannot begin, and ``fhir-send``: one sentence and the documented code."""

import errno
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from face2bone.cli import app
from face2bone.cli.application import EXIT_REFUSED
from face2bone.hospital.fhir.outbox import Outbox
from face2bone.hospital.fhir.server import server_at
from face2bone.hospital.fhir.transaction import transaction_of
from tests.hospital.fhir.conftest import NOW, SENDING, report, stops
from tests.hospital.fhir.server import FhirServer

USUAL = ["--caller", "PACS", "--send-to", "PACS@127.0.0.1:104"]


def refused(*words: str) -> str:
    result = CliRunner().invoke(app, ["listen", *words])
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--caller", "PACS", "--send-to", "PACS"], "TITLE@host:port"),
        ([*USUAL, "--title", "A VERY LONG TITLE INDEED"], "AE title"),
        ([*USUAL, "--key", "key.pem"], "together, or none"),
        ([*USUAL, "--form", "fax"], "fax"),
        ([*USUAL, "--most-mb", "65"], "64"),
        (["--send-to", "PACS@127.0.0.1:104"], "--caller"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, words: list[str], said: str) -> None:
    assert said in refused(str(tmp_path), *words)
    assert list(tmp_path.iterdir()) == []


SEND = ["--to", "https://hospital.example/fhir", "--patients", "urn:oid:2.999.1"]


def sent(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["fhir-send", *words])
    assert "Traceback" not in result.output
    return result.exit_code, " ".join(result.output.split())


@pytest.fixture
def fhir_server() -> Iterator[FhirServer]:
    server = FhirServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is waited for."""
    monkeypatch.setattr("face2bone.hospital.fhir.outbox.SENDER_GOES", 0.05)


@pytest.fixture
def report_file(tmp_path: Path) -> Path:
    path = tmp_path / "report.fhir.json"
    path.write_bytes(report("P-1"))
    return path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "http://hospital.example/fhir"], "https only"),
        (["--to", "hospital.example"], "no plain one"),
        ([*SEND, "--token", "nowhere"], "file of the token"),
        ([*SEND, "--authority", "nowhere"], "PEM"),
    ],
)
def test_a_server_that_cannot_be_asked_is_said(tmp_path: Path, words: list[str], said: str) -> None:
    code, output = sent(str(tmp_path / "fhir"), *words)
    assert code == EXIT_REFUSED
    assert said in output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (SEND[:2], "no URI"),
        ([*SEND, "--owner", "Organization/3"], "with --ask"),
        ([*SEND, "--ask", "--owner", "Dr. Li"], "no reference"),
    ],
)
def test_how_a_report_may_not_be_sent_is_said(
    tmp_path: Path, report_file: Path, words: list[str], said: str
) -> None:
    code, output = sent(str(tmp_path / "fhir"), str(report_file), *words)
    assert code != 0
    assert said in output
    assert list((tmp_path / "fhir" / "outbox").iterdir()) == []


def test_one_file_that_may_not_be_sent_keeps_all_back(tmp_path: Path, report_file: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text("{}")
    code, output = sent(str(tmp_path / "fhir"), str(report_file), str(other), *SEND)
    assert code == EXIT_REFUSED
    assert "other.json: The file is no FHIR report" in output
    assert list((tmp_path / "fhir" / "outbox").iterdir()) == []


def test_reports_are_sent_and_what_is_left_is_said(
    tmp_path: Path, report_file: Path, fhir_server: FhirServer
) -> None:
    words = [str(tmp_path / "fhir"), str(report_file), "--to", fhir_server.address, *SEND[2:]]
    fhir_server.stop()
    code, output = sent(*words, "--keep-trying", "0")
    assert code == EXIT_REFUSED
    assert "Sent: 0. Waiting: 1. Refused: 0. What waits was not taken: no answer" in output
    code, output = sent(words[0], *SEND)
    assert (code, "another server" in output) == (EXIT_REFUSED, True)
    fhir_server.start()
    code, output = sent(*words[:1], *words[2:])
    assert code == 0
    assert output.endswith("Sent: 1. Waiting: 0. Refused: 0.")
    assert fhir_server.count()["DiagnosticReport"] == 1


def test_what_the_server_refuses_is_said_and_kept(
    tmp_path: Path, report_file: Path, fhir_server: FhirServer
) -> None:
    fhir_server.instead = lambda _: 422
    words = [str(tmp_path / "fhir"), str(report_file), "--to", fhir_server.address, *SEND[2:]]
    code, output = sent(*words)
    assert code == EXIT_REFUSED
    assert "Refused: 1. What was refused lies in the folder refused" in output
    assert len(list((tmp_path / "fhir" / "refused").glob("*.json"))) == 1


def test_a_report_is_left_to_the_process_that_sends(tmp_path: Path, report_file: Path) -> None:
    outbox = Outbox(tmp_path / "fhir")
    with outbox.held("https://hospital.example:443/fhir"):
        code, output = sent(str(tmp_path / "fhir"), str(report_file), *SEND)
        assert (code, len(outbox.waiting())) == (EXIT_REFUSED, 1)
        assert "Waiting: 1. The other process sends it if it goes on." in output
        code, output = sent(str(tmp_path / "fhir"), *SEND, "--watch")
        assert code == EXIT_REFUSED
        assert "Another process of this program sends" in output


@pytest.mark.parametrize(
    ("ending", "code", "said"),
    [("sent", 0, "Nothing waits; another"), ("refuse", EXIT_REFUSED, "What was refused lies")],
)
def test_what_the_other_process_did_meanwhile_is_said(
    tmp_path: Path,
    report_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    code: int,
    said: str,
) -> None:
    outbox, real = Outbox(tmp_path / "fhir"), Outbox.put

    def put_and_taken(self: Outbox, *what: Any) -> None:
        real(self, *what)
        (path,) = outbox.waiting()
        getattr(outbox, ending)(path, *(["why"] if ending == "refuse" else []))

    monkeypatch.setattr(Outbox, "put", put_and_taken)
    with outbox.held("https://hospital.example:443/fhir"):
        found, output = sent(str(tmp_path / "fhir"), str(report_file), *SEND)
    assert (found, said in output) == (code, True)


def test_what_is_put_in_after_the_last_look_is_sent(
    tmp_path: Path, fhir_server: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another call puts its report in just before this one lets go, and leaves it to this one."""
    folder, late = tmp_path / "fhir", [transaction_of(report("P-2"), SENDING, NOW)]
    put, real = Outbox(folder).put, FileLock.release

    def release(self: FileLock, force: bool = False) -> None:
        if late and "send" in self.lock_file:
            put([late.pop()], server_at(fhir_server.address).address)
        real(self, force)

    monkeypatch.setattr(FileLock, "release", release)
    code, output = sent(str(folder), "--to", fhir_server.address)
    assert (code, output) == (0, "Sent: 1. Waiting: 0. Refused: 0.")


def test_that_the_server_had_it_already_is_said(
    tmp_path: Path, report_file: Path, fhir_server: FhirServer
) -> None:
    words = [str(tmp_path / "fhir"), str(report_file), "--to", fhir_server.address, *SEND[2:]]
    assert "already" not in sent(*words)[1]
    code, output = sent(*words)
    assert code == 0
    assert output.endswith("The server had it already; nothing there was changed.")


def test_a_watch_that_is_stopped_has_not_failed(
    tmp_path: Path, report_file: Path, fhir_server: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    fhir_server.instead = stops(stop, 503)
    monkeypatch.setattr("face2bone.cli.hospital._stop_when_told", lambda: stop)
    words = [str(tmp_path / "fhir"), str(report_file), "--to", fhir_server.address, *SEND[2:]]
    code, output = sent(*words, "--watch")
    assert (code, "Waiting: 1" in output) == (0, True)


@pytest.mark.parametrize(
    ("error", "said"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "not yours to write")]
)
def test_an_outbox_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, report_file: Path, monkeypatch: pytest.MonkeyPatch, error: int, said: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(error, "no")

    monkeypatch.setattr("face2bone.hospital.fhir.outbox.write_lasting", full)
    code, output = sent(str(tmp_path / "fhir"), str(report_file), *SEND)
    assert code == EXIT_REFUSED
    assert said in output
    assert str(tmp_path) not in output
