"""A concept's exemplar patches as one picture, side by side."""

import io
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

GAP: Final = 4  # pixels between patches, transparent


def strip_png(patches: npt.NDArray[np.uint8]) -> bytes:
    """Patches (K, h, w, 3), K > 0, as a PNG of one row with transparent gaps."""
    count, height, width, _ = patches.shape
    strip = np.zeros((height, count * (width + GAP) - GAP, 4), np.uint8)
    for i, patch in enumerate(patches):
        left = i * (width + GAP)
        strip[:, left : left + width, :3] = patch
        strip[:, left : left + width, 3] = 255
    buffer = io.BytesIO()
    Image.fromarray(strip).save(buffer, format="PNG")
    return buffer.getvalue()
