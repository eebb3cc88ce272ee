"""The array types of the explanations, named once."""

from typing import Any

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
RealArray = npt.NDArray[np.floating[Any]]
"""float32 as an engine gives it, or float64."""
Pixels = npt.NDArray[np.uint8]
RegionMap = npt.NDArray[np.int8]
"""Index into the parts, -1 outside them."""
