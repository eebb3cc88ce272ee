"""Every accepted format and mode gives the upright sRGB picture it shows."""

import hashlib
import io
import warnings
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from face2bone.arrays import Pixels
from face2bone.errors import PhotoFormatError, PhotoTooLarge, PhotoTooSmall, PhotoUnreadable
from face2bone.modalities.photo import MAX_BYTES, MIN_SIDE, photo_from_pixels, read_photo

WIDTH, HEIGHT = 200, 150


def picture() -> Pixels:
    """A smooth picture without symmetry, so that any wrong turn or mirror shows."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    pixels: Pixels = np.stack((x, y * 1.5, 255 - 0.5 * x - 0.5 * y), axis=-1).astype(np.uint8)
    return pixels


def encode(image: Image.Image, format_name: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format_name, **options)
    return stream.getvalue()


def difference(data: bytes, expected: Pixels) -> float:
    pixels = read_photo(data).pixels
    assert pixels.dtype == np.uint8
    assert pixels.shape == expected.shape
    return float(np.abs(pixels.astype(int) - expected).max())


@pytest.mark.parametrize(
    ("format_name", "options", "tolerance"),
    [
        ("PNG", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("WEBP", {"quality": 95}, 12),
        ("JPEG", {"quality": 98, "subsampling": 0}, 6),
        ("JPEG", {"quality": 98, "subsampling": 0, "progressive": True}, 6),
        ("HEIF", {"quality": 95}, 14),
    ],
)
def test_formats_keep_the_picture(
    format_name: str, options: dict[str, Any], tolerance: int
) -> None:
    data = encode(Image.fromarray(picture()), format_name, **options)
    assert difference(data, picture()) <= tolerance


def test_the_hash_is_that_of_the_bytes_given() -> None:
    data = encode(Image.fromarray(picture()), "PNG")
    assert read_photo(data).sha256 == hashlib.sha256(data).hexdigest()


# EXIF 2.32, tag 0x0112: where the stored row 0 and column 0 are seen.
AS_STORED: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda seen: seen,  # top, left
    2: lambda seen: seen[:, ::-1],  # top, right
    3: lambda seen: seen[::-1, ::-1],  # bottom, right
    4: lambda seen: seen[::-1],  # bottom, left
    5: lambda seen: seen.swapaxes(0, 1),  # left, top
    6: lambda seen: seen[:, ::-1].swapaxes(0, 1),  # right, top
    7: lambda seen: seen[::-1, ::-1].swapaxes(0, 1),  # right, bottom
    8: lambda seen: seen[::-1].swapaxes(0, 1),  # left, bottom
}


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", AS_STORED)
def test_every_orientation_comes_out_upright(orientation: int, format_name: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(AS_STORED[orientation](picture())))
    exact = {"lossless": True} if format_name == "WEBP" else {}
    data = encode(stored, format_name, exif=exif, quality=98, **exact)
    assert difference(data, picture()) <= (10 if format_name == "JPEG" else 0)


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_a_nonsense_orientation_is_ignored(value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    assert difference(encode(Image.fromarray(picture()), "PNG", exif=exif), picture()) == 0


def test_a_damaged_exif_block_is_ignored() -> None:
    data = encode(Image.fromarray(picture()), "PNG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert difference(data, picture()) == 0


@pytest.mark.parametrize("orientation", AS_STORED)
def test_heic_is_turned_once(orientation: int) -> None:
    """A camera writes both EXIF and HEIF's own turn; the decoder applies the latter."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(AS_STORED[orientation](picture())))
    stored.info["exif"] = exif.tobytes()
    data = encode(stored, "HEIF", quality=95)
    assert (b"irot" in data) == (orientation in (3, 5, 6, 7, 8))
    assert difference(data, picture()) <= 14


def test_no_metadata_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Jane Doe"
    exif.get_ifd(0x8825)[1] = "N"
    photo = read_photo(encode(Image.fromarray(picture()), "JPEG", exif=exif, comment=b"Jane"))
    assert set(vars(photo)) == {"pixels", "sha256"}


