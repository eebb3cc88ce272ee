"""What is sent again, what is put aside, and that one file keeps no other waiting."""

import errno
import json
import math
import os
import re
import threading
from pathlib import Path

import pytest

from face2bone.hospital.fhir.delivery import Delivery
from face2bone.hospital.fhir.opinion import Opinion
from face2bone.hospital.fhir.outbox import Outbox
from face2bone.hospital.fhir.server import server_at
from face2bone.hospital.fhir.transaction import Sending, Transaction, transaction_of
from face2bone.logs import JsonLine
from tests.hospital.fhir.conftest import NOW, PATIENTS, SENDING, report, stops
from tests.hospital.fhir.server import DROP, FhirServer, Resource, outcome

WAIT = 0.01
RESEARCH = report("P-9", status="research")
HERE = "https://a:443/fhir"


def put(outbox: Outbox, *names: str) -> list[Transaction]:
    """A report of each, the first the oldest."""
    made = [transaction_of(report(name), SENDING, NOW) for name in names]
    for age, one in enumerate(made):
        outbox.put([one], HERE)
        os.utime(outbox.outbox / f"{one.name}.json", (1000 + age, 1000 + age))
    return made


def delivered(server: FhirServer, outbox: Outbox, seconds: float = 20.0) -> Delivery:
    delivery = Delivery(server_at(server.address), outbox, WAIT)
    delivery.run(threading.Event(), seconds)
    return delivery


def test_all_that_waits_is_sent(server: FhirServer, outbox: Outbox) -> None:
    put(outbox, "P-1", "P-2", "P-1")
    assert delivered(server, outbox).sent == 3
    assert (outbox.waiting(), server.count()["Patient"]) == ([], 2)
    assert (server.count()["DiagnosticReport"], server.count()["Device"]) == (3, 1)


@pytest.mark.parametrize("status", [503, 429, 500, 409, 202, DROP])
def test_what_was_not_taken_is_sent_again(server: FhirServer, outbox: Outbox, status: int) -> None:
    server.instead = lambda number: status if number <= 3 else 0
    put(outbox, "P-1")
    assert delivered(server, outbox).sent == 1
    assert (server.requests, server.count()["DiagnosticReport"]) == (4, 1)


def test_what_was_kept_without_an_answer_is_not_made_twice(
    server: FhirServer, outbox: Outbox
) -> None:
    server.after = lambda number: DROP if number <= 2 else 0
    put(outbox, "P-1")
    assert delivered(server, outbox).sent == 1
    assert (server.requests, server.count()["DiagnosticReport"]) == (3, 1)
    assert server.count()["Patient"] == 1


def test_a_server_that_asks_for_time_gets_it(server: FhirServer, outbox: Outbox) -> None:
    server.instead, server.answer_headers = lambda _: 503, {"Retry-After": "3600"}
    put(outbox, "P-1", "P-2")
    delivery = delivered(server, outbox, seconds=0.2)
    assert (server.requests, len(outbox.waiting()), delivery.sent) == (1, 2, 0)
    assert delivery.trouble == "status 503"


def test_what_is_refused_is_put_aside_and_the_others_go(server: FhirServer, outbox: Outbox) -> None:
    server.instead = lambda number: 422 if number == 1 else 0
    refused, _ = put(outbox, "P-1", "P-2")
    delivery = delivered(server, outbox)
    assert (delivery.sent, delivery.refused, outbox.waiting()) == (1, 1, [])
    assert (outbox.refused / f"{refused.name}.json").read_bytes() == refused.data
    assert "as it was told" in (outbox.refused / f"{refused.name}.txt").read_text()


def test_a_report_that_is_removed_while_it_is_refused_ends_nothing(
    server: FhirServer, outbox: Outbox
) -> None:
    first, _ = put(outbox, "P-1", "P-2")

    def removed_and_refused(number: int) -> int:
        if number == 1:
            (outbox.outbox / f"{first.name}.json").unlink()
        return 422 if number == 1 else 0

    server.instead = removed_and_refused
    assert delivered(server, outbox).sent == 1
    assert list(outbox.refused.iterdir()) == []


def test_one_that_never_goes_through_keeps_nobody_waiting(
    server: FhirServer, outbox: Outbox
) -> None:
    bad, *_ = put(outbox, "P-bad", "P-2", "P-3")
    server.instead = lambda number: 500 if number == 1 or len(server.of("Patient")) == 2 else 0
    delivery = Delivery(server_at(server.address), outbox, 1000.0)
    delivery.run(threading.Event(), 0.1)
    assert delivery.sent == 2
    assert [path.stem for path in outbox.waiting()] == [bad.name]


