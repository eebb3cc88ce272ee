"""What every DICOM object of ours holds, and a PDF within one (PS3.3, A.45.1)."""

import io
from typing import Final

from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from face2bone import __version__

LONG_STRING: Final = 64  # characters of a LO element
CHARACTER_SET: Final = "ISO_IR 192"  # UTF-8


def new_object(sop_class: str, instance: str) -> FileDataset:
    """An object of a class with nothing in it but what it is."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.MediaStorageSOPInstanceUID = UID(instance)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = CHARACTER_SET
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    return dataset


def add_equipment(dataset: FileDataset, name: str, version: str, sha256: str) -> None:
    """Which program and which model made it."""
    dataset.Manufacturer = "Face2Bone"
    dataset.ManufacturerModelName = plain(f"{name} {version}")
    dataset.DeviceSerialNumber = sha256
    dataset.SoftwareVersions = __version__
    dataset.ConversionType = "WSD"  # workstation


def add_pdf(dataset: FileDataset, pdf: bytes, title: str) -> None:
    """The document itself; the caller adds its date."""
    dataset.AcquisitionDateTime = ""
    dataset.BurnedInAnnotation = "YES"  # who it is of stands on the page
    dataset.DocumentTitle = title
    dataset.ConceptNameCodeSequence = []
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    dataset.EncapsulatedDocumentLength = len(pdf)
    dataset.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)  # DICOM values have even length


def file_bytes(dataset: FileDataset) -> bytes:
    """The object as a DICOM file."""
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def plain(text: str) -> str:
    """A text as an LO element takes it: one line of at most 64 characters, no backslash."""
    kept = "".join(c for c in text if c.isprintable() and c != "\\")
    return kept.strip()[:LONG_STRING]
