"""How large a film may be, and the refusals that every format shares."""

from typing import Final

from face2bone.errors import (
    RadiographFormatError,
    RadiographTooLarge,
    RadiographTooSmall,
    RadiographUnreadable,
)

MAX_BYTES: Final = 64 * 2**20
MAX_PIXELS: Final = 30_000_000  # a whole leg at 0.14 mm has 25 million
MIN_SIDE: Final = 200  # pixels
MAX_ASPECT: Final = 10  # a whole leg has three
ACCEPTED: Final = "DICOM, PNG, JPEG or TIFF"


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
            f"The radiograph has {width} x {height} pixels, more than {MAX_PIXELS // 10**6} "
            "million. Export the film of one joint."
        )
    if min(width, height) < MIN_SIDE:
        raise RadiographTooSmall(
            f"The radiograph has {width} x {height} pixels, fewer than {MIN_SIDE} on a side. "
            "Export the original film, not a preview."
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise RadiographFormatError(
            f"The picture is a strip of {width} x {height} pixels. Export the whole film."
        )


def too_many_bytes() -> RadiographTooLarge:
    """The refusal of a file that is, or unpacks to, more than ``MAX_BYTES``."""
    return RadiographTooLarge(
        f"The radiograph file has more than {MAX_BYTES >> 20} MB. Export a single film."
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