def at(server: FhirServer, pseudonym: str, status: int) -> None:
    """The server answers so to whatever is of this patient; the rest it takes."""
    real = server.answer

    def answer(headers: dict[str, str], body: bytes) -> tuple[int, Resource]:
        if pseudonym.encode() in body:
            server.requests += 1
            return status, outcome("of this patient")
        return real(headers, body)

    server.answer = answer  # type: ignore[method-assign]


@pytest.mark.parametrize("status", [503, 403, 401, 404, DROP])
def test_a_server_that_fails_for_one_patient_takes_the_others(
    server: FhirServer, outbox: Outbox, status: int
) -> None:
    at(server, "P-bad", status)
    bad, *_ = put(outbox, "P-bad", "P-2", "P-3")
    delivery = delivered(server, outbox, 1.0)
    assert (delivery.sent, delivery.refused) == (2, 0)
    assert [path.stem for path in outbox.waiting()] == [bad.name]
    assert delivery.trouble == (f"status {status}" if status != DROP else "no answer")


def test_a_file_whose_place_cannot_be_changed_keeps_no_other_waiting(
    server: FhirServer, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(server, "P-bad", 503)
    put(outbox, "P-bad", "P-2")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "another user's")

    monkeypatch.setattr("face2bone.hospital.fhir.outbox.os.utime", refused)
    assert delivered(server, outbox, 0.5).sent == 1


def test_two_that_the_server_is_shut_to_keep_no_third_back_for_ever(
    server: FhirServer, outbox: Outbox
) -> None:
    at(server, "P-bad", 403)
    put(outbox, "P-bad", "P-bad", "P-3")
    assert [delivered(server, outbox).sent for _ in range(2)] == [0, 1]
    assert len(outbox.waiting()) == 2


def test_what_is_behind_a_request_without_an_answer_goes_with_the_next_call(
    server: FhirServer, outbox: Outbox
) -> None:
    at(server, "P-bad", DROP)
    put(outbox, "P-bad", "P-2")
    assert [delivered(server, outbox, 0.0).sent for _ in range(2)] == [0, 1]


def test_what_the_server_had_already_is_counted(server: FhirServer, outbox: Outbox) -> None:
    first, second = report("P-1"), report("P-2")
    for asked, known in ((SENDING, 0), (SENDING, 1), (Sending(PATIENTS, Opinion()), 0)):
        outbox.put([transaction_of(RESEARCH, asked, NOW)], HERE)
        delivery = delivered(server, outbox)
        assert (delivery.sent, delivery.known) == (1, known)
    outbox.put([transaction_of(one, SENDING, NOW) for one in (first, second)], HERE)
    assert delivered(server, outbox).known == 0


def test_another_owner_changes_nothing_at_the_server(server: FhirServer, outbox: Outbox) -> None:
    for owner, known in (("Organization/1", 0), ("Organization/2", 1)):
        server.kept |= {owner: {"resourceType": "Organization"}}
        outbox.put([transaction_of(RESEARCH, Sending(PATIENTS, Opinion("", owner)), NOW)], HERE)
        assert delivered(server, outbox).known == known
    (task,) = server.of("Task")
    assert task["owner"]["reference"] == "Organization/1"


