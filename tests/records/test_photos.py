"""Photos sealed with AES-256-GCM, and the key file."""

import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from face2bone.errors import PhotoKeyError
from face2bone.modalities.photo import photo_from_pixels
from face2bone.records.photos import KEY_MARK, PhotoSafe, read_key, write_key

SAFE = PhotoSafe(bytes(range(32)))
PHOTO = photo_from_pixels(np.random.default_rng(0).integers(0, 256, (140, 130, 3), np.uint8))


def test_a_photo_comes_back_to_the_pixel(tmp_path: Path) -> None:
    png = SAFE.open(SAFE.seal(PHOTO, "a"), "a")
    (tmp_path / "photo.png").write_bytes(png)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "photo.png")), PHOTO.pixels)


def test_sealing_twice_looks_different() -> None:
    assert SAFE.seal(PHOTO, "a") != SAFE.seal(PHOTO, "a")


def test_a_photo_cannot_be_moved_to_another_assessment() -> None:
    with pytest.raises(PhotoKeyError, match="cannot be opened"):
        SAFE.open(SAFE.seal(PHOTO, "a"), "b")


@pytest.mark.parametrize("place", [0, 20, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    sealed = bytearray(SAFE.seal(PHOTO, "a"))
    sealed[place] ^= 1
    with pytest.raises(PhotoKeyError):
        SAFE.open(bytes(sealed), "a")


def test_truncated_bytes_are_refused() -> None:
    for length in (0, 5, 12, 20):
        with pytest.raises(PhotoKeyError):
            SAFE.open(SAFE.seal(PHOTO, "a")[:length], "a")


def test_a_key_file_is_private_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "photo.key"
    write_key(path)
    first = read_key(path)
    assert len(first) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(PhotoKeyError, match="does not exist yet"):
        write_key(path)
    assert read_key(path) == first


def test_two_keys_differ_and_so_do_their_ids(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_key(tmp_path / name)
    one, two = (PhotoSafe(read_key(tmp_path / name)) for name in ("a", "b"))
    assert one.key != two.key
    assert one.key_id != two.key_id


@pytest.mark.parametrize("content", ["", "abc", KEY_MARK, KEY_MARK + "AAAA", "é", "A" * 44])
def test_what_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "k"
    path.write_text(content, "utf-8")
    with pytest.raises(PhotoKeyError, match="holds no photo key"):
        read_key(path)


def test_a_missing_key_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PhotoKeyError, match="holds no photo key"):
        read_key(tmp_path / "none")
