"""Side markers, initials and burned-in text outside the anatomy, filled with their surroundings.

No letter is read. A piece is taken for lettering when it is small, clearly brighter than what lies
around it, of sharp edges as bone never is, and has nothing but even background around it: so it
lies outside the body. A piece that touches the body or the unexposed rim, or lies over bone, stays,
and so do letters larger than a tenth of the film or darker than their surroundings.
"""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from face2bone.arrays import Singles
from face2bone.words import plural

_SIDE: Final = 1024  # pixels of the longer side on which pieces are looked for
_LARGEST: Final = 0.1  # of the longer side: width and height of a piece
_REACH: Final = 0.03  # of the longer side: letters this near to each other are one piece
_CLEARER: Final = 0.3  # brighter than the surroundings
_BACKGROUND: Final = 0.18  # brightest surroundings that can be air
_EVEN: Final = 0.1  # of the surroundings, between their 10th and 90th percentile
_SHARP: Final = 0.45  # of a piece's height in brightness, climbed between two neighbouring pixels
_RING: Final = 3  # pixels of surroundings that are compared
_MARGIN: Final = 2  # pixels filled around a piece


@dataclass(frozen=True)
class _Box:
    top: int
    bottom: int
    left: int
    right: int

    def wider(self, by: int, shape: tuple[int, ...]) -> "_Box":
        return _Box(
            max(0, self.top - by),
            min(shape[0], self.bottom + by),
            max(0, self.left - by),
            min(shape[1], self.right + by),
        )

    def enlarged(self, scale: float, shape: tuple[int, ...]) -> "_Box":
        """The same box on the film of which this one was found on a smaller copy."""
        return _Box(
            math.floor(self.top / scale),
            min(shape[0], math.ceil(self.bottom / scale)),
            math.floor(self.left / scale),
            min(shape[1], math.ceil(self.right / scale)),
        )

    @property
    def place(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)


def without_lettering(pixels: Singles) -> tuple[Singles, NDArray[np.bool_], tuple[str, ...]]:
    """The film with lettering filled, where it was filled, and a remark when anything was.

    pixels: float32 (H, W) in [0, 1], bone bright.
    """
    blanked = np.zeros(pixels.shape, dtype=bool)
    scale = min(1.0, _SIDE / max(pixels.shape))
    boxes = _pieces(_small(pixels, scale))
    if not boxes:
        return pixels, blanked, ()
    filled = pixels.copy()
    for box in boxes:
        own = box.enlarged(scale, pixels.shape)
        filled[own.place] = np.median(_surroundings(pixels, own))
        blanked[own.place] = True
    covered = plural(
        "Lettering outside the anatomy was covered (one place).",
        "Lettering outside the anatomy was covered ({count} places).",
        len(boxes),
    )
    return filled, blanked, (covered,)


def _small(pixels: Singles, scale: float) -> Singles:
    small = pixels
    if scale < 1.0:
        resized = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        small = np.asarray(resized, dtype=np.float32)
    low, high = np.percentile(small, (0.5, 99.5))
    stretched: Singles = np.clip((small - low) / max(high - low, 1e-6), 0.0, 1.0).astype(np.float32)
    return stretched


def _pieces(small: Singles) -> list[_Box]:
    """Boxes of what is taken for lettering."""
    longer = max(small.shape)
    size = 2 * int(_LARGEST * longer / 2) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (size, size))
    opened = cv2.morphologyEx(small, cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_REPLICATE)
    clear = (small - np.asarray(opened, dtype=np.float32) > _CLEARER).astype(np.uint8)
    near = max(1, int(_REACH * longer / 2))
    joined = cv2.dilate(clear, np.ones((near, near), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = []
    for number, (left, top, width, height, _) in enumerate(stats[1:], start=1):
        if max(width, height) > size + near:
            continue
        found = np.argwhere(
            (labels[top : top + height, left : left + width] == number)
            & (clear[top : top + height, left : left + width] > 0)
        )
        (up, first), (down, last) = found.min(axis=0), found.max(axis=0)
        box = _Box(top + up, top + down + 1, left + first, left + last + 1)
        box = box.wider(_MARGIN, small.shape)
        if _is_lettering(small, box):
            boxes.append(box)
    return boxes


def _is_lettering(small: Singles, box: _Box) -> bool:
    surroundings = _surroundings(small, box)
    if not surroundings.size:
        return False
    dark, middle, bright = np.percentile(surroundings, (10, 50, 90))
    if middle > _BACKGROUND or bright - dark > _EVEN:
        return False
    return _sharpness(small[box.place], float(middle)) >= _SHARP


def _surroundings(pixels: Singles, box: _Box) -> Singles:
    """The pixels in a ring around a box; none where the box is the whole picture."""
    around = box.wider(_RING, pixels.shape)
    ring = np.ones(pixels[around.place].shape, dtype=bool)
    ring[
        box.top - around.top : box.bottom - around.top,
        box.left - around.left : box.right - around.left,
    ] = False
    return pixels[around.place][ring]


def _sharpness(piece: Singles, surroundings: float) -> float:
    """The steepest step between neighbours, as a share of the piece's height in brightness."""
    height = float(piece.max()) - surroundings
    steps = [np.abs(np.diff(piece, axis=axis)) for axis in (0, 1)]
    steepest = max((float(step.max()) for step in steps if step.size), default=0.0)
    return steepest / max(height, 1e-6)