def grey() -> Pixels:
    return picture()[..., 0]


def three(channel: Pixels) -> Pixels:
    return np.repeat(channel[..., None], 3, axis=2)


def test_grey_and_bilevel() -> None:
    assert difference(encode(Image.fromarray(grey()), "PNG"), three(grey())) == 0
    assert difference(encode(Image.fromarray(grey()), "JPEG", quality=98), three(grey())) <= 4
    bilevel = Image.fromarray(grey()).point(lambda v: 255 * (v > 99), mode="1")
    expected = np.where(grey() > 99, 255, 0).astype(np.uint8)
    assert difference(encode(bilevel, "PNG"), three(expected)) == 0


def test_sixteen_bits_keep_the_brightness() -> None:
    levels = grey().astype(np.uint16) * 257
    assert difference(encode(Image.fromarray(levels), "PNG"), three(grey())) == 0
    coded, data = cv2.imencode(".png", picture()[..., ::-1].astype(np.uint16) * 257)
    assert coded
    assert difference(data.tobytes(), picture()) <= 1


def on_white(pixels: Pixels, alpha: Pixels) -> Pixels:
    share = alpha[..., None] / 255.0
    return np.asarray(np.round(pixels * share + 255 * (1 - share)), dtype=np.uint8)


def test_transparency_is_laid_on_white() -> None:
    alpha = np.ascontiguousarray(picture()[..., 2])
    rgba = np.dstack((picture(), alpha))
    assert difference(encode(Image.fromarray(rgba), "PNG"), on_white(picture(), alpha)) <= 1
    grey_alpha = Image.merge("LA", (Image.fromarray(grey()), Image.fromarray(alpha)))
    assert difference(encode(grey_alpha, "PNG"), on_white(three(grey()), alpha)) <= 1
    data = encode(Image.fromarray(rgba), "WEBP", lossless=True, exact=True)
    assert difference(data, on_white(picture(), alpha)) <= 1


def test_a_transparent_colour_is_laid_on_white() -> None:
    flat = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    flat[:, 90:] = (10, 200, 30)
    data = encode(Image.fromarray(flat), "PNG", transparency=(0, 0, 0))
    expected = flat.copy()
    expected[:, :90] = 255
    assert difference(data, expected) == 0


def test_palettes_with_and_without_transparency() -> None:
    palette = Image.fromarray(picture()).quantize(32)
    expected = np.asarray(palette.convert("RGB"))
    assert difference(encode(palette, "PNG"), expected) == 0
    clear = np.where(np.asarray(palette)[..., None] == 3, 255, expected).astype(np.uint8)
    assert difference(encode(palette, "PNG", transparency=3), clear) == 0
    alphas = bytes([255, 255, 255, 0]) + bytes([255] * 28)
    assert difference(encode(palette, "PNG", transparency=alphas), clear) == 0


def test_cmyk_jpeg() -> None:
    cmyk = Image.fromarray(picture()).convert("CMYK")
    assert difference(encode(cmyk, "JPEG", quality=98, subsampling=0), picture()) <= 8


def swapped_profile() -> bytes:
    """The sRGB profile with its red and green primaries exchanged, under another name."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    places = [data.index(name, 128) for name in (b"rXYZ", b"gXYZ")]
    red, green = (bytes(data[p + 4 : p + 12]) for p in places)
    data[places[0] + 4 : places[0] + 12], data[places[1] + 4 : places[1] + 12] = green, red
    return bytes(data).replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP"])
def test_colour_profiles_are_applied(format_name: str) -> None:
    red = Image.new("RGB", (WIDTH, HEIGHT), (255, 0, 0))
    pixels = read_photo(encode(red, format_name, icc_profile=swapped_profile())).pixels
    assert np.abs(pixels[75, 100].astype(int) - (0, 255, 0)).max() <= 6


def linear_profile() -> bytes:
    """The sRGB profile with a straight curve, still called sRGB."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    curve = data.index(b"para")
    data[curve + 8 : curve + 16] = b"\0\0\0\0\0\x01\0\0"  # function type 0, gamma 1
    return bytes(data)


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP", "HEIF"])
def test_a_profile_is_believed_for_its_curve_not_its_name(format_name: str) -> None:
    stored = Image.new("RGB", (WIDTH, HEIGHT), (55, 55, 55))
    profile = linear_profile()
    assert "sRGB".encode("utf-16-be") in profile
    pixels = read_photo(encode(stored, format_name, icc_profile=profile)).pixels
    linear = 55 / 255
    expected = 255 * (1.055 * linear ** (1 / 2.4) - 0.055)
    assert np.abs(pixels[75, 100] - expected).max() <= 3


