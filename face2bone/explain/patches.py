"""Square patches of aligned faces, each enlarged to a whole network input, as CRAFT learns from.

A 48-pixel patch of the 160-pixel crop holds an eye, a nasolabial fold or a jaw corner. Four
starts a side cover the crop to its borders (36-pixel to 38-pixel steps); a patch that is
mostly outside the face's ellipse shows the mask and is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.explain.arrays import Pixels, RegionMap
from face2bone.face.alignment import CROP_SIZE

PATCH: Final = 48
STARTS: Final = tuple(int(s) for s in np.linspace(0, CROP_SIZE - PATCH, 4).round())
LEAST_FACE: Final = 0.5
"""Share of a patch that must lie inside the ellipse."""


@dataclass(frozen=True)
class Patches:
    """Which patches of which photos: ``photo``, ``row`` and ``column`` (N,) of the corners."""

    photo: npt.NDArray[np.intp]
    row: npt.NDArray[np.intp]
    column: npt.NDArray[np.intp]

    def __len__(self) -> int:
        """Number of patches N."""
        return len(self.photo)

    def cut(self, crops: Pixels, i: int) -> Pixels:
        """Patch i as it is in its photo, uint8 (48, 48, 3)."""
        rows, columns = (slice(int(s[i]), int(s[i]) + PATCH) for s in (self.row, self.column))
        return crops[self.photo[i], rows, columns]

    def batches(self, crops: Pixels, batch: int) -> Iterator[Pixels]:
        """All patches enlarged to network inputs, uint8 (at most ``batch``, 160, 160, 3)."""
        for start in range(0, len(self), batch):
            which = range(start, min(start + batch, len(self)))
            yield np.stack([_enlarged(self.cut(crops, i)) for i in which])


def face_patches(region_maps: RegionMap) -> Patches:
    """The patches of each face, by its region map (N, 160, 160), that lie mostly inside it."""
    corners = [(row, column) for row in STARTS for column in STARTS]
    inside = region_maps >= 0
    share = np.stack(
        [inside[:, r : r + PATCH, c : c + PATCH].mean(axis=(1, 2)) for r, c in corners], axis=1
    )
    photo, corner = np.nonzero(share >= LEAST_FACE)
    rows, columns = np.array(corners, dtype=np.intp).T
    return Patches(photo, rows[corner], columns[corner])


def _enlarged(patch: Pixels) -> Pixels:
    size = (CROP_SIZE, CROP_SIZE)
    return np.asarray(cv2.resize(patch, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
