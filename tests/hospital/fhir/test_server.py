"""What an address, a token, a certificate and an answer mean."""

import ssl
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from face2bone import clock
from face2bone.errors import SendError
from face2bone.hospital.fhir.server import LONGEST_WAIT, Server, Verdict, server_at
from face2bone.hospital.fhir.transaction import Sending, kinds_of, transaction_of
from face2bone.patient import Patient, Sex
from tests.hospital.certificates import written
from tests.hospital.fhir.conftest import NOW, PATIENTS, SENDING, report
from tests.hospital.fhir.server import DROP, FhirServer

DATA = transaction_of(report(), SENDING, NOW).data
ENTRIES = len(kinds_of(DATA))


@pytest.mark.parametrize(
    ("typed", "host", "port", "path"),
    [
        ("https://h.example/fhir/", "h.example", 443, "/fhir"),
        ("https://h.example:8443", "h.example", 8443, ""),
        ("http://localhost:8080/fhir/R4", "localhost", 8080, "/fhir/R4"),
        ("http://[::1]:8080/fhir", "::1", 8080, "/fhir"),
        ("HTTPS://10.0.0.7/fhir", "10.0.0.7", 443, "/fhir"),
        (f"https://{'a' * 63}.b-c/", f"{'a' * 63}.b-c", 443, ""),
    ],
)
def test_a_plain_address_is_read(typed: str, host: str, port: int, path: str) -> None:
    server = server_at(typed)
    assert (server.host, server.port, server.path) == (host, port, path)
    assert server.encrypted == typed.lower().startswith("https")


@pytest.mark.parametrize(
    "typed",
    [
        *("", "h.example", "ftp://h.example", "https://", "https://user:secret@h.example/fhir"),
        *("https://h.example/fhir?a=secret", "https://h.example/#secret", "https://h:99999/"),
        *("https://h.example:0/", "https://h exa/secret", "https://h.example/a b", "https://[::1"),
        *("https://h..example/", f"https://{'a' * 64}.example/", "https://h.-a/", "https://h-.a/"),
        *("https://h.example/\r\nX: secret", "https://-h/", "https://h.example/\u00e9"),
    ],
)
def test_another_address_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(SendError, match="no plain one") as refused:
        server_at(typed)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("host", ["h.example", "10.0.0.7", "192.168.1.1", "localhost.example"])
def test_nothing_goes_unencrypted_to_another_machine(host: str) -> None:
    with pytest.raises(SendError, match="https only"):
        server_at(f"http://{host}/fhir")


def test_the_server_has_what_it_acknowledged(server: FhirServer) -> None:
    reply = server_at(server.address).post(DATA, ENTRIES)
    assert reply.verdict is Verdict.KEPT
    assert sum(server.count().values()) == ENTRIES
    assert server.headers[0]["Content-Type"] == "application/fhir+json"


def test_a_second_sending_makes_nothing_twice(server: FhirServer) -> None:
    for _ in range(2):
        assert server_at(server.address).post(DATA, ENTRIES).verdict is Verdict.KEPT
    assert sum(server.count().values()) == ENTRIES


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        *((code, Verdict.DOWN) for code in (429, 502, 503, 504, DROP)),
        *((code, Verdict.LATER) for code in (200, 202, 204, 404, 408, 409, 500, 501)),
        *((code, Verdict.REFUSED) for code in (400, 406, 412, 413, 415, 422)),
        *((code, Verdict.SHUT) for code in (301, 307, 401, 403, 405, 410)),
    ],
)
def test_what_an_answer_means(server: FhirServer, status: int, verdict: Verdict) -> None:
    server.instead = lambda _: status
    reply = server_at(server.address).post(DATA, ENTRIES)
    assert reply.verdict is verdict
    assert verdict is not Verdict.REFUSED or "as it was told" in reply.said
    assert "told" not in reply.why


def test_an_address_at_which_no_fhir_server_answers(server: FhirServer) -> None:
    address = server.address.replace("/fhir", "/elsewhere")
    assert server_at(address).post(DATA, ENTRIES).verdict is Verdict.SHUT


KNOWN = Sending(PATIENTS, known_only=True)


def sent_of_known(server: FhirServer, data: bytes) -> Verdict:
    made = transaction_of(data, KNOWN, NOW).data
    return server_at(server.address).post(made, len(kinds_of(made))).verdict


