"""The mean knee and its parts, in the frame of the crop: what a knee on a film is matched with.

Drawn by ``drawn.knee.atlas`` and kept in atlas.npz. The crop is a square of ``CROP_MM`` of a knee
of size 1, the joint centre in its middle, the lateral side on the right.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

ATLAS_FILE: Final = Path(__file__).with_name("atlas.npz")
CROP_SIDE: Final = 192  # pixels
CROP_MM: Final = 148.0  # of a knee of size 1: 74 mm of each shaft
MM_PER_PIXEL: Final = CROP_MM / CROP_SIDE


@dataclass(frozen=True, eq=False)
class KneeAtlas:
    """grey: uint8 (192, 192), the mean film; part_map: int8 (192, 192), index into the parts."""

    grey: npt.NDArray[np.uint8]
    part_map: npt.NDArray[np.int8]

    def mirrored(self) -> "KneeAtlas":
        """With the lateral side on the left."""
        return KneeAtlas(self.grey[:, ::-1], self.part_map[:, ::-1])


@lru_cache(maxsize=1)
def knee_atlas() -> KneeAtlas:
    """The atlas that ships; nobody's knee."""
    with np.load(ATLAS_FILE) as kept:
        grey, part_map = kept["grey"], kept["part_map"]
    for array in (grey, part_map):
        array.setflags(write=False)
    return KneeAtlas(grey, part_map)
