"""Any picture Pillow decodes, as 8-bit RGB in sRGB on white."""

import io
from typing import Final

import numpy as np
from PIL import Image, ImageCms

_PROBE_STEP: Final = 51  # levels between the colours a profile is tried on: 6 a channel
_SAME: Final = 2  # levels; sRGB profiles of different makers differ by this much


def srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture as 8-bit RGB in sRGB, on white where it is transparent.

    A profile that says nothing usable is ignored.
    """
    if picture.mode.startswith("I"):  # 16-bit grey, as "I;16" or in 32-bit integers
        levels = np.asarray(picture)
        picture = Image.fromarray((np.clip(levels, 0, 65_535) // 257).astype(np.uint8))
    elif picture.has_transparency_data:
        layers = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        picture = Image.new("RGB", layers.size, "white")
        picture.paste(layers, mask=layers.getchannel("A"))
    if picture.mode in ("1", "P"):
        picture = picture.convert("RGB")
    converted = _by_profile(picture, profile) if profile else None
    if converted is not None:
        return converted
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture in sRGB by its profile; None when that is unusable or changes nothing."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        change = ImageCms.buildTransform(
            source, ImageCms.createProfile("sRGB"), picture.mode, "RGB"
        )
        if picture.mode == "RGB" and _is_identity(change):
            return None
        return ImageCms.applyTransform(picture, change)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _is_identity(change: ImageCms.ImageCmsTransform) -> bool:
    """What a profile does is tried out: its name may be anybody's."""
    levels = np.arange(0, 256, _PROBE_STEP, dtype=np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    seen = ImageCms.applyTransform(Image.fromarray(colours), change)
    difference = np.abs(np.asarray(seen).astype(int) - colours)
    return bool(difference.max() <= _SAME)
