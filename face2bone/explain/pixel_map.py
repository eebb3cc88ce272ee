"""A map for orientation: what the answer loses when a small square is hidden.

Occlusion (Zeiler and Fergus 2014) with the baseline in place of grey: squares of 16 pixels, 8
apart. It shows each place by itself, with everything else visible, so it does not add up to
anything and two places that carry the same information hide each other's part. The region
values are the figures to go by.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from face2bone.arrays import Floats, Pixels
from face2bone.explain.baselines import Baseline
from face2bone.explain.coalitions import BATCH, LogitsOf
from face2bone.modalities.prepared import Prepared
from face2bone.progress import FractionDone

SQUARE: Final = 16
STEP: Final = 8
Square = tuple[slice, slice]


def pixel_map(
    logits_of: LogitsOf,
    aligned: Prepared,
    baseline: Baseline,
    progress: FractionDone | None = None,
) -> Floats:
    """Logits lost (H, W, K) at each pixel: the mean over the squares that hold it.

    Above zero the place speaks for the class. Nought outside the face. A pass a square,
    some 300. ``logits_of`` and ``progress`` as in ``region_shapley``.
    """
    squares = list(_squares(aligned))
    full = logits_of(aligned.pixels[None])[0]
    shape = aligned.mask.shape
    lost, count = np.zeros((*shape, len(full))), np.zeros((*shape, 1))
    for start in range(0, len(squares), BATCH):
        part = squares[start : start + BATCH]
        logits = logits_of(np.stack([_hidden(aligned, baseline, square) for square in part]))
        for square, without in zip(part, logits, strict=True):
            lost[square] += full - without
            count[square] += 1
        if progress is not None:
            progress(min(1.0, (start + BATCH) / len(squares)))
    mean: Floats = lost / np.maximum(count, 1) * aligned.mask[..., None]
    return mean


def _squares(aligned: Prepared) -> Iterator[Square]:
    """Squares that hold a pixel of the face."""
    height, width = aligned.mask.shape
    for top in range(0, height - SQUARE + 1, STEP):
        for left in range(0, width - SQUARE + 1, STEP):
            square = slice(top, top + SQUARE), slice(left, left + SQUARE)
            if aligned.mask[square].any():
                yield square


def _hidden(aligned: Prepared, baseline: Baseline, square: Square) -> Pixels:
    """The crop with the baseline in a square; both carry the mask value outside the face."""
    crop = aligned.pixels.copy()
    crop[square] = baseline.pixels[square]
    return crop
