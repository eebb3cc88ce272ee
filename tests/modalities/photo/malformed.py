"""Malformed photos by the thousand; how each was answered is counted by
``python -m tests.modalities.photo.malformed 10000``.

Mutations of small valid files of all four formats, and files built to cost much. Each must be a
photo or a typed error within the limits of time and memory; anything else ends the run.
"""

import functools
import io
import json
import struct
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pillow_heif
from PIL import Image

from face2bone.errors import PhotoError
from face2bone.modalities.photo import read_photo
from tests.peak import peak_mib

FORMATS: Final = ("HEIF", "JPEG", "PNG", "WEBP")
VARIANTS: Final = (  # format, mode, options of the encoder
    ("JPEG", "RGB", {}),
    ("JPEG", "RGB", {"progressive": True}),
    ("JPEG", "CMYK", {}),
    ("JPEG", "L", {"comment": b"comment"}),
    ("PNG", "RGB", {}),
    ("PNG", "P", {}),
    ("PNG", "RGBA", {}),
    ("PNG", "1", {}),
    ("PNG", "I;16", {}),
    ("WEBP", "RGB", {}),
    ("WEBP", "RGBA", {"lossless": True}),
    ("WEBP", "RGBA", {"quality": 60}),
    ("HEIF", "RGB", {}),
    ("HEIF", "RGBA", {}),
)
_SIDE: Final = (192, 160)


@functools.cache
def valid(format_name: str, mode: str = "RGB", **options: Any) -> bytes:
    """A small picture of noise with EXIF in it."""
    rng = np.random.default_rng(7)
    coarse = Image.fromarray(rng.integers(0, 256, (20, 24, 3), dtype=np.uint8))
    picture = coarse.resize(_SIDE, Image.Resampling.BICUBIC)
    picture = picture.convert("L").convert(mode) if mode == "I;16" else picture.convert(mode)
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Jane Doe"
    if format_name == "HEIF":
        picture.info["exif"] = exif.tobytes()
    picture.save(stream, format_name, exif=exif, **options)
    return stream.getvalue()


def mutated(seed: int) -> bytes:
    """A valid file with bytes changed, cut, put in, copied about or taken from another file."""
    rng = np.random.default_rng((410_000, seed))
    name, mode, options = VARIANTS[seed % len(VARIANTS)]
    data = bytearray(valid(name, mode, **options))
    for _ in range(rng.integers(1, 9)):
        # Half the time in the first part, where headers and directories are.
        reach = len(data) if rng.random() < 0.5 else min(len(data), 700)
        place, size = int(rng.integers(0, reach)), int(rng.geometric(0.15))
        kind = int(rng.integers(0, 5))
        if kind == 0:
            data[place : place + size] = rng.bytes(size)
        elif kind == 1:
            del data[place : place + size]
        elif kind == 2:
            data[place:place] = rng.choice((b"\0", b"\xff")) * size
        elif kind == 3:
            start = int(rng.integers(0, len(data)))
            data[place:place] = data[start : start + 8 * size]
        else:
            other = valid(FORMATS[int(rng.integers(0, 4))])
            start = int(rng.integers(0, len(other)))
            data[place : place + 4] = other[start : start + 4]
        if len(data) < 2:
            return bytes(data)
    return bytes(data if rng.random() < 0.9 else data[: int(rng.integers(1, len(data)))])


def chunk(name: bytes, body: bytes) -> bytes:
    """A PNG chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, idat: bytes, *, extra: bytes = b"", colour: int = 2) -> bytes:
    """A PNG of 8 bits with any compressed pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


def tags(count: int, block: int, *, tag: int | None = None) -> bytes:
    """A TIFF directory whose tags all point at one block of bytes, and orientation 6."""
    entries = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)
    place = 10 + 12 * (count + 1)
    entries += b"".join(
        struct.pack(">HHII", 0x9000 + i % 0x6000 if tag is None else tag, 7, block, place)
        for i in range(count)
    )
    return b"MM\0*\0\0\0\x08" + struct.pack(">H", count + 1) + entries + bytes(block)


def with_exif(format_name: str, block: bytes) -> bytes:
    """A valid picture with this EXIF block; in a JPEG cut into as many segments as it takes."""
    picture = Image.open(io.BytesIO(valid(format_name)))
    picture.load()
    if format_name == "JPEG":
        parts = [block[i : i + 65_000] for i in range(0, len(block), 65_000)]
        return _behind_start([b"Exif\0\0" + part for part in parts])
    if format_name == "PNG":
        stored = valid("PNG")
        return stored[:33] + chunk(b"eXIf", block) + stored[33:]
    stream = io.BytesIO()
    plain = Image.fromarray(np.asarray(picture))
    if format_name == "HEIF":
        pillow_heif.from_pillow(plain).save(stream, exif=b"Exif\0\0" + block)
    else:
        plain.save(stream, format_name, exif=block)
    return stream.getvalue()


