"""How large a film may be, and the refusals that every format shares."""

from typing import Final

from face2bone.errors import (
    RadiographFormatError,
    RadiographTooLarge,
    RadiographTooSmall,
    RadiographUnreadable,
)
from face2bone.words import template

MAX_BYTES: Final = 64 * 2**20
MAX_PIXELS: Final = 30_000_000  # a whole leg at 0.14 mm has 25 million
MIN_SIDE: Final = 200  # pixels
MAX_ASPECT: Final = 10  # a whole leg has three
ACCEPTED: Final = template("DICOM, PNG, JPEG or TIFF")


def check_bytes(data: bytes) -> None:
    """Raises ``RadiographUnreadable`` for no bytes, ``RadiographTooLarge`` for too many."""
    if not data:
        raise RadiographUnreadable("The radiograph file is empty. Export the film again.")
    if len(data) > MAX_BYTES:
        raise too_many_bytes()


def check_size(width: int, height: int) -> None:
    """Asked before a pixel is decoded.

    Raises ``RadiographTooLarge``, ``RadiographTooSmall`` or, for a strip,
    ``RadiographFormatError``.
    """
    if width * height > MAX_PIXELS:
        raise RadiographTooLarge(
            "The radiograph has {width} x {height} pixels, more than {most} million. "
            "Export the film of one joint.",
            width=width,
            height=height,
            most=MAX_PIXELS // 10**6,
        )
    if min(width, height) < MIN_SIDE:
        raise RadiographTooSmall(
            "The radiograph has {width} x {height} pixels, fewer than {least} on a "
            "side. Export the original film, not a preview.",
            width=width,
            height=height,
            least=MIN_SIDE,
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise RadiographFormatError(
            "The picture is a strip of {width} x {height} pixels. Export the whole film.",
            width=width,
            height=height,
        )


def too_many_bytes() -> RadiographTooLarge:
    """The refusal of a file that is, or unpacks to, more than ``MAX_BYTES``."""
    return RadiographTooLarge(
        "The radiograph file has more than {most} MB. Export a single film.",
        most=MAX_BYTES >> 20,
    )


def damaged() -> RadiographUnreadable:
    """The refusal of bytes that begin like a radiograph and go on otherwise."""
    return RadiographUnreadable(
        "The radiograph file is truncated or damaged. Export the film again."
    )


def several() -> RadiographFormatError:
    """The refusal of more than one picture in a file."""
    return RadiographFormatError(
        "The file holds several pictures, and it is unclear which one is meant. "
        "Export a single film."
    )


def colour() -> RadiographFormatError:
    """The refusal of a coloured picture."""
    return RadiographFormatError(
        "The picture is a colour photograph, not a radiograph. Export the film in grey levels."
    )
