"""Whether bone is bright, judged from the picture alone.

Air is what a film shows most plainly: directly exposed, even, at the edges. Three signs of where it
lies are added up, each of which changes its sign when the film is inverted: the level of the
border, the share of even area at either end of the scale, and the level of even against
structured area. A frame of one shade (a shutter, a scanner's edge) says nothing about polarity,
so the sum is taken twice, with frames and without, and both count.
"""

from typing import Final

import cv2
import numpy as np

from face2bone.arrays import Singles
from face2bone.modalities.radiograph.film import Levels, Polarity
from face2bone.words import message

SURE: Final = 0.5
INVERTED: Final = message(
    "The picture looked inverted and was turned round, so that bone is bright."
)

_SIDE: Final = 256  # pixels of the longer side
_BORDER: Final = 0.04  # of the shorter side
_FRAME_RANGE: Final = 0.04
_LEAST: Final = 64  # rows and columns that must be left
_WINDOW: Final = (9, 9)
_EVEN: Final = 0.02


def upright(levels: Levels) -> tuple[Singles, Polarity, tuple[str, ...]]:
    """The film with bone bright, on whose word, and what was done to it.

    Where the file says it, the file is followed. What is doubtful is a check of the film's quality:
    ``doubt``.
    """
    score = brightness_of_bone(levels.pixels)
    if levels.polarity_said:
        if score < -SURE:
            return levels.pixels, Polarity.CONTRADICTED, ()
        return levels.pixels, Polarity.FILE, ()
    if abs(score) <= SURE:
        return levels.pixels, Polarity.UNSURE, ()
    if score < 0:
        return np.subtract(1.0, levels.pixels, dtype=np.float32), Polarity.PICTURE, (INVERTED,)
    return levels.pixels, Polarity.PICTURE, ()


def doubt(polarity: Polarity) -> str:
    """Why a film may be inverted; empty where there is no doubt."""
    if polarity is Polarity.CONTRADICTED:
        return message(
            "By its tags the file shows bone bright, but the picture looks inverted. Check the "
            "film."
        )
    if polarity is Polarity.UNSURE:
        return message(
            "It is not sure that bone is bright on this film. Check that it is not inverted."
        )
    return ""


def brightness_of_bone(pixels: Singles) -> float:
    """Above ``SURE`` bone is bright, below its negative dark, between them nobody knows."""
    small = _stretched(pixels)
    return _signs(small) + _signs(_without_frame(small))


def _stretched(pixels: Singles) -> Singles:
    scale = _SIDE / max(pixels.shape)
    height, width = (max(16, round(side * scale)) for side in pixels.shape)
    resized = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    small = np.asarray(resized, dtype=np.float32)
    low, high = np.percentile(small, (0.5, 99.5))
    stretched: Singles = np.clip((small - low) / max(high - low, 1e-6), 0.0, 1.0).astype(np.float32)
    return stretched


def _without_frame(small: Singles) -> Singles:
    """Without the rows and columns of one shade around the film, where enough is left."""
    rows, columns = (
        np.flatnonzero(np.subtract(*np.percentile(small, (95, 5), axis=axis)) > _FRAME_RANGE)
        for axis in (1, 0)
    )
    if min(rows.size, columns.size) < _LEAST:
        return small
    return small[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _signs(small: Singles) -> float:
    strip = max(2, int(_BORDER * min(small.shape)))
    border = np.ones(small.shape, dtype=bool)
    border[strip:-strip, strip:-strip] = False
    mean = np.asarray(cv2.blur(small, _WINDOW), dtype=np.float32)
    of_squares = np.asarray(cv2.blur(small * small, _WINDOW), dtype=np.float32)
    spread = np.sqrt(np.maximum(of_squares - mean * mean, 0.0))
    even, (calm, rough) = spread < _EVEN, np.percentile(spread, (30, 70))
    dark_air = float((even & (small < 0.25)).mean() - (even & (small > 0.75)).mean())
    structured = float(np.median(small[spread >= rough]) - np.median(small[spread <= calm]))
    return 0.5 - float(np.median(small[border])) + dark_air + structured
