"""The array types of every floor, named once: what an array holds is said where it is used."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
"""Single precision, as a network and its engine compute."""
Reals = npt.NDArray[np.floating[Any]]
"""``Singles`` or ``Floats``."""
Integers = npt.NDArray[np.int64]
"""Counts, places in another array, or classes by number."""
Flags = npt.NDArray[np.bool_]
Pixels = npt.NDArray[np.uint8]
PartMap = npt.NDArray[np.int8]
"""Index into the parts of a picture, -1 outside them."""
