"""JPEG (ITU-T T.81, annex B): what the decoder needs of the first picture in the file.

Behind its end a phone puts the second picture of a pair or a film of several megabytes; they are
cut off with the rest. Of the application segments only two say how to read the colours.
"""

import re
from collections.abc import Iterator
from typing import Final

from face2bone.errors import PhotoUnreadable
from face2bone.modalities.photo.bare import (
    MAX_PARTS,
    MAX_PROFILE,
    BareFile,
    damaged,
    exif_orientation,
)

START: Final = b"\xff\xd8\xff"
MAX_SCANS: Final = 100  # of a progressive JPEG; encoders write about ten
MAX_SCANNED: Final = 1_000_000_000  # pixels in all scans together: twenty of the largest picture

# Frames, tables and restart interval; C8 is reserved.
_TABLES: Final = frozenset((*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD)) - {0xC8}
_NO_FRAMES: Final = frozenset((0xC4, 0xCC, 0xDB, 0xDC, 0xDD))
_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))  # markers without a length
_SCAN, _END, _JFIF, _APP1, _APP2, _ADOBE = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEE
_MARKER: Final = re.compile(rb"\xff[^\x00\xff]")
# In a scan's data FF is followed by 00, or by a restart marker that belongs to it.
_AFTER_SCAN: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def bare_jpeg(data: bytes) -> BareFile:
    """The first picture of the file; raises ``PhotoUnreadable`` for absurdly many parts."""
    kept, profile_parts, exif, scans, pixels = [data[:2]], list[bytes](), list[bytes](), 0, 0
    for marker, body in _segments(data):
        scans += marker == _SCAN
        if marker == _APP1 and body[2:].startswith(b"Exif\0"):
            exif = exif or [body[2:]]
        elif marker == _APP2 and body[2:].startswith(b"ICC_PROFILE\0"):
            profile_parts.append(body[14:])
        elif marker in _TABLES or marker in (_SCAN, _END):
            kept.append(b"\xff%c%b" % (marker, body))
            pixels = _pixels(body) if marker in _TABLES - _NO_FRAMES else pixels
        elif marker in (_JFIF, _ADOBE):
            kept.append(_colour_segment(marker, body[2:]))
    if scans > MAX_SCANS or scans * pixels > MAX_SCANNED > pixels:
        raise PhotoUnreadable(
            "The JPEG is coded in {scans} passes, which no camera does. Save it again as "
            "an ordinary JPEG.",
            scans=scans,
        )
    orientation = exif_orientation(exif[0]) if exif else 1
    return BareFile(b"".join(kept), orientation, _joined(profile_parts))


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and what follows it, length bytes first; a scan comes with its data."""
    place = 2
    for _ in range(MAX_PARTS):
        found = _MARKER.search(data, place)
        if found is None:
            return
        marker, start = found[0][1], found.end()
        if marker == _END:
            yield marker, b""
            return
        place = start
        if marker in _ALONE:
            continue
        place += max(2, int.from_bytes(data[start : start + 2], "big"))
        if marker == _SCAN:
            after = _AFTER_SCAN.search(data, place)
            place = after.start() if after else len(data)
        yield marker, data[start:place]
    raise damaged()


def _pixels(frame: bytes) -> int:
    """Width times height in a frame header (B.2.2), length bytes first."""
    return int.from_bytes(frame[3:5], "big") * int.from_bytes(frame[5:7], "big")


def _colour_segment(marker: int, body: bytes) -> bytes:
    """A JFIF or Adobe segment cut to its fields, without preview; empty for any other."""
    if marker == _JFIF and body.startswith(b"JFIF\0") and len(body) >= 14:
        return b"\xff\xe0\x00\x10" + body[:12] + b"\0\0"
    if marker == _ADOBE and body.startswith(b"Adobe") and len(body) >= 12:
        return b"\xff\xee\x00\x0e" + body[:12]
    return b""


def _joined(parts: list[bytes]) -> bytes | None:
    """The profile from its numbered parts (ICC.1:2010, annex B.4); None when some are missing."""
    numbered = {part[0]: part[2:] for part in parts if len(part) > 2 and part[1] == len(parts)}
    whole = sorted(numbered) == list(range(1, len(parts) + 1))
    profile = b"".join(numbered[number] for number in sorted(numbered)) if whole else b""
    return profile if 0 < len(profile) <= MAX_PROFILE else None
