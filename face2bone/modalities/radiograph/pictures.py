"""One film from a PNG, JPEG or TIFF file, whose display window nobody knows."""

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from face2bone.errors import (
    PhotoFormatError,
    PhotoUnreadable,
    RadiographFormatError,
    RadiographTooLarge,
)
from face2bone.modalities.photo import jpeg, png
from face2bone.modalities.photo.reading import DECODER_ERRORS, UPRIGHT
from face2bone.modalities.radiograph.film import Levels, Tagged
from face2bone.modalities.radiograph.limits import (
    ACCEPTED,
    MAX_PIXELS,
    check_size,
    colour,
    damaged,
    several,
)
from face2bone.modalities.radiograph.tiff import bare_tiff, is_tiff
from face2bone.words import message, template

WINDOW_UNKNOWN: Final = message(
    "A picture file does not say how the film was windowed, nor the size of its pixels: "
    "nothing is given in mm."
)
NARROW: Final = template(
    "The picture's values fill only {bits} of its 16 bits, which are taken as its range."
)

_LOOKED_AT: Final = 256  # pixels of the longer side, when colours are compared
_OF_ONE_HUE: Final = 12.0  # levels a channel may stray from its line on green, in 1 of 50 pixels


def read_picture(data: bytes) -> Levels:
    """The film as it is stored, upright, in [0, 1].

    Raises ``RadiographFormatError`` for another format, a colour photograph or several pictures,
    ``RadiographTooLarge``, ``RadiographTooSmall`` and ``RadiographUnreadable``.
    """
    picture, orientation, from_white = _opened(data)
    check_size(*picture.size)
    try:
        picture.load()
        turn = UPRIGHT.get(orientation)
        levels, bits, remarks = _levels(picture if turn is None else picture.transpose(turn))
    except DECODER_ERRORS as error:
        raise damaged() from error
    pixels = 1.0 - levels if from_white else levels
    return Levels(
        pixels.astype(np.float32, copy=False),
        bits,
        polarity_said=False,
        tagged=Tagged(remarks=(WINDOW_UNKNOWN, *remarks)),
    )


def _opened(data: bytes) -> tuple[Image.Image, int, bool]:
    """The picture's header, EXIF's orientation, and whether its levels count from white."""
    try:
        if data.startswith(jpeg.START):
            bare = jpeg.bare_jpeg(data)
            return JpegImageFile(io.BytesIO(bare.content)), bare.orientation, False
        if data.startswith(png.START):
            bare = png.bare_png(data)
            return PngImageFile(io.BytesIO(bare.content)), bare.orientation, False
        if is_tiff(data):
            tiff = bare_tiff(data)
            return TiffImageFile(io.BytesIO(tiff.content)), tiff.orientation, tiff.from_white
    except PhotoFormatError as error:
        raise several() from error
    except Image.DecompressionBombError as error:
        raise RadiographTooLarge(
            "The radiograph has several times more than {most} million pixels. "
            "Export the film of one joint.",
            most=MAX_PIXELS // 10**6,
        ) from error
    except (PhotoUnreadable, *DECODER_ERRORS) as error:
        raise damaged() from error
    raise RadiographFormatError(
        "The file is not a radiograph this program reads. Export the film as {kinds}.",
        kinds=ACCEPTED,
    )


def _levels(picture: Image.Image) -> tuple[NDArray[np.float32], int, tuple[str, ...]]:
    if picture.mode.startswith("I"):
        return _sixteen_bits(np.asarray(picture))
    if picture.mode != "L":
        picture = _grey(picture)
    levels = np.asarray(picture, dtype=np.float32)
    levels /= 255.0
    return levels, 8, ()


def _sixteen_bits(stored: NDArray[np.generic]) -> tuple[NDArray[np.float32], int, tuple[str, ...]]:
    """Values of 10 or 12 bits are often kept in 16 as they are."""
    values = np.clip(stored, 0, 65_535).astype(np.uint16)
    bits = max(8, int(values.max()).bit_length())
    remarks = (message(NARROW, bits=bits),) if bits < 16 else ()
    levels = values.astype(np.float32)
    levels /= float((1 << bits) - 1)
    return levels, bits, remarks


def _grey(picture: Image.Image) -> Image.Image:
    """The picture without its colours, on black; raises ``RadiographFormatError`` for a photo."""
    if picture.has_transparency_data:
        layers = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        picture = Image.new("RGB", layers.size, "black")
        picture.paste(layers, mask=layers.getchannel("A"))
    coloured = picture if picture.mode == "RGB" else picture.convert("RGB")
    small = coloured.copy()
    small.thumbnail((_LOOKED_AT, _LOOKED_AT))
    if not _of_one_hue(np.asarray(small)):
        raise colour()
    return coloured.convert("L")


def _of_one_hue(pixels: NDArray[np.uint8]) -> bool:
    """Whether red and blue follow green in one line, as in a tinted copy of a grey picture."""
    red, green, blue = (pixels[..., i].ravel().astype(np.float64) for i in range(3))
    return max(_straying(green, red), _straying(green, blue)) <= _OF_ONE_HUE


def _straying(green: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    spread = green - green.mean()
    slope = float((spread * other).sum() / max(float((spread**2).sum()), 1.0))
    return float(np.percentile(np.abs(other - other.mean() - slope * spread), 98))
