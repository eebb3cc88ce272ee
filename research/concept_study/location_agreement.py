"""How far apart two locations of a concept in one photo are: the quick view and the exact one.

The quick view (``craft.py``) says at which position of the 8 x 8 map a concept is, the other
(``implicit.py``) which pixels that rests on. They answer two questions, so they differ even
without any error; these figures say how much.
"""

from dataclasses import dataclass

import numpy as np

from face2bone.arrays import Flags, Floats, PartMap, Reals
from face2bone.modalities.face.parts import FACE_PARTS


@dataclass(frozen=True)
class Agreement:
    """Two locations of the same R concepts in one photo, each figure (R,).

    ``correlation``: Pearson's over the pixels of the face, 0 where a location is even;
    ``moved``: share of the location that lies in other regions in the second (total variation
    of the shares of the ten regions), 0 to 1; ``same_region``: whether the same region is the
    densest in both.
    """

    correlation: Floats
    moved: Floats
    same_region: Flags


def compare_locations(first: Reals, second: Reals, region_map: PartMap) -> Agreement:
    """Compare locations (R, 160, 160), non-negative, over one photo's regions (160, 160)."""
    inside = region_map >= 0
    labels = region_map[inside]
    pixels = first[:, inside], second[:, inside]
    area = np.maximum(np.bincount(labels, minlength=len(FACE_PARTS)), 1)
    mass = [_mass(each, labels) for each in pixels]
    shares = [each / np.maximum(each.sum(axis=1, keepdims=True), 1e-12) for each in mass]
    densest = [(each / area).argmax(axis=1) for each in mass]
    return Agreement(
        correlation=_correlations(*pixels),
        moved=np.abs(shares[0] - shares[1]).sum(axis=1) / 2,
        same_region=densest[0] == densest[1],
    )


def _mass(pixels: Reals, labels: PartMap) -> Floats:
    """Sum in each region, (R, 10)."""
    return np.stack([np.bincount(labels, one, minlength=len(FACE_PARTS)) for one in pixels])


def _correlations(first: Reals, second: Reals) -> Floats:
    """Row by row, (R,)."""
    a, b = (each - each.mean(axis=1, keepdims=True) for each in (first, second))
    size = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    found: Floats = np.where(size > 1e-12, (a * b).sum(axis=1) / np.maximum(size, 1e-12), 0.0)
    return found
