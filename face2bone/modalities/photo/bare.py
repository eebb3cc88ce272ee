"""A picture file without its metadata, and the sentences for one that cannot be made bare.

Decoders read EXIF, text and previews eagerly and without limits: a file of 400 KB can ask for
gigabytes. So each format is walked over once: what the pixels need is kept, the orientation and
the colour profile are read here, and no decoder sees the rest. PNG (ISO/IEC 15948) and WebP
(RFC 9649) are chunks and stand here, JPEG and HEIC in modules of their own.

Of EXIF 2.32, section 4.5, a TIFF header and a directory of tags of 12 bytes each, only the
orientation in the first directory is read: no pointer but the one to it is followed, so that no
block can cost more than one pass over its bytes.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

from face2bone.errors import PhotoFormatError, PhotoUnreadable
from face2bone.words import template

ACCEPTED: Final = template("JPEG, PNG, WebP or HEIC")
MAX_PROFILE: Final = 4 * 1024 * 1024  # bytes; the largest printing profiles have under 3 MB
MAX_PARTS: Final = 20_000  # segments, chunks or boxes; the finest encoders write a few thousand


@dataclass(frozen=True)
class BareFile:
    """What a decoder needs, and what was read beside it.

    orientation: EXIF's 1 to 8; profile: the ICC colour profile, None when there is none.
    """

    content: bytes
    orientation: int = 1
    profile: bytes | None = None


def inflated_profile(compressed: bytes) -> bytes | None:
    """A zlib stream of at most ``MAX_PROFILE`` bytes; None when damaged or longer."""
    stream = zlib.decompressobj()
    try:
        profile = stream.decompress(compressed, MAX_PROFILE)
    except zlib.error:
        return None
    return profile if stream.eof else None


def damaged() -> PhotoUnreadable:
    """The refusal of bytes that begin like a picture and go on otherwise."""
    return PhotoUnreadable(
        "The photo is truncated or damaged. Copy it again from the camera or take a new one."
    )


def animated(name: str) -> PhotoFormatError:
    """The refusal of more than one picture in a file of the format ``name``."""
    return PhotoFormatError(
        "The {kind} file is animated. Save one still picture as {kinds}.",
        kind=name,
        kinds=ACCEPTED,
    )


def other_format() -> PhotoFormatError:
    """The refusal of anything but the four formats."""
    return PhotoFormatError(
        "The file is not a photo this program reads. Save it as {kinds}.", kinds=ACCEPTED
    )


PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_PNG_PIXELS: Final = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_CHUNK: Final = struct.Struct(">I4s")


def bare_png(data: bytes) -> BareFile:
    """The still picture; raises ``PhotoFormatError`` when animated, ``PhotoUnreadable`` else."""
    kept, beside = [PNG_START], dict[bytes, bytes]()
    place = len(PNG_START)
    for _ in range(MAX_PARTS):
        if place + _CHUNK.size > len(data):
            break
        length, name = _CHUNK.unpack_from(data, place)
        end = place + _CHUNK.size + length + 4
        if name in _PNG_PIXELS:
            kept.append(data[place:end])
        elif name in (b"eXIf", b"iCCP", b"acTL"):
            beside.setdefault(name, data[place + _CHUNK.size : end - 4])
        place = end
        if name == b"IEND":
            break
    else:
        raise damaged()
    if int.from_bytes(beside.get(b"acTL", b"")[:4], "big") > 1:
        raise animated("PNG")
    profile = beside.get(b"iCCP", b"")
    named = profile.find(b"\0")  # then one byte for the method, which is always zlib
    return BareFile(
        b"".join(kept),
        exif_orientation(beside.get(b"eXIf", b"")),
        inflated_profile(profile[named + 2 :]) if named >= 0 else None,
    )


_RIFF: Final = struct.Struct("<4sI")
_ALPHA: Final = 0x10  # the one flag of VP8X that still holds


def is_webp(data: bytes) -> bool:
    """Whether the first bytes are those of a WebP file."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def bare_webp(data: bytes) -> BareFile:
    """The still picture; raises ``PhotoFormatError`` when animated, ``PhotoUnreadable`` else."""
    kept, beside = list[bytes](), dict[bytes, bytes]()
    place = 12
    for _ in range(MAX_PARTS):
        if place + _RIFF.size > len(data):
            break
        name, length = _RIFF.unpack_from(data, place)
        start, end = place + _RIFF.size, place + _RIFF.size + length + length % 2
        if name == b"VP8X" and length >= 10:
            kept.append(data[place:start] + bytes([data[start] & _ALPHA]) + data[start + 1 : end])
        elif name in (b"VP8 ", b"VP8L", b"ALPH"):
            kept.append(data[place:end])
        elif name in (b"ANIM", b"ANMF"):
            raise animated("WebP")
        elif name in (b"EXIF", b"ICCP") and length <= MAX_PROFILE:
            beside.setdefault(name, data[start : start + length])
        place = end
    else:
        raise damaged()
    content = b"WEBP" + b"".join(kept)
    riff = _RIFF.pack(b"RIFF", len(content)) + content
    return BareFile(riff, exif_orientation(beside.get(b"EXIF", b"")), beside.get(b"ICCP"))


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
