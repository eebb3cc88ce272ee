"""Ten anatomical regions that partition the face ellipse exactly.

Left is the patient's left, which a photo shows on its right. The regions are polygons through
landmarks, painted from the largest to the most specific, so that every pixel ends in one region:

- forehead, with the temples and the glabella: what the others leave;
- periorbital: from the lower edge of the brow to the infraorbital rim;
- midface: below the zygomatic arch, above the mandible;
- nasolabial: the fold from the ala of the nose to the side of the mouth, with the skin of the
  upper lip and the cheek just lateral to the fold;
- mandibular: from the angle of the jaw and the lower lip down, the chin split at its midline;
- nose and lips: nose, philtrum and the red of both lips.
"""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.face.parts import (
    FACE_PARTS,
    FOREHEAD,
    MANDIBULAR_LEFT,
    MANDIBULAR_RIGHT,
    MIDFACE_LEFT,
    MIDFACE_RIGHT,
    NASOLABIAL_LEFT,
    NASOLABIAL_RIGHT,
    NOSE_LIPS,
    PERIORBITAL_LEFT,
    PERIORBITAL_RIGHT,
)
from face2bone.modalities.parts import OUTSIDE, Part

# Polygons of the patient's right half (the image's left) by landmark, and the left half's twins.
_PERIORBITAL_RIGHT: Final = (
    *(55, 65, 52, 53, 46, 124, 35, 111, 117, 118, 119, 120, 121, 128, 245, 193),
)
_PERIORBITAL_LEFT: Final = (
    *(285, 295, 282, 283, 276, 353, 265, 340, 346, 347, 348, 349, 350, 357, 465, 417),
)
_NASOLABIAL_RIGHT: Final = (198, 142, 36, 205, 212, 202, 43, 61, 39, 98)
_NASOLABIAL_LEFT: Final = (420, 371, 266, 425, 432, 422, 273, 291, 269, 327)
_NOSE_RIGHT: Final = (193, 245, 188, 174, 236, 198, 131, 49, 129, 64, 98)
_NOSE_LEFT: Final = (417, 465, 412, 399, 456, 420, 360, 279, 358, 294, 327)
_LIPS_RIGHT: Final = (39, 40, 185, 61, 146, 91, 181, 84)
_LIPS_LEFT: Final = (269, 270, 409, 291, 375, 321, 405, 314)
_NOSE_LIPS: Final = (168, *_NOSE_RIGHT, *_LIPS_RIGHT, 17, *_LIPS_LEFT[::-1], *_NOSE_LEFT[::-1])

# Edges from the side of the face to its middle.
_ARCH_RIGHT: Final = (234, 111, 117, 245)  # along the zygomatic arch, below the orbit, to the nose
_ARCH_LEFT: Final = (454, 340, 346, 465)
_JAW_RIGHT: Final = (58, 192, 214, 212, 202, 43, 61, 91)  # angle of the jaw to the lower lip
_JAW_LEFT: Final = (288, 416, 434, 432, 422, 273, 291, 321)
_NOSE_MIDLINE: Final = (168, 6, 197, 195, 5, 4, 1, 2, 164, 0, 17)
_CHIN_MIDLINE: Final = (17, 18, 200, 199, 152)

_FAR: Final = 400.0  # crop pixels; beyond the crop in any direction
_FRACTION_BITS: Final = 4  # sub-pixel vertices for cv2.fillPoly


def label_regions(
    landmarks: NDArray[np.floating[Any]], mask: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """Index into ``FACE_PARTS`` for every pixel of the mask, -1 outside it.

    landmarks: (478, 2) in the mask's pixels, the face roughly upright; mask: bool (H, W).
    """
    points = landmarks[:, :2].astype(np.float64)
    labels = np.full(mask.shape, FACE_PARTS.index(FOREHEAD), dtype=np.uint8)
    for region, polygon in _painting_order(points):
        vertices = np.round(polygon * 2**_FRACTION_BITS).astype(np.int32)
        cv2.fillPoly(labels, [vertices], (FACE_PARTS.index(region),), shift=_FRACTION_BITS)
    result = labels.astype(np.int8)
    result[~mask] = OUTSIDE
    return result


def _painting_order(points: NDArray[np.float64]) -> list[tuple[Part, NDArray[np.float64]]]:
    nose, chin = points[list(_NOSE_MIDLINE)], points[list(_CHIN_MIDLINE)]
    return [
        (MIDFACE_RIGHT, _side(points[list(_ARCH_RIGHT)], nose, -1.0)),
        (MIDFACE_LEFT, _side(points[list(_ARCH_LEFT)], nose, 1.0)),
        (MANDIBULAR_RIGHT, _side(points[list(_JAW_RIGHT)], chin, -1.0)),
        (MANDIBULAR_LEFT, _side(points[list(_JAW_LEFT)], chin, 1.0)),
        (NASOLABIAL_RIGHT, points[list(_NASOLABIAL_RIGHT)]),
        (NASOLABIAL_LEFT, points[list(_NASOLABIAL_LEFT)]),
        (PERIORBITAL_RIGHT, points[list(_PERIORBITAL_RIGHT)]),
        (PERIORBITAL_LEFT, points[list(_PERIORBITAL_LEFT)]),
        (NOSE_LIPS, points[list(_NOSE_LIPS)]),
    ]


def _side(
    edge: NDArray[np.float64], midline: NDArray[np.float64], outwards: float
) -> NDArray[np.float64]:
    """Everything below an edge on one side of a midline, out to beyond the crop.

    edge: from the side of the face inwards; midline: downwards; outwards: -1 to the image's left.
    """
    down = midline[-1] - midline[0]
    foot = midline[-1] + _FAR * down / max(float(np.hypot(*down)), 1e-6)
    outer = edge[0] + (outwards * _FAR, 0.0)
    corner = np.array((outer[0], max(foot[1], outer[1]) + _FAR))
    return np.vstack((outer, edge, midline, foot, corner))