def _behind_start(segments: list[bytes], marker: int = 0xE1) -> bytes:
    data = valid("JPEG")
    put = b"".join(struct.pack(">BBH", 0xFF, marker, len(s) + 2) + s for s in segments)
    return data[:2] + put + data[2:]


def metadata_bombs() -> Iterator[tuple[str, bytes]]:
    """Whole pictures whose metadata asks for much memory or time; each still shows its picture."""
    for name in FORMATS:
        yield f"{name}: 60,000 tags at one block", with_exif(name, tags(60_000, 60_000))
        yield f"{name}: one tag 65,000 times", with_exif(name, tags(65_000, 8, tag=0x010E))
    stored, zeros = valid("PNG"), zlib.compress(bytes(2**29), 9)
    for kind, head in ((b"zTXt", b"Raw profile type exif\0\0"), (b"iCCP", b"icc\0\0")):
        yield (
            f"PNG: {kind.decode()} of 512 MB",
            stored[:33] + chunk(kind, head + zeros) + stored[33:],
        )
    text = b"XML:com.adobe.xmp\0\1\0\0\0" + zeros
    yield "PNG: iTXt of 512 MB", stored[:33] + chunk(b"iTXt", text) + stored[33:]
    yield "JPEG: 18,000 Exif segments", _behind_start([b"Exif\0\0MM\0*" + bytes(200)] * 18_000)
    yield (
        "JPEG: 11 MB of profile parts",
        _behind_start([b"ICC_PROFILE\0\1\xff" + bytes(65_000)] * 170, 0xE2),
    )
    film = b"\xff\xda" * 300 + bytes(8 * 2**20)
    yield "JPEG: motion photo", valid("JPEG") + film


def other_bombs() -> Iterator[tuple[str, bytes]]:
    """Files built to cost much before they are refused, or as much as a photo may."""
    yield "JPEG: 500,000 Exif segments", _behind_start([b"Exif\0\0MM"] * 500_000)
    yield "JPEG: 12 MB of FF", valid("JPEG")[:2] + b"\xff" * (12 * 2**20 - 2)
    yield "JPEG: 12 MB of FF 00", b"\xff\xd8\xff\xda\0\2" + b"\xff\0" * (6 * 2**20 - 8)
    yield "PNG: a million chunks", png(200, 200, b"", extra=chunk(b"tEXt", b"") * 1_000_000)
    yield "HEIF: a million boxes", valid("HEIF") + struct.pack(">I4s", 8, b"free") * 1_000_000
    rows = zlib.compress(bytes(2**28), 9)
    for colour in (0, 2, 3, 6):
        palette = chunk(b"PLTE", bytes(768)) + chunk(b"tRNS", bytes(256)) if colour == 3 else b""
        yield (
            f"PNG: 50 million pixels, type {colour}",
            png(7_000, 7_000, rows[:-9], colour=colour, extra=palette),
        )
    yield "JPEG: 90 scans of 48 million pixels", large_scans(90)


def large_scans(scans: int) -> bytes:
    """A progressive JPEG of 6,900 x 6,900 pixels that ends too early, after this many passes."""
    data = bytearray(valid("JPEG", progressive=True))
    frame = data.index(b"\xff\xc2")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 6_900, 6_900)
    start = data.index(b"\xff\xda")
    refine = b"\xff\xda\x00\x0c\x03\x01\x00\x02\x00\x03\x00\x00\x00\x10" + bytes(8)
    return bytes(data[:start]) + refine * scans + b"\xff\xd9"


def answered(data: bytes) -> str:
    """ "photo" or the name of the typed error; anything else is raised."""
    try:
        read_photo(data)
    except PhotoError as error:
        return type(error).__name__
    return "photo"


def run(mutations: int) -> dict[str, Any]:
    """Answers counted, the slowest file (processor seconds), and the peak memory in MiB."""
    named = [*metadata_bombs(), *other_bombs()]
    counts: Counter[str] = Counter()
    slowest: tuple[float, str] = (0.0, "")
    for name, data in (*named, *((f"mutation {i}", mutated(i)) for i in range(mutations))):
        start = time.process_time()
        counts[answered(data)] += 1
        slowest = max(slowest, (time.process_time() - start, name))
    return {"answers": dict(counts), "slowest": slowest, "peak_mib": peak_mib()}


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]))))
