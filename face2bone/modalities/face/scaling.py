"""Making pictures smaller without aliasing, fast."""

import cv2
import numpy as np
from numpy.typing import NDArray


def halved(pixels: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Pixels (H, W, 3) with every 2 x 2 block averaged, ``times`` over.

    An odd last row or column is left out, so that blocks stay whole: each step maps a pixel
    centre x to (x + 0.5) / 2 - 0.5 exactly. Several times as fast as one area resize.
    """
    for _ in range(times):
        width, height = max(1, pixels.shape[1] // 2), max(1, pixels.shape[0] // 2)
        even = pixels[: 2 * height, : 2 * width]
        smaller = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)
        pixels = np.asarray(smaller, dtype=np.uint8)
    return pixels
