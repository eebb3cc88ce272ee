"""One film from a PNG, JPEG or TIFF file, whose display window nobody knows.

TIFF 6.0 gets a header and one new directory of the few tags that the pixels need. Everything in the
file has its place by offset, so the strips stay where they are. Metadata, further directories and
previews are no longer announced, and no decoder meets them. Grey levels are handed on as black = 0
and inverted afterwards where the file counts from white, once and for all depths.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
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
from face2bone.modalities.photo import jpeg
from face2bone.modalities.photo.bare import PNG_START, bare_png
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
        if data.startswith(PNG_START):
            bare = bare_png(data)
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


_ORDERS: Final = {b"II*\0": "<", b"MM\0*": ">"}
_ENTRY: Final = 12  # bytes
_MAX_TAGS: Final = 1_000
_MAX_STRIPS: Final = 20_000
_MAX_DIRECTORIES: Final = 100
_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 258, 259, 262
_ORIENTATION, _SAMPLES, _FORMAT = 274, 277, 339
_KEPT: Final = frozenset(
    (
        *(_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, 266, 273, _SAMPLES, 278, 279, 284),
        *(317, 322, 323, 324, 325, 338, _FORMAT),
    )
)
_COMPRESSIONS: Final = frozenset((1, 5, 8, 32773, 32946))  # none, LZW, deflate, PackBits
_SIZES: Final = {1: 1, 3: 2, 4: 4}  # bytes of BYTE, SHORT and LONG
_CODES: Final = {1: "B", 3: "H", 4: "I"}
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_REDUCED: Final = 1


@dataclass(frozen=True)
class BareTiff:
    """The file for a decoder, whether it counts from white, and EXIF's orientation, 1 to 8."""

    content: bytes
    from_white: bool
    orientation: int


def is_tiff(data: bytes) -> bool:
    """Whether the first bytes are those of a TIFF file."""
    return data[:4] in _ORDERS


def bare_tiff(data: bytes) -> BareTiff:
    """The one picture of the file, reduced copies of it aside.

    Raises ``RadiographFormatError`` for several pictures or kinds of pixels that are not read,
    ``RadiographTooLarge``, ``RadiographTooSmall`` and ``RadiographUnreadable``.
    """
    try:
        return _bare(data, _ORDERS[data[:4]])
    except struct.error:
        raise damaged() from None


def _bare(data: bytes, order: str) -> BareTiff:
    entries = _picture(data, order)
    values = {tag: _first(data, order, entry) for tag, entry in entries.items()}
    check_size(values.get(_WIDTH, 0), values.get(_HEIGHT, 0))
    _check_pixels(data, order, entries, values)
    from_white = values[_PHOTOMETRIC] == _WHITE_IS_ZERO
    if from_white:
        entries[_PHOTOMETRIC] = struct.pack(order + "HHIH2x", _PHOTOMETRIC, 3, 1, _BLACK_IS_ZERO)
    kept = [entries[tag] for tag in sorted(entries) if tag in _KEPT]
    for entry in kept:
        _check_entry(entry, order, len(data))
    place = len(data) + len(data) % 2
    directory = struct.pack(order + "H", len(kept)) + b"".join(kept) + bytes(4)
    head = data[:4] + struct.pack(order + "I", place)
    content = head + data[8:].ljust(place - 8, b"\0") + directory
    turn = values.get(_ORIENTATION, 1)
    return BareTiff(content, from_white, turn if 1 <= turn <= 8 else 1)


def _picture(data: bytes, order: str) -> dict[int, bytes]:
    """The entries of the one directory that is not a reduced copy."""
    found = [
        entries
        for entries in _directories(data, order)
        if _SUBFILE not in entries or not _first(data, order, entries[_SUBFILE]) & _REDUCED
    ]
    if len(found) > 1:
        raise several()
    if not found:
        raise damaged()
    return found[0]


def _directories(data: bytes, order: str) -> Iterator[dict[int, bytes]]:
    (place,) = struct.unpack_from(order + "I", data, 4)
    for _ in range(_MAX_DIRECTORIES):
        if not place:
            return
        (count,) = struct.unpack_from(order + "H", data, place)
        end = place + 2 + count * _ENTRY
        if count > _MAX_TAGS or end + 4 > len(data):
            raise damaged()
        entries = [data[i : i + _ENTRY] for i in range(place + 2, end, _ENTRY)]
        yield {struct.unpack(order + "H", entry[:2])[0]: entry for entry in entries}
        (place,) = struct.unpack_from(order + "I", data, end)
    raise several()


def _first(data: bytes, order: str, entry: bytes) -> int:
    """The first whole number of an entry; 0 where it holds another kind of value."""
    numbers = _numbers(data, order, entry, most=1)
    return numbers[0] if numbers else 0


def _numbers(data: bytes, order: str, entry: bytes, most: int) -> tuple[int, ...]:
    _, kind, count, place = struct.unpack(order + "HHII", entry)
    size = _SIZES.get(kind)
    if size is None:
        return ()
    read = f"{order}{min(count, most)}{_CODES[kind]}"
    return (
        struct.unpack_from(read, entry, 8)
        if count * size <= 4
        else struct.unpack_from(read, data, place)
    )


def _check_entry(entry: bytes, order: str, end: int) -> None:
    """Whole numbers only, not many, all of them within the file."""
    _, kind, count, place = struct.unpack(order + "HHII", entry)
    size = _SIZES.get(kind, 0) * count
    if not 0 < size <= 4 * _MAX_STRIPS or (size > 4 and place + size > end):
        raise damaged()


def _check_pixels(
    data: bytes, order: str, entries: dict[int, bytes], values: dict[int, int]
) -> None:
    samples = values.get(_SAMPLES, 1)
    bits = _numbers(data, order, entries[_BITS], most=4) if _BITS in entries else (1,)
    grey = values.get(_PHOTOMETRIC) in (_WHITE_IS_ZERO, _BLACK_IS_ZERO)
    fits = (samples, set(bits)) in ((1, {8}), (1, {16})) if grey else False
    coloured = values.get(_PHOTOMETRIC) == _RGB and samples == 3 and set(bits) == {8}
    if not (fits or coloured) or values.get(_FORMAT, 1) != 1:
        raise RadiographFormatError(
            "The TIFF file has a kind of pixels this program does not read. "
            "Save it in grey levels of 8 or 16 bits."
        )
    if values.get(_COMPRESSION, 1) not in _COMPRESSIONS:
        raise RadiographFormatError(
            "The TIFF file is compressed in a way this program does not read. "
            "Save it uncompressed or with LZW."
        )
