"""A picture file without its metadata, and the sentences for one that cannot be made bare.

Decoders read EXIF, text and previews eagerly and without limits: a file of 400 KB can ask for
gigabytes. So each format's own module walks over the file once, keeps what the pixels need,
reads the orientation and the colour profile itself, and no decoder sees the rest.
"""

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
