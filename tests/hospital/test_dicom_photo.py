"""Colour photographs in DICOM files, plain and as JPEG."""

import io

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit

from face2bone.errors import PhotoFormatError, RadiographError
from face2bone.hospital.dicom_photo import PHOTOGRAPH, SECONDARY_CAPTURE, is_photo, read_dicom_photo
from tests.hospital.films import blank, photo

PIXELS = np.random.default_rng(1).integers(0, 256, (200, 150, 3), np.uint8)


def as_jpeg(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    stream, file = io.BytesIO(), io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=95)
    made = dcmread(io.BytesIO(photo(pixels, PhotometricInterpretation="YBR_FULL_422")))
    made.PixelData = encapsulate([stream.getvalue()])
    made["PixelData"].VR, made["PixelData"].is_undefined_length = "OB", True
    made.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    made.save_as(file, enforce_file_format=True)
    return file.getvalue()


def test_plain_pixels_come_back() -> None:
    assert np.array_equal(read_dicom_photo(photo(PIXELS)).pixels, PIXELS)
    planes = np.ascontiguousarray(np.moveaxis(PIXELS, 2, 0))
    by_plane = photo(planes, PlanarConfiguration=1, Rows=200, Columns=150)
    assert np.array_equal(read_dicom_photo(by_plane).pixels, PIXELS)


def test_a_jpeg_is_read_as_any_photo_is() -> None:
    smooth = np.broadcast_to(np.arange(200, dtype=np.uint8)[:, None, None], (200, 150, 3))
    found = read_dicom_photo(as_jpeg(smooth)).pixels
    assert np.abs(found.astype(int) - smooth).max() < 8


def test_it_is_known_by_class_or_by_colour() -> None:
    assert is_photo(photo(PIXELS), PHOTOGRAPH)
    assert is_photo(photo(PIXELS, SOPClassUID=SECONDARY_CAPTURE), SECONDARY_CAPTURE)
    assert not is_photo(blank(SOPClassUID=SECONDARY_CAPTURE), SECONDARY_CAPTURE)
    assert not is_photo(blank(), "1.2.840.10008.5.1.4.1.1.1")


@pytest.mark.parametrize(
    "tags",
    [{"PhotometricInterpretation": "YBR_FULL"}, {"SamplesPerPixel": 1}, {"BitsAllocated": 16}],
)
def test_what_is_stored_otherwise_is_refused(tags: dict[str, object]) -> None:
    with pytest.raises(PhotoFormatError, match="baseline JPEG"):
        read_dicom_photo(photo(PIXELS, **tags))


@pytest.mark.parametrize("tags", [{"Rows": 400}, {"Rows": 0}, {"NumberOfFrames": "2"}])
def test_what_contradicts_itself_is_refused(tags: dict[str, object]) -> None:
    with pytest.raises(RadiographError):
        read_dicom_photo(photo(PIXELS, **tags))
