"""Attributions that know nothing of the network: what every figure has to beat.

Each gives ten numbers from the crop alone. A figure on which one of them does as well as an
explanation measures where faces vary, not what a network read.
"""

from collections.abc import Callable, Mapping
from typing import Final

import cv2
import numpy as np

from face2bone.arrays import Floats, PartMap
from face2bone.modalities.face.alignment import AlignedFace
from face2bone.modalities.face.parts import FACE_PARTS

CENTRE_SIGMA: Final = 0.25
"""Standard deviation of the centre Gaussian, as a share of the crop's side."""


def region_sums(picture: Floats, region_map: PartMap) -> Floats:
    """Sum of a map (H, W) over each of the ten regions; (10,)."""
    inside = region_map >= 0
    sums = np.bincount(region_map[inside], picture[inside], len(FACE_PARTS))
    return np.asarray(sums, np.float64)


def region_means(picture: Floats, region_map: PartMap) -> Floats:
    """Mean of a map (H, W) over each of the ten regions, 0 for a region without pixels; (10,)."""
    pixels = region_sums(np.ones(region_map.shape), region_map)
    return np.asarray(region_sums(picture, region_map) / np.maximum(pixels, 1.0))


def uniform(aligned: AlignedFace) -> Floats:
    """The same for every region; (10,). It ranks nothing, so its rank correlation counts as 0."""
    return np.full(len(FACE_PARTS), 1.0 / len(FACE_PARTS))


def area(aligned: AlignedFace) -> Floats:
    """Pixels in each region; (10,)."""
    return region_sums(np.ones(aligned.mask.shape), aligned.part_map)


def centre_gaussian(aligned: AlignedFace) -> Floats:
    """A Gaussian at the middle of the crop, summed over each region; (10,)."""
    height, width = aligned.mask.shape
    rows, columns = np.ogrid[:height, :width]
    away = ((rows - (height - 1) / 2) / height) ** 2 + ((columns - (width - 1) / 2) / width) ** 2
    return region_sums(np.exp(-away / (2 * CENTRE_SIGMA**2)), aligned.part_map)


def edges(aligned: AlignedFace) -> Floats:
    """Strength of the Sobel gradient of the grey crop, summed over each region; (10,)."""
    grey = cv2.cvtColor(aligned.pixels, cv2.COLOR_RGB2GRAY).astype(np.float64)
    strength = np.hypot(cv2.Sobel(grey, cv2.CV_64F, 1, 0), cv2.Sobel(grey, cv2.CV_64F, 0, 1))
    # The mask's own edge is no edge of the face.
    inner = cv2.erode(aligned.mask.astype(np.uint8), np.ones((3, 3), np.uint8))
    return region_sums(np.asarray(strength * inner, np.float64), aligned.part_map)


BASELINES: Final[Mapping[str, Callable[[AlignedFace], Floats]]] = {
    "uniform": uniform,
    "area": area,
    "centre Gaussian": centre_gaussian,
    "edges": edges,
}
