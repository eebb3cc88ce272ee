"""Stored values from the pixel data of a data set, plain or compressed (PS3.5, section 8).

What a compressed picture says of itself is read before a decoder is given it: a data set may
announce 200 x 200 pixels over a codestream of 60,000 x 60,000. JPEG: ITU-T T.81, B.2.2; JPEG-LS:
T.87, C.1.1; JPEG 2000: T.800, A.5.1.
"""

import os
import struct
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from face2bone.errors import RadiographFormatError, RadiographUnreadable
from face2bone.modalities.radiograph import decoder_process
from face2bone.modalities.radiograph.elements import (
    BIG_ENDIAN,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    frame,
)
from face2bone.modalities.radiograph.limits import damaged

RLE: Final = "1.2.840.10008.1.2.5"
JPEG_BASELINE: Final = "1.2.840.10008.1.2.4.50"
JPEG_EXTENDED: Final = "1.2.840.10008.1.2.4.51"
JPEG_LS_NEAR: Final = "1.2.840.10008.1.2.4.81"
JPEG_2000: Final = frozenset(("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"))
# The one kind of frame that each syntax allows: none of several passes over the picture.
_FRAMES: Final = {
    JPEG_BASELINE: (0xC0,),
    JPEG_EXTENDED: (0xC0, 0xC1),
    "1.2.840.10008.1.2.4.57": (0xC3,),
    "1.2.840.10008.1.2.4.70": (0xC3,),
    "1.2.840.10008.1.2.4.80": (0xF7,),
    JPEG_LS_NEAR: (0xF7,),
}
COMPRESSED: Final = frozenset((*_FRAMES, *JPEG_2000, RLE))
LOSSY: Final = frozenset((JPEG_BASELINE, JPEG_EXTENDED, JPEG_LS_NEAR))

_MAX_SEGMENTS: Final = 1_000  # before the frame header
_MAX_TILES: Final = 10_000
_SIZ: Final = b"\xff\x4f\xff\x51"
_WITHIN: Final = 512  # bytes; some files put the boxes of a JP2 file before the codestream
_NOT_FRAMES: Final = (0xC4, 0xC8, 0xCC)


@dataclass(frozen=True)
class Frame:
    """Rows, columns and bits a sample of a codestream of one component."""

    rows: int
    columns: int
    bits: int


def frame_of(codestream: bytes, syntax: str, declared: Frame) -> Frame:
    """The codestream's own frame; raises ``RadiographUnreadable`` unless it is the declared one.

    Run lengths have no header of their own, so what is declared holds.
    """
    if syntax == RLE:
        return declared
    try:
        found = (
            _jpeg_2000(codestream) if syntax in JPEG_2000 else _jpeg(codestream, _FRAMES[syntax])
        )
    except struct.error:
        raise damaged() from None
    if (found.rows, found.columns) != (
        declared.rows,
        declared.columns,
    ) or not 2 <= found.bits <= 16:
        raise damaged()
    return found


def _jpeg(codestream: bytes, frames: tuple[int, ...]) -> Frame:
    place = 2
    for _ in range(_MAX_SEGMENTS):
        fill, marker, length = struct.unpack_from(">BBH", codestream, place)
        if fill != 0xFF:
            break
        if marker == 0xFF:  # any number of these may stand before a marker
            place += 1
            continue
        if marker in frames:
            bits, rows, columns, parts = struct.unpack_from(">BHHB", codestream, place + 4)
            if parts != 1:
                break
            return Frame(rows, columns, bits)
        if 0xC0 <= marker <= 0xCF and marker not in _NOT_FRAMES:
            break
        place += 2 + max(2, length)
    raise damaged()


def _jpeg_2000(codestream: bytes) -> Frame:
    start = codestream.find(_SIZ, 0, _WITHIN)
    if start < 0:
        raise damaged()
    right, bottom, left, top, tile_width, tile_height = struct.unpack_from(
        ">6I", codestream, start + 8
    )
    parts, depth, across, down = struct.unpack_from(">HBBB", codestream, start + 40)
    if parts != 1 or (across, down) != (1, 1) or left or top or not tile_width * tile_height:
        raise damaged()
    if -(-right // tile_width) * -(-bottom // tile_height) > _MAX_TILES:
        raise damaged()
    return Frame(bottom, right, (depth & 0x7F) + 1)


PLAIN: Final = frozenset((IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN))
NEEDED: Final = frozenset(
    ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
)
"""Variables by which the decoder's Python finds itself and its libraries: all that it is given."""
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
            # Nothing else of ours: a password of the database may be among it.
            env={name: value for name, value in os.environ.items() if name.upper() in NEEDED},
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
