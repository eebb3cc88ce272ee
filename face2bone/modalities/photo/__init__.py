"""From bytes nobody vouches for to an upright sRGB picture without metadata."""

from face2bone.modalities.photo.reading import (
    MAX_BYTES,
    MAX_PIXELS,
    MIN_SIDE,
    Photo,
    photo_from_pixels,
    read_photo,
)

__all__ = ["MAX_BYTES", "MAX_PIXELS", "MIN_SIDE", "Photo", "photo_from_pixels", "read_photo"]
