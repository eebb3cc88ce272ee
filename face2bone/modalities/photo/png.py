"""PNG (ISO/IEC 15948): the chunks that hold pixels; text, EXIF and profile stay behind."""

import struct
from typing import Final

from face2bone.modalities.photo.bare import MAX_PARTS, BareFile, animated, damaged, inflated_profile
from face2bone.modalities.photo.exif import exif_orientation

START: Final = b"\x89PNG\r\n\x1a\n"
_PIXELS: Final = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_HEAD: Final = struct.Struct(">I4s")


def bare_png(data: bytes) -> BareFile:
    """The still picture; raises ``PhotoFormatError`` when animated, ``PhotoUnreadable`` else."""
    kept, beside = [START], dict[bytes, bytes]()
    place = len(START)
    for _ in range(MAX_PARTS):
        if place + _HEAD.size > len(data):
            break
        length, name = _HEAD.unpack_from(data, place)
        end = place + _HEAD.size + length + 4
        if name in _PIXELS:
            kept.append(data[place:end])
        elif name in (b"eXIf", b"iCCP", b"acTL"):
            beside.setdefault(name, data[place + _HEAD.size : end - 4])
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