def test_an_srgb_profile_leaves_every_pixel_as_it_is() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encode(Image.fromarray(picture()), "PNG", icc_profile=profile)
    assert difference(data, picture()) == 0


def test_useless_colour_profiles_are_ignored() -> None:
    for profile in (b"not a profile", swapped_profile()[:200]):
        data = encode(Image.fromarray(picture()), "PNG", icc_profile=profile)
        assert difference(data, picture()) == 0
    with_rgb_profile = encode(Image.fromarray(grey()), "PNG", icc_profile=swapped_profile())
    assert difference(with_rgb_profile, three(grey())) == 0


def test_of_a_multi_picture_jpeg_the_first_is_taken() -> None:
    other = Image.new("RGB", (WIDTH, HEIGHT), "black")
    options = {"save_all": True, "append_images": [other], "quality": 98, "subsampling": 0}
    data = encode(Image.fromarray(picture()), "MPO", **options)
    assert Image.open(io.BytesIO(data)).format == "MPO"
    assert difference(data, picture()) <= 6


@pytest.mark.parametrize("format_name", ["PNG", "WEBP"])
def test_animation_is_refused(format_name: str) -> None:
    other = Image.new("RGB", (WIDTH, HEIGHT), "black")
    first = Image.fromarray(picture())
    data = encode(first, format_name, save_all=True, append_images=[other], duration=100)
    with pytest.raises(PhotoFormatError, match=r"animated\. Save one still picture"):
        read_photo(data)


@pytest.mark.parametrize("format_name", ["GIF", "BMP", "TIFF", "AVIF", "ICO", "PPM", "JPEG2000"])
def test_other_formats_are_refused(format_name: str) -> None:
    with pytest.raises(PhotoFormatError, match="JPEG, PNG, WebP or HEIC"):
        read_photo(encode(Image.fromarray(picture()), format_name))


def test_limits_name_the_figure_and_the_remedy() -> None:
    with pytest.raises(PhotoUnreadable, match="empty"):
        read_photo(b"")
    with pytest.raises(PhotoTooLarge, match=r"12\.0 MB, more than 12 MB\. Save"):
        read_photo(b"\xff\xd8" + bytes(MAX_BYTES))
    small = Image.new("RGB", (400, MIN_SIDE - 1))
    with pytest.raises(PhotoTooSmall, match=r"400 x 127 pixels.*Use the original"):
        read_photo(encode(small, "PNG"))
    assert read_photo(encode(Image.new("RGB", (MIN_SIDE, MIN_SIDE)), "PNG")).pixels.size


def test_no_warning_filter_is_left_behind() -> None:
    before = list(warnings.filters)
    read_photo(encode(Image.fromarray(picture()), "PNG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x05"))
    assert list(warnings.filters) == before


def test_photo_from_pixels_owns_contiguous_rgb() -> None:
    mirrored = picture()[:, ::-1]
    photo = photo_from_pixels(mirrored)
    assert photo.pixels.flags.c_contiguous
    assert photo.sha256 == hashlib.sha256(mirrored.tobytes()).hexdigest()
    for wrong in (picture().astype(np.float32), grey(), np.dstack((picture(), grey()))):
        with pytest.raises(PhotoFormatError, match="Give uint8 RGB pixels"):
            photo_from_pixels(wrong)  # type: ignore[arg-type]
