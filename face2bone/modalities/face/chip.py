"""The face as dlib's age network reads it: 64 x 64 pixels, upright, nothing masked.

Five points (outer and inner corner of each eye, base of the nose) are carried by the least-squares
similarity (Umeyama 1991) to their places in dlib's mean face, with a fifth of that face's unit
square as margin on every side (dlib's ``get_face_chip_details`` with padding 0.2). Nothing outside
the face is hidden, for the network learned from pictures that show it. The points are MediaPipe's
and not dlib's, so a chip is dlib's to within a pixel or so, not bit for bit; what that changes is
in docs/research/face-age.md.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.face.alignment import ellipse_mask, warp
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.face.regions import label_regions
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.parts import Part
from face2bone.modalities.prepared import Prepared

CHIP_SIZE: Final = 64
CHIP_PADDING: Final = 0.2
CHIP_INPUT: Final = InputSpec(CHIP_SIZE, CHIP_SIZE, 3, 0.0, 256.0, 127)
"""Pixel / 256; the network itself takes a mean off each channel."""

# Landmark -> its place in dlib's mean face, a unit square; the patient's left eye stands first.
_PLACES: Final[dict[int, tuple[float, float]]] = {
    263: (0.8595674595992, 0.2134981538014),
    362: (0.6460604764104, 0.2289674387677),
    33: (0.1205750620789, 0.2137274526848),
    133: (0.3340850613712, 0.2290642403242),
    2: (0.4901123135679, 0.6277975316475),
}
_POINTS: Final = np.array(list(_PLACES), np.intp)
_TEMPLATE: Final = (
    (np.array(list(_PLACES.values())) + CHIP_PADDING) / (1.0 + 2.0 * CHIP_PADDING) * CHIP_SIZE
)


@dataclass(frozen=True)
class FaceChip(Prepared):
    """One face in the chip's frame; unlike other prepared pictures, ``pixels`` show what is
    outside the mask too. The mask and its parts are those of the face's ellipse within the chip.
    """

    parts: tuple[Part, ...] = field(default=FACE_PARTS, kw_only=True)
    spec: InputSpec = field(default=CHIP_INPUT, kw_only=True)


def face_chip(pixels: NDArray[np.uint8], landmarks: NDArray[np.floating[Any]]) -> FaceChip:
    """The chip of RGB pixels (H, W, 3) by their (478, 2 or 3) pixel landmarks.

    Black beyond the photo, as dlib's.
    """
    transform = chip_transform(landmarks)
    moved = landmarks[:, :2] @ transform[:, :2].T + transform[:, 2]
    mask = ellipse_mask(moved, CHIP_SIZE)
    chip = warp(pixels, transform, CHIP_SIZE, beyond=0)
    return FaceChip(chip, mask, label_regions(moved, mask), transform)


def chip_transform(landmarks: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Similarity (2, 3) from photo to chip pixels."""
    source = landmarks[_POINTS, :2].astype(np.float64)
    mean, place = source.mean(0), _TEMPLATE.mean(0)
    s, d = source - mean, _TEMPLATE - place
    spread = float((s**2).sum())
    a = float((s * d).sum()) / spread
    b = float((s[:, 0] * d[:, 1] - s[:, 1] * d[:, 0]).sum()) / spread
    linear = np.array([[a, -b], [b, a]])
    centre = mean + np.linalg.solve(linear, CHIP_SIZE / 2 - place)
    # dlib lays the first and the last pixel's centre on the corners of the square it cuts out.
    side = CHIP_SIZE / float(np.hypot(a, b)) - 1.0
    linear *= (CHIP_SIZE - 1) / side / float(np.hypot(a, b))
    return np.column_stack((linear, (CHIP_SIZE - 1) / 2 - linear @ centre)).astype(np.float32)