@pytest.mark.parametrize(("status", "verdict"), [(412, Verdict.REFUSED), (404, Verdict.LATER)])
def test_of_known_patients_only_nobody_is_made(
    server: FhirServer, status: int, verdict: Verdict
) -> None:
    server.without_match = status
    assert sent_of_known(server, report("P-2")) is verdict
    assert not server.kept
    server_at(server.address).post(DATA, ENTRIES)
    for _ in range(2):
        assert sent_of_known(server, report("P-1")) is Verdict.KEPT
    (patient,) = server.of("Patient")
    assert patient["identifier"][0]["value"] == "P-1"
    (address,) = (one for one in server.kept if one.startswith("Patient/"))
    assert {one["subject"]["reference"] for one in server.of("DiagnosticReport")} == {address}


def test_a_known_patient_of_another_sex_is_somebody_else(server: FhirServer) -> None:
    server_at(server.address).post(DATA, ENTRIES)
    before = dict(server.kept)
    man = report("P-1", patient=Patient(66.0, Sex.MALE, 175.0, 70.0))
    assert sent_of_known(server, man) is Verdict.REFUSED
    assert server.kept == before


def test_what_breaks_its_rules_is_refused_in_the_servers_words(server: FhirServer) -> None:
    data = DATA.replace(b'"status": "final"', b'"state": "final"')
    reply = server_at(server.address).post(data, ENTRIES)
    assert reply.verdict is Verdict.REFUSED
    assert "OperationOutcome" in reply.said
    assert not server.kept


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        (["201 Created", "200"], Verdict.KEPT),
        (["201", "422 Unprocessable"], Verdict.REFUSED),
        *((["201", status], Verdict.LATER) for status in ("404", "408", "409", "425", "500")),
        *((["201", status], Verdict.LATER) for status in ("202", "304", "OK ", "")),
        *((["201", status], Verdict.DOWN) for status in ("429", "502", "503 Busy", "504")),
        *((["201", status], Verdict.SHUT) for status in ("401", "403 Forbidden", "407")),
        *((["201", status], Verdict.REFUSED) for status in ("400", "405", "410", "412")),
        (["422", "403"], Verdict.SHUT),
        (["503", "422"], Verdict.DOWN),
        (["201"], Verdict.LATER),
        (["422"], Verdict.LATER),
        ([], Verdict.LATER),
    ],
)
def test_an_answer_counts_by_what_it_says_of_each_entry(
    server: FhirServer, monkeypatch: pytest.MonkeyPatch, parts: list[str], verdict: Verdict
) -> None:
    """A server without real transactions answers 200, and of an entry that it failed."""
    entries = [{"response": {"status": part}} for part in parts]
    said = {"resourceType": "Bundle", "type": "transaction-response", "entry": entries}
    monkeypatch.setattr(server, "answer", lambda *_: (200, said))
    assert server_at(server.address).post(DATA, 2).verdict is verdict


@pytest.mark.parametrize(("first", "stored"), [("201", True), ("200", True), ("412", False)])
def test_what_is_refused_in_part_says_that_other_parts_are_there(
    server: FhirServer, monkeypatch: pytest.MonkeyPatch, first: str, stored: bool
) -> None:
    entries = [{"response": {"status": part}} for part in (first, "422")]
    said = {"resourceType": "Bundle", "type": "transaction-response", "entry": entries}
    monkeypatch.setattr(server, "answer", lambda *_: (200, said))
    reply = server_at(server.address).post(DATA, 2)
    assert reply.verdict is Verdict.REFUSED
    assert ("other parts of it are stored there" in reply.why) is stored


def test_a_server_that_asks_for_time_for_a_part_gets_it(
    server: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"type": "transaction-response", "entry": [{"response": {"status": "429"}}]}
    server.answer_headers = {"Retry-After": "7"}
    monkeypatch.setattr(server, "answer", lambda *_: (200, said))
    reply = server_at(server.address).post(DATA, 1)
    assert (reply.verdict, reply.wait) == (Verdict.DOWN, 7)


def test_what_the_server_had_already_is_told_from_what_it_made(server: FhirServer) -> None:
    parts = [server_at(server.address).post(DATA, ENTRIES).parts for _ in range(2)]
    assert parts == [("201",) * ENTRIES, ("200",) * ENTRIES]


def test_a_name_that_cannot_be_looked_up_is_no_answer() -> None:
    reply = Server("h..example", 80, "", encrypted=False).post(DATA, ENTRIES)
    assert reply.verdict is Verdict.DOWN


def test_a_bundle_of_another_kind_is_no_acknowledgement(
    server: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"resourceType": "Bundle", "type": "batch-response", "entry": []}
    monkeypatch.setattr(server, "answer", lambda *_: (200, said))
    assert server_at(server.address).post(DATA, ENTRIES).verdict is Verdict.LATER


