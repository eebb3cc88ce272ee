"""An archive that refuses one object, another class, or everything."""

import pytest
from pydicom.uid import EncapsulatedPDFStorage, ImplicitVRLittleEndian
from pynetdicom.presentation import build_context

from face2bone.hospital.folders import Folders
from face2bone.hospital.sender import Sender
from face2bone.report.dicom_object import file_bytes, new_object
from tests.hospital.conftest import listening
from tests.hospital.pacs import Archive


def put(folders: Folders, number: int, sop_class: str = EncapsulatedPDFStorage) -> None:
    made = new_object(sop_class, f"1.2.3.{number}")
    made.PatientID, made.Modality = "P", "DOC"
    folders.answered(f"{number}" * 64, {"pdf": file_bytes(made)})


def test_what_is_refused_waits_and_the_others_go(archive: Archive, folders: Folders) -> None:
    archive.before_answering = lambda number: 0xA700 if number == 1 else 0
    for number in (1, 2, 3):
        put(folders, number)
    sender = Sender(listening(archive, first_wait=1000.0, longest_wait=1000.0), folders)
    sender.send(lambda: False)
    assert [path.name[0] for path in folders.to_send()] == ["1"]
    sender.send(lambda: False)
    assert sum(archive.sent.values()) == 3
    Sender(listening(archive), folders).send(lambda: False)
    assert folders.to_send() == []


def test_a_warning_is_an_acknowledgement(archive: Archive, folders: Folders) -> None:
    archive.before_answering = lambda _: 0xB000
    put(folders, 1)
    Sender(listening(archive), folders).send(lambda: False)
    assert folders.to_send() == []


def test_a_class_that_is_not_accepted_keeps_nobody_waiting(
    archive: Archive, folders: Folders
) -> None:
    put(folders, 1, "1.2.840.10008.5.1.4.1.1.2")
    put(folders, 2)
    Sender(listening(archive), folders).send(lambda: False)
    assert [path.name[0] for path in folders.to_send()] == ["1"]


def test_an_archive_of_implicit_kinds_only_gets_them_so(folders: Folders) -> None:
    archive = Archive()
    archive.accept([build_context(EncapsulatedPDFStorage, ImplicitVRLittleEndian)])
    archive.start()
    put(folders, 1)
    Sender(listening(archive), folders).send(lambda: False)
    archive.stop()
    assert list(archive.kept) == ["1.2.3.1"]
    assert folders.to_send() == []


def test_a_stop_ends_between_two_objects(
    archive: Archive, folders: Folders, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 2):
        put(folders, number)
    Sender(listening(archive), folders).send(lambda: bool(archive.kept))
    assert len(folders.to_send()) == 1
    assert "does not answer" not in caplog.text


def test_a_damaged_file_keeps_nobody_waiting(archive: Archive, folders: Folders) -> None:
    folders.answered("1" * 64, {"pdf": b"no DICOM"})
    put(folders, 2)
    Sender(listening(archive), folders).send(lambda: False)
    assert list(archive.kept) == ["1.2.3.2"]
