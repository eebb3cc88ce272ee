"""Halving averages whole blocks and keeps pixel centres where they belong."""

import numpy as np

from face2bone.modalities.face.scaling import halved


def test_halving_averages_blocks() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (8, 12, 3), dtype=np.uint8)
    blocks = pixels.reshape(4, 2, 6, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved(pixels, 1) - blocks).max() <= 0.5


def test_odd_sides_lose_their_last_pixels() -> None:
    ramp = np.repeat(np.arange(0, 101, dtype=np.uint8)[None, :, None], 7, axis=0).repeat(3, axis=2)
    small = halved(ramp, 2)
    assert small.shape == (1, 25, 3)
    # A pixel centre x of the small picture lies at 4 (x + 0.5) - 0.5 of the large one.
    assert np.abs(small[0, :, 0] - (4 * (np.arange(25) + 0.5) - 0.5)).max() <= 1.0


def test_nothing_is_smaller_than_one_pixel() -> None:
    assert halved(np.zeros((2, 5, 3), np.uint8), 4).shape == (1, 1, 3)
    same = np.zeros((3, 3, 3), np.uint8)
    assert halved(same, 0) is same