def test_an_answer_to_fewer_entries_is_no_acknowledgement(server: FhirServer) -> None:
    assert server_at(server.address).post(DATA, ENTRIES + 1).verdict is Verdict.LATER


@pytest.mark.parametrize(("limit", "most"), [("MOST_BYTES", 10), ("LONGEST_ANSWER", -1.0)])
def test_an_answer_without_end_is_cut_off(
    server: FhirServer, monkeypatch: pytest.MonkeyPatch, limit: str, most: float
) -> None:
    monkeypatch.setattr(f"face2bone.hospital.fhir.server.{limit}", most)
    assert server_at(server.address).post(DATA, ENTRIES).verdict is Verdict.DOWN


def test_a_server_that_is_not_there(server: FhirServer) -> None:
    server.stop()
    assert server_at(server.address).post(DATA, ENTRIES).verdict is Verdict.DOWN


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("7", 7, 7),
        ("999999999", LONGEST_WAIT, LONGEST_WAIT),
        ("Sat, 21 Nov 2020 15:00:00 -0000", 0, 0),
        ("Sat, 21 Nov 9999 15:00:00 -2300", LONGEST_WAIT, LONGEST_WAIT),
        (f"Sat, 21 Nov {'9' * 20} 15:00:00 GMT", 0, 0),
        (f"Sat, 21 Nov 2026 15:00:00 +{'9' * 20}", 0, 0),
        *((text, 0, 0) for text in ("", "soon", "-5", "1e3", "9" * 20)),
    ],
)
def test_how_long_a_server_asks_to_wait(
    server: FhirServer, header: str, low: float, high: float
) -> None:
    server.instead, server.answer_headers = lambda _: 503, {"Retry-After": header}
    assert low <= server_at(server.address).post(DATA, ENTRIES).wait <= high


def test_a_server_may_name_the_moment_from_which_it_answers(server: FhirServer) -> None:
    moment = format_datetime(clock.now() + timedelta(minutes=5), usegmt=True)
    server.instead, server.answer_headers = lambda _: 503, {"Retry-After": moment}
    assert 200 <= server_at(server.address).post(DATA, ENTRIES).wait <= 300


def test_the_token_is_read_from_its_file_each_time(server: FhirServer, tmp_path: Path) -> None:
    file = tmp_path / "token"
    asked = server_at(server.address, file)
    for token in ("first.token", "second-token=="):
        file.write_text(f"{token}\n")
        asked.post(DATA, ENTRIES)
        assert server.headers[-1]["Authorization"] == f"Bearer {token}"
    assert "token" not in repr(server.kept)


@pytest.mark.parametrize("text", [None, "", "two words", "a\r\nX: y", "caf\u00e9", "a\nb"])
def test_what_is_no_token_is_refused_without_repeating_it(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "token"
    if text is not None:
        file.write_bytes(text.encode())
    with pytest.raises(SendError, match="file of the token") as refused:
        server_at("https://h.example/fhir", file).check()
    assert not text or text not in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


@pytest.fixture
def encrypted(server: FhirServer, tmp_path: Path) -> tuple[FhirServer, Path]:
    """The server with a certificate for localhost, and the authority that it is by."""
    files = written(tmp_path / "pem")
    server.stop()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.own, files.key)
    server.start(context)
    return server, files.authority


def test_its_certificate_has_to_be_by_the_authority_that_is_named(
    encrypted: tuple[FhirServer, Path], tmp_path: Path
) -> None:
    server, authority = encrypted
    other, address = written(tmp_path / "other").authority, f"https://localhost:{server.port}/fhir"
    for trusted, verdict in (
        (authority, Verdict.KEPT),
        (other, Verdict.SHUT),
        (None, Verdict.SHUT),
    ):
        assert server_at(address, None, trusted).post(DATA, ENTRIES).verdict is verdict
    assert len(server.headers) == 1


def test_a_certificate_for_another_name_is_not_trusted(encrypted: tuple[FhirServer, Path]) -> None:
    server, authority = encrypted
    reply = server_at(f"https://127.0.0.1:{server.port}/fhir", None, authority).post(DATA, ENTRIES)
    assert (reply.verdict, server.headers) == (Verdict.SHUT, [])


def test_what_is_no_certificate_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text("no certificate")
    for path in (tmp_path / "a.pem", tmp_path / "nothing.pem"):
        with pytest.raises(SendError, match="PEM") as refused:
            server_at("https://h.example", None, path).check()
        assert str(tmp_path) not in str(refused.value)
