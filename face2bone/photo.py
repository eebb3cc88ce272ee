"""From bytes nobody vouches for to an upright RGB picture without metadata."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Photo:
    """An upright picture: uint8 (H, W, 3) sRGB, and the sha256 of the bytes it came from."""

    pixels: NDArray[np.uint8]
    sha256: str


def photo_from_pixels(pixels: NDArray[np.uint8]) -> Photo:
    """A photo from uint8 (H, W, 3) RGB pixels; the sha256 is that of the pixels' bytes."""
    own = np.ascontiguousarray(pixels)
    return Photo(own, hashlib.sha256(own.tobytes()).hexdigest())
