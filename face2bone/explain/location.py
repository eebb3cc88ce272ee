"""Where in a picture a concept sits: from a map of the network to the crop and its regions.

Location is one of three words kept apart everywhere: *presence* is how much of a concept a
photo holds, *importance* how much a class's logit depends on it, *location* where it is.
The map of the deep features is coarse (a face's: sixteen pixels a step), and each of its positions
sees far around itself: a location says which region, not which pixel. The stem's map is finer, and
its positions see little around themselves. Where the maps lie, the network says (``nn.network``).
"""

from functools import lru_cache
from typing import Final

import numpy as np

from face2bone.arrays import Floats, PartMap, Pixels, Reals
from face2bone.modalities.parts import Part, part_index
from face2bone.nn.network import MapGeometry

MOSTLY: Final = 1.3
"""A concept lies mostly in a region that holds this times the picture's mean location."""
BOTH_SIDES: Final = 0.6
"""A side belongs to the tag when it holds at least this share of the stronger side's density."""


OUTLINE: Final = 0.5
"""A concept with less than this share of its location inside the mask marks its outline."""


@lru_cache(maxsize=8)
def _interpolation(positions: int, first: float, step: float, pixels: int) -> Floats:
    """Linear interpolation (pixels, positions) from map positions to pixels, held at the ends."""
    centres = first + step * np.arange(positions, dtype=np.float64)
    along = [np.interp(np.arange(pixels), centres, unit) for unit in np.eye(positions)]
    matrix = np.stack(along, axis=1)
    matrix.setflags(write=False)
    return matrix


def to_crop(maps: Reals, where: MapGeometry, shape: tuple[int, ...]) -> Floats:
    """Map values (..., h, w) at every pixel (..., H, W) of a crop of this ``shape``, bilinear."""
    down = _interpolation(where.height, where.first, where.step, shape[0])
    across = _interpolation(where.width, where.first, where.step, shape[1])
    return np.asarray(down @ maps @ across.T)


def region_density(locations: Reals, region_map: PartMap, n: int) -> Floats:
    """Mean location in each of n regions over the mean in all: (R, H, W) to (R, n).

    1: as much as anywhere; 2: twice as much; 0 for a region the picture does not show and
    for a concept that is nowhere.
    """
    inside = region_map >= 0
    labels = region_map[inside]
    area = np.bincount(labels, minlength=n)
    mass = np.stack([np.bincount(labels, one[inside], minlength=n) for one in locations])
    mean = mass.sum(axis=1, keepdims=True) / max(len(labels), 1)
    density: Floats = mass / np.maximum(area, 1) / np.where(mean > 0, mean, 1.0)
    return density


def share_inside(locations: Reals, region_map: PartMap) -> Floats:
    """Share of each location (R, H, W) that lies inside the mask, (R,); 0 if nowhere."""
    total = locations.sum(axis=(1, 2))
    inside = locations[:, region_map >= 0].sum(axis=1)
    share: Floats = inside / np.where(total > 0, total, 1.0)
    return share


def patch_at(crop: Pixels, row: int, column: int, where: MapGeometry) -> Pixels:
    """The pixels of a crop around map position (row, column), shifted to lie in it.

    uint8 (``where.patch``, ``where.patch``, C).
    """
    side = where.patch
    centres = (float(where.rows[row]), float(where.columns[column]))
    top, left = (
        min(max(round(centre) - side // 2, 0), size - side)
        for centre, size in zip(centres, crop.shape[:2], strict=True)
    )
    return crop[top : top + side, left : left + side]


def exemplar_patches(crops: Pixels, located: Floats, count: int, where: MapGeometry) -> Pixels:
    """Patches around each concept's peak in the photos where it peaks highest.

    ``located`` (N, R, h, w); one patch a photo; uint8 (R, n, patch, patch, C), n at most N.
    """
    photos, parts, _, width = located.shape
    peaks = located.reshape(photos, parts, -1)
    best = np.argsort(-peaks.max(axis=2), axis=0, kind="stable")[:count]
    peak = peaks.argmax(axis=2)
    cut = [
        patch_at(crops[photo], peak[photo, part] // width, peak[photo, part] % width, where)
        for part in range(parts)
        for photo in best[:, part]
    ]
    shape = (parts, len(best), where.patch, where.patch, crops.shape[-1])
    return np.array(cut, dtype=np.uint8).reshape(shape)


def location_tags(
    located: Floats, region_maps: PartMap, parts: tuple[Part, ...], where: MapGeometry
) -> list[tuple[str, str]]:
    """Short tag and tag in words of each concept, from its locations (N, R, h, w) in N photos."""
    # Photos weigh by how much of the concept they hold: where it is absent it has no place.
    weights = located.mean(axis=(2, 3))
    weights /= weights.sum(axis=0)
    densities, inside = [], []
    for coefficients, region_map in zip(located, region_maps, strict=True):
        locations = to_crop(coefficients, where, region_map.shape)
        densities.append(region_density(locations, region_map, len(parts)))
        inside.append(share_inside(locations, region_map))
    density = np.einsum("nr,nrk->rk", weights, np.stack(densities))
    share = (weights * np.stack(inside)).sum(axis=0)
    return [region_tag(*found, parts) for found in zip(density, share, strict=True)]


def region_tag(density: Reals, inside: float, parts: tuple[Part, ...]) -> tuple[str, str]:
    """Where a concept mostly sits, short and in words.

    ``density`` (n,) of the regions, ``inside`` the share of it that lies in the mask. Such
    as ``("nasolabial", "mostly nasolabial, left and right")``; ``("all over", "spread over all
    parts")`` when no region stands out.
    """
    if inside < OUTLINE:
        return "outline", "mostly along the outline, where the mask begins"
    strongest = parts[int(np.argmax(density))]
    peak = float(density.max())
    if peak < MOSTLY:
        return "all over", "spread over all parts"
    if strongest.twin and density[part_index(parts, strongest.twin)] >= BOTH_SIDES * peak:
        both = strongest.pair
        return both, f"mostly {both}, left and right"
    return strongest.label, f"mostly {strongest.label}"
