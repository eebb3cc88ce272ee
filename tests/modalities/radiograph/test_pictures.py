"""PNG, JPEG and TIFF of 8 and 16 bits: the same film from each, photographs refused."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from face2bone.errors import RadiographFormatError, RadiographTooLarge, RadiographTooSmall
from face2bone.modalities.radiograph import Polarity, read_radiograph
from face2bone.modalities.radiograph.pictures import NARROW, WINDOW_UNKNOWN, bare_tiff, read_picture
from tests.modalities.photo.malformed import chunk, png
from tests.modalities.radiograph.films import drawn, picture


@pytest.mark.parametrize(
    ("format_name", "options"),
    [
        ("PNG", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("TIFF", {"compression": "packbits"}),
    ],
)
@pytest.mark.parametrize("bits", [8, 16])
def test_every_lossless_format_gives_the_same_pixels(
    format_name: str, options: dict[str, str], bits: int
) -> None:
    found = read_picture(picture(drawn(bits), format_name, **options))
    assert found.bits == bits
    assert np.allclose(found.pixels, drawn(bits) / ((1 << bits) - 1), atol=1e-6)
    assert found.tagged.spacing is None
    assert found.tagged.remarks[0] == WINDOW_UNKNOWN


def test_a_jpeg_and_a_grey_film_in_colour_channels() -> None:
    exact = drawn(8) / 255
    assert np.abs(read_picture(picture(drawn(8), "JPEG", quality=95)).pixels - exact).max() < 0.05
    channels = np.repeat(drawn(8)[..., None], 3, axis=2)
    for format_name in ("PNG", "TIFF"):
        found = read_picture(picture(channels, format_name)).pixels
        assert np.abs(found - exact).max() < 0.005


def test_twelve_bits_in_sixteen_are_taken_as_twelve() -> None:
    found = read_picture(picture(drawn(12), "PNG"))
    assert found.bits == 12
    assert NARROW.format(bits=12) in found.tagged.remarks
    assert np.allclose(found.pixels, drawn(12) / 4_095, atol=1e-6)


def test_a_tinted_copy_of_a_film_is_a_film_and_a_photograph_is_not() -> None:
    grey = drawn(8).astype(float)[..., None]
    tinted = np.clip(grey * [0.85, 0.95, 1.0] + [0, 4, 12], 0, 255).astype(np.uint8)
    assert read_picture(picture(tinted, "PNG")).bits == 8
    rng = np.random.default_rng(3)
    patches = rng.integers(0, 256, (6, 5, 3), dtype=np.uint8)
    photo = Image.fromarray(patches).resize((300, 360), Image.Resampling.BICUBIC)
    with pytest.raises(RadiographFormatError, match="colour photograph"):
        read_radiograph(picture(np.asarray(photo), "PNG"))


def with_entry(data: bytes, tag: int, value: int) -> bytes:
    """The TIFF file with another value of a SHORT tag."""
    (place,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, place)
    for start in range(place + 2, place + 2 + 12 * count, 12):
        if struct.unpack_from("<H", data, start)[0] == tag:
            return data[: start + 8] + struct.pack("<I", value) + data[start + 12 :]
    raise AssertionError(tag)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_tiff_that_counts_from_white_is_turned_once(bits: int) -> None:
    data = picture(drawn(bits), "TIFF")
    turned = read_picture(with_entry(data, 262, 0)).pixels
    assert np.allclose(turned, 1 - read_picture(data).pixels, atol=1e-6)


def test_what_a_tiff_holds_beside_its_pixels_is_not_announced() -> None:
    named = picture(drawn(8), "TIFF", description="Jane Doe", artist="Jane Doe")
    opened = Image.open(io.BytesIO(bare_tiff(named).content))
    assert "Jane" not in str(dict(opened.tag_v2))  # type: ignore[attr-defined]
    assert np.array_equal(np.asarray(opened), drawn(8))


def test_other_tiffs_are_refused_in_words() -> None:
    first, stream = Image.fromarray(drawn(8)), io.BytesIO()
    first.save(stream, "TIFF", save_all=True, append_images=[first])
    with pytest.raises(RadiographFormatError, match="several pictures"):
        read_radiograph(stream.getvalue())
    with pytest.raises(RadiographFormatError, match="kind of pixels"):
        read_radiograph(picture(drawn(8).astype(np.float32), "TIFF"))
    with pytest.raises(RadiographFormatError, match="compressed in a way"):
        read_radiograph(with_entry(picture(drawn(8), "TIFF"), 259, 7))


def test_sizes_are_checked_before_a_pixel_is_decoded() -> None:
    for side in (5_500, 20_000, 100_000):
        with pytest.raises(RadiographTooLarge):
            read_radiograph(png(side, side, b"", colour=0))
    with pytest.raises(RadiographTooSmall, match="150 x 320 pixels, fewer than 200"):
        read_radiograph(picture(drawn(8)[:, :150], "PNG"))
    with pytest.raises(RadiographFormatError, match="a strip of 250 x 4000 pixels"):
        read_radiograph(png(250, 4_000, b"", colour=0))


def test_an_animated_png_is_several_pictures() -> None:
    still = picture(drawn(8), "PNG")
    moving = still[:33] + chunk(b"acTL", struct.pack(">II", 3, 0)) + still[33:]
    with pytest.raises(RadiographFormatError, match="several pictures"):
        read_radiograph(moving)


def test_an_upright_film_from_a_turned_jpeg() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = read_picture(picture(drawn(8), "JPEG", quality=95, exif=exif)).pixels
    assert np.abs(turned - np.rot90(drawn(8) / 255, -1)).max() < 0.05


def test_an_inverted_picture_is_turned_and_said() -> None:
    plain = read_radiograph(picture(drawn(8), "PNG"))
    inverted = read_radiograph(picture(255 - drawn(8), "PNG"))
    assert (plain.polarity, inverted.polarity) == (Polarity.PICTURE, Polarity.PICTURE)
    assert np.allclose(plain.pixels, inverted.pixels, atol=1e-6)
    assert not any("turned round" in remark for remark in plain.remarks)
    assert any("turned round" in remark for remark in inverted.remarks)
