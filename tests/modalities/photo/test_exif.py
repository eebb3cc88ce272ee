"""The orientation, whatever else the block holds."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from face2bone.modalities.photo.exif import exif_orientation
from tests.modalities.photo.malformed import tags


@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_pillow_writes_is_read(orientation: int, prefix: bytes) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "Jane Doe", orientation
    assert exif_orientation(prefix + exif.tobytes().removeprefix(b"Exif\0\0")) == orientation


def test_little_endian_is_read() -> None:
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, 8, 0)
    assert exif_orientation(b"II*\0" + struct.pack("<IH", 8, 1) + entry) == 8


def test_a_directory_of_65_535_tags_costs_one_pass() -> None:
    assert exif_orientation(tags(65_534, 60_000)) == 6


@pytest.mark.parametrize(("kind", "number", "value"), [(4, 1, 6), (3, 2, 6), (3, 1, 0), (3, 1, 9)])
def test_an_orientation_of_another_type_or_range_is_none(
    kind: int, number: int, value: int
) -> None:
    entry = struct.pack(">HHIHH", 0x0112, kind, number, value, 0)
    assert exif_orientation(b"MM\0*" + struct.pack(">IH", 8, 1) + entry) == 1


@given(st.binary(max_size=80), st.sampled_from((b"", b"II*\0", b"MM\0*", b"MM\0*\0\0\0\x08")))
def test_any_bytes_give_an_orientation(rest: bytes, head: bytes) -> None:
    assert 1 <= exif_orientation(head + rest) <= 8
