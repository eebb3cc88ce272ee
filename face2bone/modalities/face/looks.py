"""Looking at a window of the photo, and what makes two finds one face."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.face.scaling import halved


@dataclass(frozen=True)
class View:
    """A square window of the photo: corner and side in photo pixels, quarter turns anticlockwise.

    Seen halved until it has ``largest`` pixels a side or fewer, or enlarged to ``smallest``.
    """

    left: int
    top: int
    side: int
    turns: int = 0
    smallest: int = 512
    largest: int = 1400

    @property
    def halvings(self) -> int:
        """How often the window's pixels are halved."""
        return max(0, int(np.ceil(np.log2(self.side / self.largest))))

    def snapped(self) -> "View":
        """The same view grown to where halving meets whole pixels."""
        grid = 2**self.halvings
        left, top = self.left // grid * grid, self.top // grid * grid
        reach = self.side + max(self.left - left, self.top - top)
        grown = replace(self, left=left, top=top, side=-(-reach // grid) * grid)
        # Growing can ask for one halving more, on a coarser grid.
        return grown if grown.halvings == self.halvings else grown.snapped()


def see(pixels: NDArray[np.uint8], view: View) -> NDArray[np.uint8]:
    """The square picture (S, S, 3) of a snapped view, black beyond the photo."""
    right, bottom = view.left + view.side, view.top + view.side
    part = pixels[max(view.top, 0) : max(bottom, 0), max(view.left, 0) : max(right, 0)]
    part = halved(part, view.halvings)
    side, grid = view.side >> view.halvings, 2**view.halvings
    top, left = max(-view.top, 0) // grid, max(-view.left, 0) // grid
    square = np.zeros((side, side, 3), dtype=np.uint8)
    square[top : top + part.shape[0], left : left + part.shape[1]] = part
    if view.side < view.smallest:
        larger = cv2.resize(square, (view.smallest,) * 2, interpolation=cv2.INTER_CUBIC)
        square = np.asarray(larger, dtype=np.uint8)
    return np.ascontiguousarray(np.rot90(square, view.turns))


def to_photo(landmarks: NDArray[np.float64], view: View) -> NDArray[np.float64]:
    """Landmarks (N, 3) of a snapped view, 0 to 1 over its side, in photo pixels.

    In the photo 0 is the centre of the first pixel.
    """
    x, y = landmarks[:, 0], landmarks[:, 1]
    for _ in range(view.turns):  # undo one anticlockwise turn at a time
        x, y = 1.0 - y, x
    placed = np.column_stack((x, y)) * view.side + (view.left, view.top) - 0.5
    return np.column_stack((placed, landmarks[:, 2] * view.side))


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
