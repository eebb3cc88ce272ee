"""Of each format the pixels remain and nothing that names a person."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pillow_heif import HeifImageFile

from face2bone.errors import PhotoError
from face2bone.modalities.photo import read_photo
from face2bone.modalities.photo.bare import (
    MAX_PROFILE,
    bare_png,
    bare_webp,
    exif_orientation,
    inflated_profile,
)
from face2bone.modalities.photo.heic import bare_heic
from face2bone.modalities.photo.jpeg import bare_jpeg
from tests.modalities.photo.malformed import tags, valid

NAME = b"Jane Doe"
CUT = {"JPEG": bare_jpeg, "PNG": bare_png, "WEBP": bare_webp}


@pytest.mark.parametrize("format_name", CUT)
def test_metadata_is_cut_out_and_pixels_stay(format_name: str) -> None:
    data = valid(format_name)
    bare = CUT[format_name](data)
    assert NAME in data
    assert NAME not in bare.content
    assert bare.orientation == 6
    pixels = [np.asarray(Image.open(io.BytesIO(b)).convert("RGB")) for b in (data, bare.content)]
    assert np.array_equal(*pixels)
    assert CUT[format_name](bare.content).content == bare.content


def test_a_heic_announces_its_pictures_only() -> None:
    data = valid("HEIF")
    assert NAME in HeifImageFile(io.BytesIO(data)).info["exif"]
    bare = bare_heic(data)
    assert len(bare.content) == len(data)
    picture = HeifImageFile(io.BytesIO(bare.content))
    assert picture.info["exif"] is None
    assert picture.info["metadata"] == []
    whole = HeifImageFile(io.BytesIO(data))
    assert np.array_equal(np.asarray(picture), np.asarray(whole))


@pytest.mark.parametrize("film", [b"\xff\xda" * 300, b"ftypmp42" * 100_000, valid("JPEG")])
def test_what_a_phone_appends_to_a_jpeg_is_cut_off(film: bytes) -> None:
    """A film's bytes look like any number of scans."""
    data = valid("JPEG", progressive=True)
    assert np.array_equal(read_photo(data + film).pixels, read_photo(data).pixels)
    assert bare_jpeg(data + film).content == bare_jpeg(data).content


def test_a_preview_in_the_jfif_segment_is_cut() -> None:
    data = valid("JPEG")
    start = data.index(b"JFIF") - 2
    larger = data[:start] + b"\x00\x16" + data[start + 2 : start + 14] + b"\x01\x02" + NAME[:6]
    bare = bare_jpeg(larger + data[start + 16 :])
    assert bare.content == bare_jpeg(data).content


def profile_parts(*numbers: int, count: int) -> bytes:
    parts = [b"ICC_PROFILE\0" + bytes((n, count)) + b"part %d" % n for n in numbers]
    put = b"".join(b"\xff\xe2" + (len(p) + 2).to_bytes(2, "big") + p for p in parts)
    return valid("JPEG")[:2] + put + valid("JPEG")[2:]


def test_a_profile_in_parts_is_joined_in_their_order() -> None:
    assert bare_jpeg(profile_parts(2, 1, 3, count=3)).profile == b"part 1part 2part 3"
    for numbers, count in (((1, 3), 3), ((1, 2), 3), ((1, 1), 2), ((0, 1), 2)):
        assert bare_jpeg(profile_parts(*numbers, count=count)).profile is None


def test_a_profile_is_inflated_up_to_a_limit() -> None:
    import zlib

    assert inflated_profile(zlib.compress(b"profile")) == b"profile"
    assert inflated_profile(zlib.compress(bytes(MAX_PROFILE + 1))) is None
    assert inflated_profile(zlib.compress(b"profile")[:-5]) is None
    assert inflated_profile(b"nothing") is None


@given(st.sampled_from((bare_jpeg, bare_png, bare_webp, bare_heic)), st.binary(max_size=400))
def test_any_bytes_are_walked_over(cut: object, data: bytes) -> None:
    assert callable(cut)
    try:
        bare = cut(data)
    except PhotoError:
        return
    assert 1 <= bare.orientation <= 8


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
