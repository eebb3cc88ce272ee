"""Drawn films and the files that hold them: DICOM in every syntax that is read, PNG, JPEG, TIFF."""

import functools
import io
import tempfile
from pathlib import Path
from typing import Any, Final

import gdcm  # type: ignore[import-untyped]
import numpy as np
import pydicom.config
from numpy.typing import NDArray
from PIL import Image
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

NAME: Final = "Doe^Jane"
UNCOMPRESSED: Final = {
    "implicit": ImplicitVRLittleEndian,
    "explicit": ExplicitVRLittleEndian,
    "deflated": DeflatedExplicitVRLittleEndian,
    "big": ExplicitVRBigEndian,
}
LOSSLESS: Final = {  # as GDCM calls them
    "rle": "RLELossless",
    "jpeg lossless": "JPEGLosslessProcess14",
    "jpeg lossless, first order": "JPEGLosslessProcess14_1",
    "jpeg-ls": "JPEGLSLossless",
    "jpeg 2000": "JPEG2000Lossless",
}


def drawn(bits: int = 12, shape: tuple[int, int] = (320, 260)) -> NDArray[Any]:
    """Two bones in a leg on air, bone bright, some grain: stored values of 8 to 16 bits."""
    rng, (height, width) = np.random.default_rng(5), shape
    across = np.linspace(-1, 1, width)[None, :]
    down = np.linspace(-1, 1, height)[:, None]
    leg = np.clip(1 - (across / (0.55 + 0.08 * down)) ** 2, 0, None) ** 0.5
    bone = np.clip(1 - ((across + 0.12) / 0.16) ** 2, 0, None) ** 0.5
    thin = np.clip(1 - ((across - 0.2) / 0.07) ** 2, 0, None) ** 0.5 * (down > 0.1)
    levels = 0.03 + 0.33 * leg + 0.5 * bone + 0.3 * thin + rng.normal(0, 0.004, shape)
    most = (1 << bits) - 1
    kind = np.uint8 if bits <= 8 else np.uint16
    return np.round(np.clip(levels, 0, 0.98) * most).astype(kind)


def dataset(film: NDArray[Any], bits: int, **tags: Any) -> Dataset:
    """A computed radiograph of a knee with a patient's name; ``tags`` set or (None) remove."""
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID = ComputedRadiographyImageStorage, "1.2.3.4"
    made.PatientName, made.PatientID, made.PatientBirthDate = NAME, "H-4711", "19500102"
    made.Modality, made.BodyPartExamined = "CR", "KNEE"
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.Rows, made.Columns = film.shape
    made.BitsAllocated, made.BitsStored, made.HighBit = 8 * film.itemsize, bits, bits - 1
    made.PixelRepresentation = int(film.dtype.kind == "i")
    made.PixelData = film.tobytes()
    made["PixelData"].VR = "OB" if film.itemsize == 1 else "OW"
    for name, value in tags.items():
        if value is None:
            delattr(made, name)
        else:
            kind = dictionary_VR(name)
            made.add(DataElement(name, kind, value, validation_mode=pydicom.config.IGNORE))
    return made


def saved(made: Dataset, syntax: str = "explicit") -> bytes:
    """The file, in one of ``UNCOMPRESSED`` or, by GDCM, of ``LOSSLESS`` or what GDCM calls it."""
    uncompressed = UNCOMPRESSED.get(syntax, ExplicitVRLittleEndian)
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = uncompressed
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    if syntax == "big" and made.BitsAllocated == 16:
        made.PixelData = np.frombuffer(made.PixelData, "<u2").astype(">u2").tobytes()
    stream = io.BytesIO()
    made.save_as(stream, enforce_file_format=True)
    plain = stream.getvalue()
    return plain if syntax in UNCOMPRESSED else recoded(plain, LOSSLESS.get(syntax, syntax))


def recoded(plain: bytes, syntax: str) -> bytes:
    """The same film compressed by GDCM, in a syntax as GDCM calls it."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.dcm", Path(folder) / "after.dcm"
        before.write_bytes(plain)
        reader, change, writer = (
            gdcm.ImageReader(),
            gdcm.ImageChangeTransferSyntax(),
            gdcm.ImageWriter(),
        )
        reader.SetFileName(str(before))
        assert reader.Read()
        change.SetTransferSyntax(gdcm.TransferSyntax(getattr(gdcm.TransferSyntax, syntax)))
        change.SetInput(reader.GetImage())
        assert change.Change()
        writer.SetFileName(str(after))
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        assert writer.Write()
        return after.read_bytes()


@functools.cache
def dicom(syntax: str = "explicit", bits: int = 12) -> bytes:
    """A valid DICOM file of a drawn film."""
    return saved(dataset(drawn(bits), bits), syntax)


def picture(levels: NDArray[Any], format_name: str, **options: Any) -> bytes:
    """Levels as a PNG, JPEG or TIFF file."""
    stream = io.BytesIO()
    Image.fromarray(levels).save(stream, format_name, **options)
    return stream.getvalue()
