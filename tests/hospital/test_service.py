"""A whole listener: films in, answers out, whatever the destination does meanwhile."""

import json
from pathlib import Path
from typing import Any

import pytest

from face2bone.hospital import service
from face2bone.hospital.folders import Folders
from face2bone.hospital.forms import AnswerForm
from face2bone.hospital.models import Models
from face2bone.hospital.service import MOST_ATTEMPTS, Service
from face2bone.logs import JsonLine
from tests.hospital.conftest import Listen, listening
from tests.hospital.films import JPEG_LOSSLESS, blank, film
from tests.hospital.pacs import Archive, read, send, until

# A connection that is refused: the library lets go of its socket without closing it.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


def empty(folders: Folders) -> bool:
    return not [*folders.inbox.iterdir(), *folders.outbox.iterdir()]


def faults(caplog: pytest.LogCaptureFixture) -> list[tuple[dict[str, Any], str]]:
    """Lines of the log that have an error's id, and the module that raised it."""
    lines = [json.loads(JsonLine().format(one)) for one in caplog.records]
    return [(one, one["at"][-1].partition(":")[0]) for one in lines if "error" in one]


def test_films_of_two_joints_syntaxes_and_polarities_are_answered_in_their_studies(
    listen: Listen, archive: Archive, folders: Folders
) -> None:
    files = [film("knee", 0), film("hand", 1, JPEG_LOSSLESS), film("knee", 2, "rle", inverted=True)]
    assert send(listen(), files) == [0, 0, 0]
    archive.waits_for(6)
    until(lambda: empty(folders))
    studies = {(read(one).StudyInstanceUID, read(one).PatientID) for one in files}
    for modality in ("DOC", "OT"):
        found = archive.of_form(modality)
        assert {(one.StudyInstanceUID, one.PatientID) for one in found} == studies
        assert all(one.SeriesDescription == "Face2Bone, DEMO MODEL" for one in found)
    assert set(archive.sent.values()) == {1}


def test_a_film_that_is_sent_twice_is_answered_by_the_same_instances(
    listen: Listen, archive: Archive, folders: Folders
) -> None:
    port = listen()
    send(port, [film()])
    archive.waits_for(2)
    until(lambda: empty(folders))
    send(port, [film()])
    until(lambda: sum(archive.sent.values()) == 4)
    assert len(archive.kept) == 2


def test_a_destination_that_is_down_gets_everything_when_it_is_up_again(
    listen: Listen, archive: Archive, folders: Folders
) -> None:
    archive.stop()
    send(listen(), [film("knee", 0), film("knee", 1)])
    until(lambda: len(folders.to_send()) == 4)
    archive.start()
    archive.waits_for(4)
    until(lambda: empty(folders))


def test_what_shows_nothing_is_answered_in_one_sentence(listen: Listen, archive: Archive) -> None:
    send(listen(forms=(AnswerForm.PDF,)), [blank()])
    archive.waits_for(1)
    assert archive.of_form("DOC")[0].StudyInstanceUID == "1.2.3.5"


def test_what_the_program_fails_at_is_answered_with_a_number_and_stops_nothing(
    listen: Listen,
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    usual = service.answer_of

    def fails_at_the_first(data: bytes, *others: object) -> object:
        if data.endswith(film("knee", 0)[-1000:]):
            raise RuntimeError("DRAWN^NOBODY")
        return usual(data, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "answer_of", fails_at_the_first)
    send(listen(), [film("knee", 0), film("knee", 1)])
    archive.waits_for(4)
    ((line, place),) = faults(caplog)
    assert (line["type"], len(line["picture"])) == ("RuntimeError", 8)
    assert place == __name__
    assert "NOBODY" not in caplog.text


def test_a_picture_over_which_the_process_died_again_and_again_is_given_up(
    archive: Archive, folders: Folders, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = folders.receive(film(), b"x")
    (folders.inbox.parent / "attempts" / picture).write_bytes(b"." * MOST_ATTEMPTS)
    tried: list[object] = []
    monkeypatch.setattr(service, "answer_of", lambda *given: tried.append(given))
    with Service(listening(archive), folders, models).running():
        archive.waits_for(2)
    assert tried == []


def test_a_picture_no_object_can_be_made_of_stays_and_stops_nothing(
    listen: Listen, archive: Archive, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, first = service.object_of, read(film("knee", 0)).StudyInstanceUID

    def fails_at_the_first(form: object, answer: object, header: object, *others: object) -> bytes:
        if header.study == first:  # type: ignore[attr-defined]
            raise UnicodeError
        return usual(form, answer, header, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "object_of", fails_at_the_first)
    send(listen(), [film("knee", 0), film("knee", 1)])
    archive.waits_for(2)
    assert len(folders.waiting()) == 1


@pytest.mark.slow
def test_a_full_disk_is_waited_for(
    listen: Listen,
    archive: Archive,
    folders: Folders,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(service, "PAUSE", 0.05)
    usual, times = Folders.answered, []

    def full_at_first(self: Folders, *others: object) -> None:
        times.append(1)
        if len(times) < 3:
            raise OSError(28, "No space left on device")
        usual(self, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(Folders, "answered", full_at_first)
    send(listen(), [film()])
    archive.waits_for(2)
    until(lambda: empty(folders))
    assert [line["errno"] for line, _ in faults(caplog)] == ["ENOSPC"] * 2


def test_nothing_of_the_patient_and_no_path_is_logged(
    listen: Listen, archive: Archive, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    one = film()
    send(listen(), [one, blank(PatientName="Doe^Jane")])
    archive.waits_for(4)
    header = read(one)
    assert "Received" in caplog.text
    for value in (header.PatientID, "NOBODY", "Doe", header.StudyInstanceUID, str(tmp_path)):
        assert str(value) not in caplog.text


def test_a_fault_in_sending_does_not_end_it(
    listen: Listen,
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(service, "PAUSE", 0.05)
    usual, times = Folders.to_send, []

    def fails_at_first(self: Folders) -> list[Path]:
        times.append(1)
        if len(times) < 3:
            raise RuntimeError("Doe^Jane")
        return usual(self)

    monkeypatch.setattr(Folders, "to_send", fails_at_first)
    send(listen(), [film()])
    archive.waits_for(2)
    assert [(line["type"], place) for line, place in faults(caplog)] == [
        ("RuntimeError", __name__)
    ] * 2
    assert "Doe" not in caplog.text
