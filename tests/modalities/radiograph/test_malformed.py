"""Hostile and broken bytes: every one a typed error, and never the end of a process."""

import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from face2bone.errors import (
    RadiographError,
    RadiographFormatError,
    RadiographTooLarge,
    RadiographTooSmall,
    RadiographUnreadable,
)
from face2bone.modalities.radiograph import MAX_BYTES, read_radiograph
from face2bone.modalities.radiograph.elements import MAX_DEPTH, MAX_ELEMENTS
from tests.modalities.radiograph.films import LOSSLESS, dataset, dicom, drawn, picture, saved
from tests.modalities.radiograph.malformed import QUICK, answered, mutated

ROWS: Final = b"\x28\x00\x10\x00US\x02\x00"
COLUMNS: Final = b"\x28\x00\x11\x00US\x02\x00"


def with_size(rows: int, columns: int, data: bytes) -> bytes:
    """The explicit little-endian file with other rows and columns announced."""
    for name, size in ((ROWS, rows), (COLUMNS, columns)):
        place = data.index(name) + len(name)
        data = data[:place] + struct.pack("<H", size) + data[place + 2 :]
    return data


def before_group(put: bytes, data: bytes) -> bytes:
    """The explicit file with elements put in before the patient's name."""
    place = data.index(b"\x10\x00\x10\x00PN")
    return data[:place] + put + data[place:]


@pytest.mark.slow
def test_hundreds_of_mutated_files_are_films_or_typed_errors() -> None:
    answers = [answered(mutated(seed)) for seed in range(400)]
    assert 20 < answers.count("film") < 380
    assert "RadiographUnreadable" in answers


def test_a_damaged_codestream_ends_no_process_but_its_own() -> None:
    """GDCM aborts on some of these."""
    answers = [answered(mutated(seed, slow=True)) for seed in range(36)]
    assert "RadiographUnreadable" in answers


@pytest.mark.parametrize("syntax", [*LOSSLESS, "explicit", "deflated"])
def test_a_file_that_ends_too_early_is_damaged(syntax: str) -> None:
    data = dicom(syntax)
    for share in (0.02, 0.3):
        with pytest.raises(RadiographError):
            read_radiograph(data[: int(share * len(data))])


@pytest.mark.parametrize(
    ("rows", "columns", "error"),
    [
        (65_535, 65_535, RadiographTooLarge),
        (100, 260, RadiographTooSmall),
        (0, 260, RadiographUnreadable),
        (3_000, 3_000, RadiographUnreadable),  # more than there are bytes
    ],
)
def test_the_size_announced_is_checked_first(
    rows: int, columns: int, error: type[RadiographError]
) -> None:
    with pytest.raises(error):
        read_radiograph(with_size(rows, columns, dicom()))


@pytest.mark.parametrize("syntax", [name for name in LOSSLESS if name != "rle"])
def test_a_codestream_of_another_size_than_announced_is_damaged(syntax: str) -> None:
    with pytest.raises(RadiographUnreadable):
        read_radiograph(with_size(640, 520, dicom(syntax)))


def bombs() -> Iterator[tuple[str, bytes]]:
    plain = dicom()
    empty = b"\x09\x00\x01\x10UN\0\0\0\0\0\0"
    yield "elements without end", before_group(empty * (MAX_ELEMENTS + 1), plain)
    nested = b"\x09\x00\x01\x10SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    yield "sequences in sequences", before_group(nested * (MAX_DEPTH + 1), plain)
    meta = plain[: plain.index(b"\x08\x00\x16\x00UI")]
    meta = meta.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
    place = meta.index(b"\x02\x00\x10\x00UI") + 6
    meta = meta[:place] + struct.pack("<H", 22) + meta[place + 2 :]
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = deflater.compress(bytes(MAX_BYTES + 2)) + deflater.flush()
    yield "zeros deflated", meta + zeros
    tiff = picture(drawn(8), "TIFF")
    (place,) = struct.unpack_from("<I", tiff, 4)
    (count,) = struct.unpack_from("<H", tiff, place)
    endless = bytearray(tiff)
    endless[place + 2 + 12 * count : place + 6 + 12 * count] = struct.pack("<I", place)
    yield "directories in a circle", bytes(endless)


def test_what_asks_for_endless_work_is_refused() -> None:
    for name, data in bombs():
        with pytest.raises(RadiographError):
            read_radiograph(data)
        assert name


def test_an_element_that_stands_twice_is_damaged() -> None:
    """One of the two windows would be shown for nothing."""
    twice = ROWS + struct.pack("<H", 320)
    data = dicom()
    place = data.index(ROWS)
    with pytest.raises(RadiographUnreadable):
        read_radiograph(data[:place] + twice + data[place:])


@pytest.mark.parametrize(
    "tags",
    [
        {"WindowCenter": "1000", "WindowWidth": "0"},
        {"WindowCenter": "1000", "WindowWidth": "-5"},
        {"WindowCenter": "1000", "WindowWidth": "500", "VOILUTFunction": "CUBIC"},
        {"RescaleSlope": "1e308", "RescaleIntercept": "1e308", "RescaleType": "US"},
        {"BitsStored": 17},
        {"HighBit": 3},
        {"BitsAllocated": 32},
    ],
)
def test_numbers_that_cannot_be_are_refused_or_shown_finite(tags: dict[str, Any]) -> None:
    assert answered(saved(dataset(drawn(), 12, **tags))) in (
        "film",
        "RadiographUnreadable",
        "RadiographFormatError",
    )


def test_no_bytes_and_other_formats_are_refused() -> None:
    with pytest.raises(RadiographUnreadable, match="is empty"):
        read_radiograph(b"")
    for data in (b"hello", b"GIF89a" + bytes(500), b"%PDF-1.7\n", bytes(128) + b"DICX"):
        with pytest.raises(RadiographFormatError, match="not a radiograph this program reads"):
            read_radiograph(data)
    with pytest.raises(RadiographTooLarge, match="more than 64 MB"):
        read_radiograph(bytes(MAX_BYTES + 1))


ANSWERS: Final = {"film", *(one.__name__ for one in RadiographError.__subclasses__())}
QUICKLY: Final[dict[str, Any]] = {
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A valid file with bytes changed, removed or put in at a few places."""
    data = bytearray(draw(st.sampled_from(QUICK))())
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, min(len(data) - 1, 1_500)))
        data[place : place + draw(st.integers(0, 6))] = draw(st.binary(max_size=6))
    return bytes(data)


@settings(max_examples=100, **QUICKLY)
@given(mutations())
def test_any_mutated_file_is_a_film_or_a_typed_error(data: bytes) -> None:
    assert answered(data) in ANSWERS


@settings(max_examples=60, **QUICKLY)
@given(
    st.sampled_from((bytes(128) + b"DICM", b"II*\0", b"MM\0*", b"\x89PNG\r\n\x1a\n")),
    st.binary(max_size=300),
)
def test_any_bytes_behind_a_known_head_are_refused(head: bytes, tail: bytes) -> None:
    with pytest.raises(RadiographError):
        read_radiograph(head + tail)


def test_a_film_may_not_be_changed_under_its_name() -> None:
    """Two files of the same pixels and other tags are told apart by their sha256."""
    one, other = dicom("explicit"), dicom("implicit")
    assert np.array_equal(read_radiograph(one).pixels, read_radiograph(other).pixels)
    assert read_radiograph(one).sha256 != read_radiograph(other).sha256