@pytest.mark.parametrize("seconds", [5.0, math.inf])
def test_a_file_that_somebody_deletes_ends_nothing(
    server: FhirServer, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    stop, gone = threading.Event(), outbox.outbox / f"{'a' * 64}.json"
    real = outbox.waiting
    monkeypatch.setattr(outbox, "waiting", lambda: [gone, *real()] if real() else [])
    put(outbox, "P-1")
    server.after = stops(stop) if math.isinf(seconds) else server.after
    delivery = Delivery(server_at(server.address), outbox, WAIT)
    delivery.run(stop, seconds)
    assert (delivery.sent, delivery.refused) == (1, 0)


def test_a_file_that_cannot_be_read_keeps_no_other_waiting(
    server: FhirServer, outbox: Outbox
) -> None:
    put(outbox, "P-1")
    (first,) = outbox.waiting()
    unreadable = first.with_name("0.json")
    unreadable.mkdir()  # whose reading fails for every user
    os.utime(unreadable, ns=(0, 0))
    assert outbox.waiting()[0] == unreadable
    delivery = delivered(server, outbox, 1.0)
    assert delivery.sent == 1
    assert outbox.waiting() == [unreadable]
    assert delivery.trouble == "its file cannot be read (Is a directory)"


def test_a_look_at_the_outbox_that_fails_ends_no_watch(
    server: FhirServer, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, real, failures = threading.Event(), outbox.waiting, iter([True, True])

    def waiting() -> list[Path]:
        if next(failures, False):
            raise OSError(errno.EIO, "no")
        return real()

    put(outbox, "P-1")
    monkeypatch.setattr(outbox, "waiting", waiting)
    server.after = stops(stop)
    delivery = Delivery(server_at(server.address), outbox, WAIT)
    delivery.run(stop)
    assert (delivery.sent, delivery.trouble) == (1, "")


@pytest.mark.parametrize("status", [401, 403, 405, 302])
def test_a_server_that_is_shut_to_us_costs_no_report(
    server: FhirServer, outbox: Outbox, status: int
) -> None:
    server.instead = lambda _: status
    put(outbox, "P-1", "P-2")
    delivery = delivered(server, outbox)
    assert (server.requests, delivery.refused, len(outbox.waiting())) == (2, 0, 2)
    assert delivery.trouble == f"status {status}"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"type": "collection"}', b"\xff" * 10])
def test_a_damaged_file_is_put_aside_without_being_sent(
    server: FhirServer, outbox: Outbox, data: bytes
) -> None:
    outbox.put([Transaction("a" * 64, data)], HERE)
    put(outbox, "P-2")
    delivery = delivered(server, outbox)
    assert (delivery.sent, delivery.refused, server.requests) == (1, 1, 1)
    assert "damaged" in (outbox.refused / f"{'a' * 64}.txt").read_text()


def test_a_stop_ends_between_two_files(server: FhirServer, outbox: Outbox) -> None:
    put(outbox, "P-1", "P-2")
    Delivery(server_at(server.address), outbox, WAIT).send(lambda: bool(server.kept))
    assert len(outbox.waiting()) == 1


def test_a_token_that_went_away_stops_and_loses_nothing(
    server: FhirServer, outbox: Outbox, tmp_path: Path
) -> None:
    put(outbox, "P-1")
    delivery = Delivery(server_at(server.address, tmp_path / "nowhere"), outbox, WAIT)
    delivery.run(threading.Event(), 5.0)
    assert (server.requests, len(outbox.waiting()), delivery.shut) == (0, 1, True)


def test_one_that_watches_sends_what_comes_and_outlasts_a_full_disk(
    server: FhirServer, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    real, failures = outbox.sent, iter([True, False])

    def sent(path: Path) -> None:
        if next(failures, False):
            raise OSError(errno.ENOSPC, "full")
        real(path)
        stop.set()

    monkeypatch.setattr(outbox, "sent", sent)
    delivery = Delivery(server_at(server.address), outbox, WAIT)
    watching = threading.Thread(target=delivery.run, args=(stop,))
    watching.start()
    put(outbox, "P-1")
    watching.join(30)
    assert (delivery.sent, server.requests, server.count()["Patient"]) == (1, 2, 1)


def test_nothing_of_the_patient_and_no_path_is_logged(
    server: FhirServer, outbox: Outbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "face2bone.hospital")
    answers = {1: 503, 2: 422, 3: 401}
    server.instead = lambda number: answers.get(number, 0)
    secret = tmp_path / "token"
    secret.write_text("very-secret")
    put(outbox, "Miller-Anna", "Miller-Anna", "Miller-Anna")
    delivery = Delivery(server_at(server.address, secret), outbox, WAIT)
    for _ in range(20):
        delivery.run(threading.Event(), 0.05)
    assert (delivery.sent, delivery.refused) == (2, 1)
    lines = [json.loads(JsonLine().format(one)) for one in caplog.records]
    assert [(line["event"], line["http"]) for line in lines] == [
        ("A report was not taken", "503"),
        ("A report was refused and put aside", "422"),
        ("A report was not taken", "401"),
        ("Sent a report", "200"),
        ("Sent a report", "200"),
    ]
    assert all(re.fullmatch("[0-9a-f]{8}", line["report"]) for line in lines)
    written = caplog.text + json.dumps(lines)
    for hidden in ("Miller", "very-secret", str(tmp_path), "127.0.0.1", "as it was told"):
        assert hidden not in written
