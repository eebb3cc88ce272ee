"""Looking at a window of the photo, and what makes two finds one face."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.face.views import View, see, to_photo

Detector = Callable[[NDArray[np.uint8]], list[NDArray[np.float64]]]
"""Square RGB view (S, S, 3) to landmarks (478, 3), where x, y and z are 0 to 1 over the side."""

SAME_FACE: Final = 0.35  # finds whose centres are closer than this share of their size are one


def look(detect: Detector, pixels: NDArray[np.uint8], view: View) -> list[NDArray[np.float64]]:
    """Landmarks (478, 3) in photo pixels of every face in a view."""
    view = view.snapped()
    return [to_photo(face, view) for face in detect(see(pixels, view))]


def is_same_face(
    one: NDArray[np.floating[Any]],
    other: NDArray[np.floating[Any]],
    within: float = SAME_FACE,
) -> bool:
    """Whether two finds' centres are closer than a share of the larger one's size."""
    apart = float(np.hypot(*(face_centre(one) - face_centre(other))))
    return apart < within * max(face_size(one), face_size(other))


def face_size(face: NDArray[np.floating[Any]]) -> float:
    """Longer side of the landmarks' bounding box, in pixels."""
    return float(np.ptp(face[:, :2], axis=0).max())


def face_centre(face: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Middle of the landmarks' bounding box (x, y), in pixels."""
    middle: NDArray[np.float64] = (face[:, :2].min(0) + face[:, :2].max(0)) / 2.0
    return middle
