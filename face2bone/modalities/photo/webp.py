"""WebP (RFC 9649): the chunks that hold pixels, in a container that announces nothing else."""

import struct
from typing import Final

from face2bone.modalities.photo.bare import MAX_PARTS, MAX_PROFILE, BareFile, animated, damaged
from face2bone.modalities.photo.exif import exif_orientation

_HEAD: Final = struct.Struct("<4sI")
_ALPHA: Final = 0x10  # the one flag of VP8X that still holds


def is_webp(data: bytes) -> bool:
    """Whether the first bytes are those of a WebP file."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def bare_webp(data: bytes) -> BareFile:
    """The still picture; raises ``PhotoFormatError`` when animated, ``PhotoUnreadable`` else."""
    kept, beside = list[bytes](), dict[bytes, bytes]()
    place = 12
    for _ in range(MAX_PARTS):
        if place + _HEAD.size > len(data):
            break
        name, length = _HEAD.unpack_from(data, place)
        start, end = place + _HEAD.size, place + _HEAD.size + length + length % 2
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
    riff = _HEAD.pack(b"RIFF", len(content)) + content
    return BareFile(riff, exif_orientation(beside.get(b"EXIF", b"")), beside.get(b"ICCP"))
