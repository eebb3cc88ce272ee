"""Histograms of oriented gradients: what a picture's edges do, learnt from nobody.

Dalal and Triggs 2005: the direction of each pixel's gradient, in ``BINS`` bins of the half turn,
weighted by its length and averaged over square cells; blocks of 2 x 2 cells are scaled to length
one, clipped and scaled again ("L2-Hys"). Features that were fitted to nobody suit a cohort too
small to train a network on, and cannot leak a label.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats

SIDE: Final = 96  # pixels a picture is brought to
CELL: Final = 12  # pixels
BINS: Final = 9
CLIP: Final = 0.2
EPSILON: Final = 1e-5


def oriented_gradients(pictures: npt.NDArray[np.uint8]) -> Floats:
    """Features (N, F) of pictures (N, H, W, C); colour is averaged away."""
    return np.stack([_of_one(picture) for picture in pictures])


def _of_one(picture: npt.NDArray[np.uint8]) -> Floats:
    grey = picture.astype(np.float32).mean(axis=-1)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float64)
    return _blocks(_cells(small)).ravel()


def _cells(grey: Floats) -> Floats:
    """Mean gradient length by cell and direction; (H / CELL, W / CELL, BINS)."""
    down, right = np.zeros_like(grey), np.zeros_like(grey)
    down[1:-1], right[:, 1:-1] = grey[2:] - grey[:-2], grey[:, 2:] - grey[:, :-2]
    length, turn = np.hypot(down, right), np.rad2deg(np.arctan2(down, right)) % 180
    direction = np.minimum((turn * BINS / 180).astype(np.int64), BINS - 1)
    by_direction = np.where(direction[..., None] == np.arange(BINS), length[..., None], 0.0)
    rows, columns = (side // CELL for side in grey.shape)
    cells: Floats = by_direction.reshape(rows, CELL, columns, CELL, BINS).mean(axis=(1, 3))
    return cells


def _blocks(cells: Floats) -> Floats:
    """Every 2 x 2 cells as one vector of length one; (rows - 1, columns - 1, 4 BINS)."""
    corners = [cells[:-1, :-1], cells[:-1, 1:], cells[1:, :-1], cells[1:, 1:]]
    return _of_length_one(np.minimum(_of_length_one(np.concatenate(corners, axis=-1)), CLIP))


def _of_length_one(blocks: Floats) -> Floats:
    scaled: Floats = blocks / np.sqrt((blocks**2).sum(axis=-1, keepdims=True) + EPSILON**2)
    return scaled
