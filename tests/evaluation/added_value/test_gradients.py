"""Oriented gradients against scikit-image's, and what they must not depend on."""

import numpy as np
import pytest
from skimage.feature import hog

from face2bone.evaluation.added_value.gradients import BINS, CELL, SIDE, oriented_gradients


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    rng = np.random.default_rng(3)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    waves = [np.sin(rows / a) + np.cos(columns / b) for a, b in rng.uniform(2, 9, (4, 2))]
    grey = np.clip(128 + 50 * np.stack(waves) + rng.normal(0, 4, (4, SIDE, SIDE)), 0, 255)
    return grey.astype(np.uint8)[..., None]


def test_they_are_scikit_images(pictures: np.ndarray) -> None:
    # Its blocks list cells row by row, as ours do.
    expected = [
        hog(p[..., 0].astype(float), BINS, (CELL, CELL), (2, 2), block_norm="L2-Hys")
        for p in pictures
    ]
    np.testing.assert_allclose(oriented_gradients(pictures), np.stack(expected), atol=1e-6)


def test_grey_and_colour_of_the_same_grey_agree(pictures: np.ndarray) -> None:
    apart = np.random.default_rng(4).integers(0, 20, pictures.shape)  # in red and blue
    middle = np.clip(pictures, 20, 235).astype(np.int64)
    colour = np.concatenate([middle + apart, middle, middle - apart], axis=-1).astype(np.uint8)
    grey = middle.astype(np.uint8)
    np.testing.assert_allclose(oriented_gradients(colour), oriented_gradients(grey), atol=1e-4)


def test_exposure_hardly_counts(pictures: np.ndarray) -> None:
    brighter = (pictures.astype(float) * 0.6 + 40).astype(np.uint8)
    a, b = oriented_gradients(pictures), oriented_gradients(brighter)
    assert np.abs(a - b).mean() < 0.02
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.97


def test_a_flat_picture_has_none() -> None:
    assert not oriented_gradients(np.full((1, 160, 160, 3), 90, np.uint8)).any()
