"""Which of MediaPipe's 478 face landmarks is what, and the frontal mesh poses are measured against.

The numbering is MediaPipe's: 0 to 467 the face, 468 to 472 the iris on the image's left (the
patient's right eye), 473 to 477 the other. Coordinates: x to the image's right, y down, z away
from the camera, all in pixels.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

LANDMARKS: Final = 478

RIGHT_PUPIL: Final = 468
LEFT_PUPIL: Final = 473

# Outline of the face, clockwise in the image from the middle of the hairline.
FACE_OVAL: Final[tuple[int, ...]] = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)

# The mean landmarks of 120 drawn frontal faces of different identity, sex and age, made symmetric:
# origin midway between the pupils, unit the distance between them. Only landmarks that neither
# the mouth nor the lids move are kept.
_FRONTAL: Final[dict[int, tuple[float, float, float]]] = {
    2: (0.000, 0.812, -0.241),
    5: (0.000, 0.491, -0.518),
    6: (0.000, 0.116, -0.312),
    8: (0.000, -0.152, -0.282),
    9: (0.000, -0.291, -0.322),
    10: (0.000, -0.825, -0.285),
    33: (-0.703, 0.003, 0.086),
    54: (-0.948, -0.574, 0.235),
    66: (-0.468, -0.359, -0.266),
    67: (-0.564, -0.784, -0.158),
    69: (-0.506, -0.567, -0.222),
    98: (-0.265, 0.758, -0.122),
    103: (-0.801, -0.704, 0.022),
    104: (-0.733, -0.536, -0.093),
    105: (-0.665, -0.367, -0.177),
    117: (-0.815, 0.278, 0.118),
    118: (-0.694, 0.324, 0.034),
    119: (-0.514, 0.311, -0.010),
    127: (-1.084, 0.001, 0.864),
    133: (-0.274, 0.049, 0.004),
    151: (0.000, -0.560, -0.315),
    168: (0.000, -0.025, -0.261),
    195: (0.000, 0.363, -0.445),
    197: (0.000, 0.243, -0.377),
    234: (-1.065, 0.223, 0.965),
    263: (0.703, 0.003, 0.086),
    284: (0.948, -0.574, 0.235),
    296: (0.468, -0.359, -0.266),
    297: (0.564, -0.784, -0.158),
    299: (0.506, -0.567, -0.222),
    327: (0.265, 0.758, -0.122),
    332: (0.801, -0.704, 0.022),
    333: (0.733, -0.536, -0.093),
    334: (0.665, -0.367, -0.177),
    346: (0.815, 0.278, 0.118),
    347: (0.694, 0.324, 0.034),
    348: (0.514, 0.311, -0.010),
    356: (1.084, 0.001, 0.864),
    362: (0.274, 0.049, 0.004),
    454: (1.065, 0.223, 0.965),
}

POSE_POINTS: Final[NDArray[np.intp]] = np.array(list(_FRONTAL), dtype=np.intp)
FRONTAL_MESH: Final[NDArray[np.float64]] = np.array(list(_FRONTAL.values()), dtype=np.float64)

# Landmarks the alignment rests on, with their place in the same frontal mesh (x, y) and a weight:
# eye corners, nasal bridge and nose base count fully; the mouth moves with expression and only
# steadies the length of the face.
ALIGNMENT_POINTS: Final[dict[int, tuple[float, float, float]]] = {
    33: (-0.703, 0.003, 1.0),
    133: (-0.274, 0.049, 1.0),
    362: (0.274, 0.049, 1.0),
    263: (0.703, 0.003, 1.0),
    168: (0.0, -0.025, 1.0),
    6: (0.0, 0.116, 1.0),
    2: (0.0, 0.812, 1.0),
    98: (-0.265, 0.758, 0.5),
    327: (0.265, 0.758, 0.5),
    61: (-0.387, 1.102, 0.25),
    291: (0.387, 1.102, 0.25),
}


def inter_pupil_distance(landmarks: NDArray[np.floating[Any]]) -> float:
    """Distance between the iris centres in the image plane, in the landmarks' unit (pixels)."""
    return float(np.hypot(*(landmarks[LEFT_PUPIL, :2] - landmarks[RIGHT_PUPIL, :2])))
