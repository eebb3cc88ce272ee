"""Whether lips and eyes can be seen: a mask or dark glasses leave no shading where they are.

The landmarker places lips on a mask and eyes behind dark glasses as if it saw them, so the
landmarks do not tell. These figures catch plain ones; a patterned mask or a hand passes, and no
figure says that a face is uncovered.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.face.alignment import AlignedFace

LIPS: Final = (
    *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375),
    *(291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
)
EYES: Final = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
_FRACTION_BITS: Final = 4  # sub-pixel vertices for cv2.fillPoly


def lip_contrast(aligned: AlignedFace) -> float:
    """Standard deviation of CIELAB lightness (0 to 100) within the outline of the lips."""
    return _spread(_lightness(aligned), aligned, LIPS)


def eye_contrast(aligned: AlignedFace) -> float:
    """The same between the lids, of the eye that shows more."""
    lightness = _lightness(aligned)
    return max(_spread(lightness, aligned, eye) for eye in EYES)


def _lightness(aligned: AlignedFace) -> NDArray[np.float32]:
    scaled = aligned.pixels.astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB)[..., 0], np.float32)


def _spread(
    lightness: NDArray[np.float32], aligned: AlignedFace, outline: tuple[int, ...]
) -> float:
    inside = np.zeros(aligned.mask.shape, np.uint8)
    vertices = np.round(aligned.landmarks[list(outline)] * 2**_FRACTION_BITS).astype(np.int32)
    cv2.fillPoly(inside, [vertices], (1,), shift=_FRACTION_BITS)
    values = lightness[(inside > 0) & aligned.mask]
    return float(values.std()) if values.size else 0.0
