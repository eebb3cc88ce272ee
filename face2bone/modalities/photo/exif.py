"""The orientation in an EXIF block, and nothing else of it.

EXIF 2.32, section 4.5: a TIFF header, then a directory of tags of 12 bytes each. Only the first
directory is read, no pointer but the one to it is followed, so that no block can cost more than
one pass over its bytes.
"""

import struct
from typing import Final

_PREFIX: Final = b"Exif\0\0"
_ORIENTATION: Final = 0x0112
_SHORT: Final = 3
_ENTRY: Final = 12  # bytes


def exif_orientation(block: bytes) -> int:
    """1 to 8; 1 when the block is damaged or says nothing usable."""
    tiff = block.removeprefix(_PREFIX)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 1
    (place,) = struct.unpack_from(order + "I", tiff, 4)
    if place + 2 > len(tiff):
        return 1
    (count,) = struct.unpack_from(order + "H", tiff, place)
    present = min(count, (len(tiff) - place - 2) // _ENTRY)
    entries = tiff[place + 2 : place + 2 + present * _ENTRY]
    for tag, kind, number, value in struct.iter_unpack(order + "HHIH2x", entries):
        if tag == _ORIENTATION:
            usable = kind == _SHORT and number == 1 and 1 <= value <= 8
            return int(value) if usable else 1
    return 1
