"""A colour photograph from a DICOM file: the JPEG within it, or its plain pixels."""

from typing import Final

import numpy as np

from face2bone.arrays import Pixels
from face2bone.errors import PhotoFormatError
from face2bone.modalities.photo import Photo, photo_from_pixels, read_photo
from face2bone.modalities.radiograph.decoding import JPEG_BASELINE, PLAIN
from face2bone.modalities.radiograph.elements import (
    BIG_ENDIAN,
    PIXEL_DATA,
    Elements,
    frame,
    read_elements,
)
from face2bone.modalities.radiograph.limits import damaged, several

PHOTOGRAPH: Final = "1.2.840.10008.5.1.4.1.1.77.1.4"
SECONDARY_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7"
_READ: Final = PLAIN - {BIG_ENDIAN}  # in which pairs of bytes change places
_SAMPLES, _COLOURS, _PLANAR = 0x00280002, 0x00280004, 0x00280006
_FRAMES, _ROWS, _COLUMNS, _ALLOCATED = 0x00280008, 0x00280010, 0x00280011, 0x00280100
_WANTED: Final = frozenset(
    (_SAMPLES, _COLOURS, _PLANAR, _FRAMES, _ROWS, _COLUMNS, _ALLOCATED, PIXEL_DATA)
)


def is_photo(data: bytes, sop_class: str) -> bool:
    """Whether it is a photograph by its class, or a coloured secondary capture."""
    if sop_class != SECONDARY_CAPTURE:
        return sop_class == PHOTOGRAPH
    return read_elements(data, {_SAMPLES}).number(_SAMPLES) == 3


def read_dicom_photo(data: bytes) -> Photo:
    """The photo in the bytes of a DICOM file.

    Raises ``PhotoError`` as ``read_photo`` does and for what is stored otherwise, and
    ``RadiographError`` for a damaged data set or one of several pictures.
    """
    elements = read_elements(data, _WANTED)
    if elements.text(_FRAMES) not in ("", "0", "1"):
        raise several()
    pixel_data = elements.values.get(PIXEL_DATA, b"")
    if elements.syntax == JPEG_BASELINE:
        return read_photo(frame(pixel_data))
    return photo_from_pixels(_plain(elements, pixel_data))


def _plain(elements: Elements, pixel_data: bytes) -> Pixels:
    stored = (elements.number(_SAMPLES), elements.number(_ALLOCATED), elements.text(_COLOURS))
    if elements.syntax not in _READ or stored != (3, 8, "RGB"):
        raise PhotoFormatError(
            "The photo in the DICOM file is stored in a way that is not read. Send it as plain "
            "RGB of 8 bits, or as baseline JPEG."
        )
    rows, columns = elements.number(_ROWS) or 0, elements.number(_COLUMNS) or 0
    if not rows * columns or len(pixel_data) < 3 * rows * columns:
        raise damaged()
    flat = np.frombuffer(pixel_data, np.uint8, 3 * rows * columns)
    if elements.number(_PLANAR) == 1:
        return np.moveaxis(flat.reshape(3, rows, columns), 0, 2)
    return flat.reshape(rows, columns, 3)
