"""Square views of a photo for the detectors, and the way back from a view to the photo.

Every view is a square: in oblong pictures MediaPipe's landmarks of a tilted face are off by
several pixels.
"""

from dataclasses import dataclass, replace

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
