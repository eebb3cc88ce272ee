"""Hostile and broken bytes: every one a typed error, quickly, and never a warning."""

import io
import struct
import time
import zlib
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from face2bone.errors import PhotoError, PhotoFormatError, PhotoTooLarge, PhotoUnreadable
from face2bone.modalities.photo import read_photo
from face2bone.modalities.photo.jpeg import MAX_SCANS
from tests.modalities.photo.malformed import answered, chunk, metadata_bombs, mutated, png, valid

SLOWEST: Final = 10.0  # seconds of this thread's own work on one file, however busy the machine
MAGIC: Final = {
    "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01",
    "PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "WEBP": b"RIFF\x00\x01\x00\x00WEBPVP8 ",
    "HEIF": b"\x00\x00\x00\x1cftypheic\x00\x00\x00\x00mif1heic",
}


def truncated() -> Iterator[bytes]:
    for format_name in MAGIC:
        data = valid(format_name)
        for share in np.linspace(0.01, 0.95, 25):
            yield data[: max(1, int(share * len(data)))]


def random_bytes() -> Iterator[bytes]:
    rng = np.random.default_rng(1)
    for length in np.geomspace(1, 100_000, 40).astype(int):
        yield rng.bytes(length)
    for head in MAGIC.values():
        for length in np.geomspace(1, 100_000, 15).astype(int):
            yield head + rng.bytes(length)


def wrong_headers() -> Iterator[bytes]:
    """A good body behind another format's first bytes, or behind bytes of no format."""
    for format_name in MAGIC:
        body = valid(format_name)[16:]
        for other, head in MAGIC.items():
            if other != format_name:
                yield head[:16] + body
        for head in (b"", b"\x00" * 16, b"GIF89a", b"%PDF-1.7\n", b"<svg>", b"MZ", b"PK\x03\x04"):
            yield head + body


def bombs() -> Iterator[bytes]:
    """Small files that ask for much memory or time."""
    empty = zlib.compress(b"")
    for side in (7_100, 9_400, 13_400, 20_000, 100_000, 2**31 - 1):
        yield png(side, side, empty)
    yield png(2**31 - 1, 1, empty)
    yield png(50_000_001, 1, empty)
    text = b"comment\0\0" + zlib.compress(bytes(64 * 2**20), 9)
    yield png(200, 200, zlib.compress(b"\0" * 200), extra=chunk(b"zTXt", text))
    profile = b"icc\0\0" + zlib.compress(bytes(64 * 2**20), 9)
    yield png(200, 200, zlib.compress(b"\0" * 200), extra=chunk(b"iCCP", profile))
    large_jpeg = bytearray(valid("JPEG"))
    frame = large_jpeg.index(b"\xff\xc0")
    large_jpeg[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    yield bytes(large_jpeg)
    webp = bytearray(lossless_webp())
    webp[21:25] = struct.pack("<I", 16_382 | 16_382 << 14)
    yield bytes(webp)
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x00" * 6
    yield valid("JPEG")[:-2] + scan * (MAX_SCANS + 1) + b"\xff\xd9"


def lossless_webp() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (200, 200), "grey").save(stream, "WEBP", lossless=True)
    return stream.getvalue()


def damaged_pngs() -> Iterator[bytes]:
    """One flipped byte in the compressed pixels breaks the stream or its checksum."""
    data, rng = valid("PNG"), np.random.default_rng(3)
    start, end = data.index(b"IDAT") + 4, data.index(b"IEND") - 20
    for place in rng.integers(start, end, 60):
        yield data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]


def wrong_fields() -> Iterator[bytes]:
    pixels = zlib.compress(b"\0" * 200 * 601)
    for width, height in ((0, 0), (0, 200), (200, 0), (1, 1), (127, 127), (4, 4_000)):
        yield png(width, height, pixels)
    for colour in (1, 5, 7, 255):
        yield png(200, 200, pixels, colour=colour)
    jpeg = valid("JPEG")
    for marker in (b"\xff\xc0", b"\xff\xc4", b"\xff\xdb", b"\xff\xda"):
        place = jpeg.index(marker)
        yield jpeg[: place + 2] + b"\x00\x00" + jpeg[place + 4 :]


MALFORMED: Final = (
    *truncated(),
    *random_bytes(),
    *wrong_headers(),
    *bombs(),
    *damaged_pngs(),
    *wrong_fields(),
)


def test_there_are_three_hundred_malformed_files() -> None:
    assert len(set(MALFORMED)) >= 300


def test_every_malformed_file_is_a_typed_error() -> None:
    accepted, slow = [], []
    for index, data in enumerate(MALFORMED):
        start = time.thread_time()
        try:
            read_photo(data)
        except PhotoError as error:
            message = str(error)
            assert message.count(". ") >= 1, message  # what is wrong, and what to do
            assert message.endswith(".")
        else:
            accepted.append(index)
        if time.thread_time() - start > SLOWEST:
            slow.append(index)
    assert not accepted
    assert not slow


def test_errors_say_which_kind_of_wrong() -> None:
    with pytest.raises(PhotoUnreadable, match="truncated or damaged"):
        read_photo(valid("HEIF")[:40])
    with pytest.raises(PhotoFormatError, match="not a photo this program reads"):
        read_photo(b"hello")
    with pytest.raises(PhotoTooLarge, match="9400 x 9400 pixels, more than 50 million"):
        read_photo(png(9_400, 9_400, b""))
    with pytest.raises(PhotoTooLarge, match="20000 x 20000 pixels, more than 50 million"):
        read_photo(png(20_000, 20_000, b""))
    with pytest.raises(PhotoUnreadable, match="coded in 102 passes"):
        read_photo(valid("JPEG")[:-2] + b"\xff\xda\x00\x02" * (MAX_SCANS + 1))


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A valid file with bytes changed, removed or put in at a few places."""
    data = bytearray(valid(draw(st.sampled_from(sorted(MAGIC)))))
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(data) - 1))
        removed = draw(st.integers(0, 6))
        data[place : place + removed] = draw(st.binary(max_size=6))
        if not data:
            break
    return bytes(data)


QUICK: Final[dict[str, Any]] = {
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}


@settings(max_examples=150, **QUICK)
@given(mutations())
def test_a_mutated_file_is_a_photo_or_a_typed_error(data: bytes) -> None:
    try:
        photo = read_photo(data)
    except PhotoError:
        return
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.ndim == 3


@settings(max_examples=60, **QUICK)
@given(st.sampled_from(sorted(MAGIC)), st.binary(max_size=300))
def test_any_bytes_behind_a_known_head_are_refused(format_name: str, tail: bytes) -> None:
    with pytest.raises(PhotoError):
        read_photo(MAGIC[format_name] + tail)


@pytest.mark.slow
def test_metadata_that_explodes_is_never_looked_at() -> None:
    """The picture is read as if there were none, but for the orientation that comes first."""
    for name, data in metadata_bombs():
        plain = read_photo(valid(name.partition(":")[0])).pixels
        shapes = (plain.shape, plain.swapaxes(0, 1).shape)
        assert read_photo(data).pixels.shape in shapes, name


def test_hundreds_of_mutations_are_photos_or_typed_errors() -> None:
    answers = [answered(mutated(seed)) for seed in range(400)]
    assert 0 < answers.count("photo") < 200
    assert "PhotoUnreadable" in answers


def test_a_palette_picture_without_its_palette_is_damaged() -> None:
    """Pillow asserts that there is one."""
    data = valid("PNG", "P").replace(b"PLTE", b"PLTQ")
    with pytest.raises(PhotoUnreadable, match="truncated or damaged"):
        read_photo(data)
