"""Stored values from the pixel data of a data set, plain or compressed (PS3.5, section 8)."""

import subprocess
import sys
from typing import Final

import numpy as np
from numpy.typing import NDArray

from face2bone.errors import RadiographFormatError, RadiographUnreadable
from face2bone.modalities.radiograph import decoder_process
from face2bone.modalities.radiograph.codestream import (
    COMPRESSED,
    JPEG_EXTENDED,
    Frame,
    frame_of,
)
from face2bone.modalities.radiograph.elements import (
    BIG_ENDIAN,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    frame,
)
from face2bone.modalities.radiograph.limits import damaged

PLAIN: Final = frozenset((IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN))
_PATIENCE: Final = 120.0  # seconds by the clock, on a busy machine; the process limits its own work

Samples = NDArray[np.uint8] | NDArray[np.uint16]


def check_syntax(syntax: str) -> None:
    """Raises ``RadiographFormatError`` for a way of compressing that is not read."""
    if syntax not in PLAIN | COMPRESSED:
        raise _not_read()


def samples_of(
    pixel_data: bytes, syntax: str, order: str, words: bool, declared: Frame, signed: bool
) -> Samples:
    """Samples (H, W) as they are stored, of 8 or 16 bits.

    declared: the data set's rows, columns and bits allocated; words: whether plain pixel data are
    16-bit words, as they are with the kind OW.
    Raises ``RadiographUnreadable`` for too few bytes or a damaged codestream, and
    ``RadiographFormatError`` for JPEG of 12 bits with loss, which GDCM misreads.
    """
    if syntax in COMPRESSED:
        return _decompressed(frame(pixel_data), syntax, declared, signed)
    wide = declared.bits == 16
    size = declared.rows * declared.columns * (2 if wide else 1)
    if len(pixel_data) < size:
        raise damaged()
    if wide or words:
        even = pixel_data[: size + size % 2]
        pixel_data = np.frombuffer(even, order + "u2").astype("<u2", copy=False).tobytes()
    return _shaped(pixel_data[:size], declared, wide)


def _decompressed(codestream: bytes, syntax: str, declared: Frame, signed: bool) -> Samples:
    found = frame_of(codestream, syntax, declared)
    if found.bits > declared.bits:
        raise damaged()
    if syntax == JPEG_EXTENDED and found.bits > 8:
        raise _not_read()
    wide = found.bits > 8
    samples = _in_own_process(codestream, syntax, found, signed)
    if len(samples) != found.rows * found.columns * (2 if wide else 1):
        raise damaged()
    return _shaped(samples, found, wide)


def _in_own_process(codestream: bytes, syntax: str, found: Frame, signed: bool) -> bytes:
    numbers = (found.rows, found.columns, found.bits, int(signed))
    command = [sys.executable, "-P", decoder_process.__file__, syntax, *map(str, numbers)]
    try:
        answer = subprocess.run(  # noqa: S603  our own file, and numbers
            command,
            input=codestream,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise RadiographUnreadable(
            "The radiograph takes too long to unpack. Export the film again, uncompressed."
        ) from error
    except subprocess.CalledProcessError as error:
        raise damaged() from error
    return answer.stdout


def _shaped(samples: bytes, size: Frame, wide: bool) -> Samples:
    flat: Samples = (
        np.frombuffer(samples, "<u2").astype(np.uint16, copy=False)
        if wide
        else np.frombuffer(samples, np.uint8)
    )
    return flat.reshape(size.rows, size.columns)


def _not_read() -> RadiographFormatError:
    return RadiographFormatError(
        "The DICOM file is compressed in a way this program does not read. "
        "Export the film uncompressed, or with lossless JPEG."
    )
