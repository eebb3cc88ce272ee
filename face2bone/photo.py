"""From bytes nobody vouches for to an upright sRGB picture without metadata.

The format is what the decoder finds, never a file name's ending or a browser's word. Sizes are
read from the header and checked before a pixel is decoded. Nothing but pixels leaves this module:
EXIF, GPS, comments, thumbnails and colour profiles stay behind.
"""

import hashlib
import io
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageCms, UnidentifiedImageError

from face2bone.errors import PhotoFormatError, PhotoTooLarge, PhotoTooSmall, PhotoUnreadable

MAX_BYTES: Final = 12 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
MIN_SIDE: Final = 128  # pixels
MAX_SCANS: Final = 100  # of a progressive JPEG; encoders write about ten

_HEIC_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1")
_DECODERS: Final = ("JPEG", "PNG", "WEBP", "HEIF")
_ACCEPTED: Final = "JPEG, PNG, WebP or HEIC"
# What Pillow's and libheif's decoders raise on bad bytes; a MemoryError too, from absurd headers.
_DECODER_ERRORS: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
_ORIENTATION: Final = 0x0112  # EXIF 2.32, table 4
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
# Warning filters belong to the process: two threads that set them at once undo each other.
_warnings_lock: Final = threading.Lock()


@dataclass(frozen=True)
class Photo:
    """An upright picture: uint8 (H, W, 3) sRGB, and the sha256 of the bytes it came from."""

    pixels: NDArray[np.uint8]
    sha256: str


def read_photo(data: bytes) -> Photo:
    """The photo in the bytes of one still JPEG, PNG, WebP or HEIC picture.

    EXIF orientation and an embedded colour profile are applied, transparency is laid on white,
    and of a phone's multi-picture JPEG or HEIC the main picture is taken.

    Raises ``PhotoTooLarge`` (bytes or pixels), ``PhotoTooSmall``, ``PhotoFormatError`` (another
    format, or animated) and ``PhotoUnreadable`` (empty, truncated, damaged).
    """
    _check_bytes(data)
    picture = _opened(data)
    _check_size(*picture.size)
    if picture.format in ("PNG", "WEBP") and getattr(picture, "is_animated", False):
        raise PhotoFormatError(
            f"The {picture.format} file is animated. Save one still picture as {_ACCEPTED}."
        )
    try:
        picture.load()
        _check_size(*picture.size)  # a HEIC header may promise another size than it holds
        upright = _srgb(picture)
        turn = _UPRIGHT.get(_orientation(picture))
        pixels = np.array(upright if turn is None else upright.transpose(turn), dtype=np.uint8)
    except _DECODER_ERRORS as error:
        raise _damaged() from error
    return Photo(pixels, hashlib.sha256(data).hexdigest())


def photo_from_pixels(pixels: NDArray[np.uint8]) -> Photo:
    """A photo from uint8 (H, W, 3) RGB pixels; the sha256 is that of the pixels' bytes.

    Raises ``PhotoFormatError`` for an array of another type or shape.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise PhotoFormatError(
            f"The array is {pixels.dtype} of shape {pixels.shape}, not a picture. "
            "Give uint8 RGB pixels of shape (height, width, 3)."
        )
    own = np.ascontiguousarray(pixels)
    return Photo(own, hashlib.sha256(own.tobytes()).hexdigest())


def _check_bytes(data: bytes) -> None:
    if not data:
        raise PhotoUnreadable("The photo file is empty. Choose the photo again or take a new one.")
    if len(data) > MAX_BYTES:
        raise PhotoTooLarge(
            f"The photo file has {len(data) / 2**20:.1f} MB, more than {MAX_BYTES >> 20} MB. "
            "Save it at a lower JPEG quality or size."
        )
    # In compressed data FF is always followed by 00 or a restart marker, so this counts scans;
    # thousands of tiny ones over a large picture would keep the decoder busy for hours.
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > MAX_SCANS:
        raise PhotoUnreadable(
            f"The JPEG is coded in more than {MAX_SCANS} passes, which no camera does. "
            "Save it again as an ordinary JPEG."
        )


def _opened(data: bytes) -> Image.Image:
    """The picture's header; no pixel is decoded yet."""
    try:
        with _warnings_lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(io.BytesIO(data), formats=_DECODERS)
    except Image.DecompressionBombError as error:
        raise PhotoTooLarge(
            f"The photo has several times more than {MAX_PIXELS // 10**6} million pixels. "
            "Save it at a smaller size."
        ) from error
    except UnidentifiedImageError as error:
        raise (_damaged() if _looks_accepted(data) else _other_format()) from error
    except _DECODER_ERRORS as error:
        raise _damaged() from error


def _looks_accepted(data: bytes) -> bool:
    """Whether the first bytes are those of an accepted format that then turned out damaged."""
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return True
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return is_webp or (data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PhotoTooLarge(
            f"The photo has {width} x {height} pixels, more than {MAX_PIXELS // 10**6} million. "
            "Save it at a smaller size."
        )
    if min(width, height) < MIN_SIDE:
        raise PhotoTooSmall(
            f"The photo has {width} x {height} pixels, fewer than {MIN_SIDE} on a side. "
            "Use the original photo, not a thumbnail."
        )


def _damaged() -> PhotoUnreadable:
    return PhotoUnreadable(
        "The photo is truncated or damaged. Copy it again from the camera or take a new one."
    )


def _other_format() -> PhotoFormatError:
    return PhotoFormatError(f"The file is not a photo this program reads. Save it as {_ACCEPTED}.")


def _orientation(picture: Image.Image) -> int:
    """EXIF orientation 1 to 8; 1 when there is none or it cannot be read.

    libheif has already turned a HEIC picture, and says 1.
    """
    try:
        with _warnings_lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = picture.getexif().get(_ORIENTATION, 1)
    except _DECODER_ERRORS:
        return 1
    return value if isinstance(value, int) else 1


def _srgb(picture: Image.Image) -> Image.Image:
    """The picture as 8-bit RGB in sRGB, on white where it is transparent."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I"):  # 16-bit grey, as "I;16" or in 32-bit integers
        levels = np.clip(np.asarray(picture).astype(np.int64) // 257, 0, 255)
        picture = Image.fromarray(levels.astype(np.uint8))
    elif picture.has_transparency_data:
        layers = picture.convert("RGBA")
        picture = Image.new("RGB", layers.size, "white")
        picture.paste(layers, mask=layers.getchannel("A"))
    if profile:
        converted = _by_profile(picture, profile)
        if converted is not None:
            return converted
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture in sRGB by its colour profile; None when that says nothing usable."""
    if picture.mode in ("1", "P"):
        picture = picture.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return None
        return ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, *_DECODER_ERRORS):
        return None
