"""Who may send what: strangers, sizes, damaged files, a full disk."""

import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from face2bone.errors import ListenError
from face2bone.hospital import receiver
from face2bone.hospital.connection import Destination, Listening
from face2bone.hospital.folders import Folders
from face2bone.hospital.receiver import Receiver
from face2bone.modalities.radiograph import read_radiograph
from tests.hospital.films import SYNTAXES, blank, film
from tests.hospital.pacs import LOOPBACK, associated, read, send, until
from tests.modalities.radiograph.films import LOSSLESS, UNCOMPRESSED, dataset, drawn, saved

Receive = Callable[..., int]


@pytest.fixture
def receive(folders: Folders) -> Iterator[Receive]:
    """Starts a receiver with nobody behind it; returns its port."""
    started = []

    def start(told: Callable[[], None] = lambda: None, **choices: object) -> int:
        to = Destination("ARCHIVE", LOOPBACK, 1)
        listening = Listening("FACE2BONE", ("PACS", "CT 1"), to, port=0, **choices)  # type: ignore[arg-type]
        started.append(Receiver(listening, folders, told))
        return started[-1].start()

    yield start
    for one in started:
        one.stop()


def kept(folders: Folders) -> list[bytes]:
    return [folders.picture(one) for one in folders.waiting()]


def test_an_echo_is_answered(receive: Receive) -> None:
    association = associated(receive())
    assert association.send_c_echo().Status == 0
    association.release()


@pytest.mark.parametrize(("caller", "called"), [("STRANGER", "FACE2BONE"), ("PACS", "OTHER")])
def test_a_stranger_and_another_title_are_refused(
    receive: Receive, folders: Folders, caller: str, called: str, caplog: pytest.LogCaptureFixture
) -> None:
    association = associated(receive(), [film()], caller, called)
    assert association.is_rejected
    until(lambda: "Refused a caller" in caplog.text)
    assert kept(folders) == []


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_every_syntax_arrives_as_it_was_sent(
    receive: Receive, folders: Folders, syntax: str
) -> None:
    one, told = film("knee", 0, syntax), []
    assert send(receive(lambda: told.append(1)), [one, one]) == [0, 0]
    assert [read(data).PixelData for data in kept(folders)] == [read(one).PixelData]
    assert len(told) == 2


@pytest.mark.parametrize("syntax", [*UNCOMPRESSED, *LOSSLESS])
def test_every_syntax_that_films_are_read_in_is_accepted(
    receive: Receive, folders: Folders, syntax: str
) -> None:
    tags = {"StudyInstanceUID": "1.2.3.5"}
    one = saved(dataset(drawn(), 12, **tags), syntax)
    assert send(receive(), [one]) == [0]
    assert np.array_equal(*(read_radiograph(data).pixels for data in (one, *kept(folders))))


def test_a_film_is_on_the_disk_before_it_is_acknowledged(
    receive: Receive, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    port = receive()
    with monkeypatch.context() as closed:
        closed.setattr("face2bone.hospital.folders.write_lasting", full)
        assert send(port, [film()]) == [receiver.OUT_OF_RESOURCES]
    assert kept(folders) == []
    assert send(port, [film()]) == [0]


def test_what_says_no_study_or_is_damaged_is_refused_at_once(
    receive: Receive, folders: Folders
) -> None:
    files = [blank(StudyInstanceUID=None), blank(StudyInstanceUID="of yesterday")]
    assert send(receive(), files) == [receiver.CANNOT_UNDERSTAND] * 2
    assert kept(folders) == []


def test_what_is_larger_than_allowed_is_cut_off_and_others_are_not(
    receive: Receive, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "_AROUND", 1000)
    large, small = film("hand"), film("knee")
    port = receive(most_bytes=300_000)
    assert len(small) < 300_000 < len(large)
    assert send(port, [large, small]) == [None]
    assert send(port, [small, film("knee", 1), film("knee", 2)]) == [0, 0, 0]
    assert len(kept(folders)) == 3


def test_a_pdu_that_announces_gigabytes_is_not_waited_for(receive: Receive) -> None:
    with socket.create_connection((LOOPBACK, receive()), timeout=60) as connection:
        connection.sendall(struct.pack(">BBL", 1, 0, 2**32 - 1))
        assert connection.recv(10) == b""


def test_more_callers_at_once_than_allowed_are_refused(receive: Receive) -> None:
    port = receive(associations=1)
    first = associated(port)
    assert first.is_established
    second = associated(port)
    assert second.is_rejected
    first.release()


def test_other_kinds_of_objects_are_not_accepted(receive: Receive) -> None:
    ct = blank(SOPClassUID="1.2.840.10008.5.1.4.1.1.2")
    association = associated(receive(), [ct])
    assert len(association.rejected_contexts) == 1
    association.release()


def test_a_port_that_is_taken_is_said(receive: Receive, folders: Folders) -> None:
    port = receive()
    with pytest.raises(ListenError, match=f"port {port}"):
        receive_again(port, folders)


def receive_again(port: int, folders: Folders) -> None:
    to = Destination("ARCHIVE", LOOPBACK, 1)
    listening = Listening("FACE2BONE", ("PACS",), to, port=port)
    Receiver(listening, folders, lambda: None).start()
