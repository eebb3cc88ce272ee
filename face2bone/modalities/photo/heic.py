"""HEIC (ISO/IEC 23008-12 in the boxes of ISO/IEC 14496-12): items that are no picture are struck.

Everything in the file has its place by byte offset, so nothing is cut: the entry that announces
an EXIF, XMP or other block is turned into a "free" box, which readers pass over. How the picture
is turned is a property of the picture itself, which the decoder applies; EXIF repeats it.
"""

import struct
from collections.abc import Iterator
from typing import Final

from face2bone.modalities.photo.bare import MAX_PARTS, BareFile, damaged

_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1")
_PICTURES: Final = (b"hvc1", b"grid", b"iden", b"iovl", b"tmap")
_HEAD: Final = struct.Struct(">I4s")


def is_heic(data: bytes) -> bool:
    """Whether the first bytes are those of a HEIC file."""
    return data[4:8] == b"ftyp" and data[8:12] in _BRANDS


def bare_heic(data: bytes) -> BareFile:
    """The file with only its pictures announced; raises ``PhotoUnreadable`` for too many boxes."""
    content = bytearray(data)
    for meta, meta_end in _boxes(data, 0, len(data), b"meta"):
        for info, info_end in _boxes(data, meta + 4, meta_end, b"iinf"):
            entries = info + (6 if data[info : info + 1] == b"\0" else 8)
            for entry, _ in _boxes(data, entries, info_end, b"infe"):
                if _item_type(data, entry) not in _PICTURES:
                    content[entry - 4 : entry] = b"free"
    return BareFile(bytes(content))


def _boxes(data: bytes, place: int, end: int, wanted: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of the contents of every box of a type; a large size has no use here."""
    for _ in range(MAX_PARTS):
        if place + _HEAD.size > end:
            return
        size, name = _HEAD.unpack_from(data, place)
        start = place + _HEAD.size
        if size == 1 and name != wanted:  # 64 bits of size follow
            size = int.from_bytes(data[start : start + 8], "big")
        box_end = end if size == 0 else place + size
        if box_end < start or box_end > end:
            return
        if name == wanted:
            yield start, box_end
        place = box_end
    raise damaged()


def _item_type(data: bytes, entry: int) -> bytes:
    """The four letters of an item info entry; empty for the old versions, which hold no picture."""
    version = data[entry : entry + 1]
    place = {b"\2": entry + 8, b"\3": entry + 10}.get(version, len(data))
    return data[place : place + 4]
