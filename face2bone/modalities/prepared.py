"""A picture as a network reads it: aligned, masked and divided into parts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.parts import Part


@dataclass(frozen=True)
class Prepared:
    """One subject in the frame of its crop.

    pixels: uint8 (H, W, C), ``spec.mask_value`` outside the mask;
    mask: bool (H, W), inside what the network is to look at;
    part_map: int8 (H, W), index into ``parts``, -1 outside the mask;
    transform: float32 (2, 3), from the picture's pixels to the crop's;
    parts: what the mask is divided into; spec: the input it was prepared as.
    """

    pixels: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    part_map: NDArray[np.int8]
    transform: NDArray[np.float32]
    parts: tuple[Part, ...]
    spec: InputSpec

    @property
    def from_left(self) -> float:
        """Where the crop's middle lies in the picture, pixels from its left."""
        linear, shift = self.transform[:, :2].astype(np.float64), self.transform[:, 2]
        height, width = self.mask.shape
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        return float(np.linalg.solve(linear, middle - shift)[0])
