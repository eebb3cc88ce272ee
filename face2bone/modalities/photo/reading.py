"""From bytes nobody vouches for to an upright sRGB picture without metadata.

The format is what the first bytes say, never a file name's ending or a browser's word. Metadata
is cut out before a decoder is given the rest (``bare``), sizes are read from the header and
checked before a pixel is decoded. Nothing but pixels leaves this module: EXIF, GPS,
comments, thumbnails and colour profiles stay behind.
It leaves as 8-bit RGB in sRGB, on white where it was transparent.
"""

import hashlib
import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from face2bone.errors import PhotoFormatError, PhotoTooLarge, PhotoTooSmall, PhotoUnreadable
from face2bone.modalities.photo import jpeg
from face2bone.modalities.photo.bare import (
    PNG_START,
    BareFile,
    bare_png,
    bare_webp,
    damaged,
    is_webp,
    other_format,
)
from face2bone.modalities.photo.heic import bare_heic, is_heic
from face2bone.modalities.photo.jpeg import bare_jpeg

MAX_BYTES: Final = 12 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
MIN_SIDE: Final = 128  # pixels

# What Pillow's and libheif's decoders raise on bad bytes; a MemoryError too, from absurd headers,
# and an AssertionError where Pillow misses a palette.
DECODER_ERRORS: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)
UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


@dataclass(frozen=True)
class Photo:
    """An upright picture: uint8 (H, W, 3) sRGB, and the sha256 of the bytes it came from."""

    pixels: NDArray[np.uint8]
    sha256: str

    @property
    def shown(self) -> NDArray[np.uint8]:
        """For a person to look at: as it is."""
        return self.pixels


def read_photo(data: bytes) -> Photo:
    """The photo in the bytes of one still JPEG, PNG, WebP or HEIC picture.

    EXIF orientation and an embedded colour profile are applied, transparency is laid on white,
    and of a phone's multi-picture JPEG, motion photo or HEIC the main picture is taken.

    Raises ``PhotoTooLarge`` (bytes or pixels), ``PhotoTooSmall``, ``PhotoFormatError`` (another
    format, or animated) and ``PhotoUnreadable`` (empty, truncated, damaged).
    """
    _check_bytes(data)
    bare, picture = _opened(data)
    _check_size(*picture.size)
    try:
        picture.load()
        _check_size(*picture.size)  # a HEIC header may promise another size than it holds
        upright = srgb(picture, bare.profile or _heif_profile(picture))
        turn = UPRIGHT.get(bare.orientation)
        pixels = np.array(upright if turn is None else upright.transpose(turn), dtype=np.uint8)
    except DECODER_ERRORS as error:
        raise damaged() from error
    return Photo(pixels, hashlib.sha256(data).hexdigest())


def photo_from_pixels(pixels: NDArray[np.uint8]) -> Photo:
    """A photo from uint8 (H, W, 3) RGB pixels; the sha256 is that of the pixels' bytes.

    Raises ``PhotoFormatError`` for an array of another type or shape.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise PhotoFormatError(
            "The array is {kind} of shape {shape}, not a picture. Give uint8 RGB pixels "
            "of shape (height, width, 3).",
            kind=str(pixels.dtype),
            shape=str(pixels.shape),
        )
    own = np.ascontiguousarray(pixels)
    return Photo(own, hashlib.sha256(own.tobytes()).hexdigest())


def _check_bytes(data: bytes) -> None:
    if not data:
        raise PhotoUnreadable("The photo file is empty. Choose the photo again or take a new one.")
    if len(data) > MAX_BYTES:
        raise PhotoTooLarge(
            "The photo file has {size} MB, more than {most} MB. Save it at a lower "
            "JPEG quality or size.",
            size=f"{len(data) / 2**20:.1f}",
            most=MAX_BYTES >> 20,
        )


def _opened(data: bytes) -> tuple[BareFile, Image.Image]:
    """The bare file and its header; no pixel is decoded yet.

    Each format's own class is called, not ``Image.open``, whose warnings of large pictures go
    through filters that belong to the process.
    """
    bare, opener = _bare(data)
    try:
        return bare, opener(io.BytesIO(bare.content))
    except Image.DecompressionBombError as error:
        raise PhotoTooLarge(
            "The photo has several times more than {most} million pixels. Save it at "
            "a smaller size.",
            most=MAX_PIXELS // 10**6,
        ) from error
    except DECODER_ERRORS as error:
        raise damaged() from error


def _bare(data: bytes) -> tuple[BareFile, Callable[[io.BytesIO], Image.Image]]:
    if data.startswith(jpeg.START):
        return bare_jpeg(data), JpegImageFile
    if data.startswith(PNG_START):
        return bare_png(data), PngImageFile
    if is_webp(data):
        return bare_webp(data), WebPImageFile
    if is_heic(data):
        return bare_heic(data), HeifImageFile
    raise other_format()


def _heif_profile(picture: Image.Image) -> bytes | None:
    """The profile libheif found; the other formats' are cut out before they are decoded."""
    return picture.info.get("icc_profile") or None


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PhotoTooLarge(
            "The photo has {width} x {height} pixels, more than {most} million. Save "
            "it at a smaller size.",
            width=width,
            height=height,
            most=MAX_PIXELS // 10**6,
        )
    if min(width, height) < MIN_SIDE:
        raise PhotoTooSmall(
            "The photo has {width} x {height} pixels, fewer than {least} on a side. Use "
            "the original photo, not a thumbnail.",
            width=width,
            height=height,
            least=MIN_SIDE,
        )


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
