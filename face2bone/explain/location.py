"""Where in the face a concept sits: from a map of the network to the crop and its regions.

Location is one of three words kept apart everywhere: *presence* is how much of a concept a
photo holds, *importance* how much a class's logit depends on it, *location* where it is.
The map of the deep features is coarse, sixteen pixels a step, and each of its positions
sees far around itself: a location says which part of the face, not which pixel. The stem's map
is finer, and its positions see 31 pixels.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from face2bone.explain.arrays import FloatArray, Pixels, RealArray, RegionMap
from face2bone.modalities.face.alignment import CROP_SIZE
from face2bone.modalities.face.regions import REGIONS, Region
from face2bone.nn.config import CUT_SIZE, GRID_SIZE

FIRST_CENTRE: Final = 21.0
CENTRE_STEP: Final = 16.0
"""Crop pixels. The network's valid convolutions put position i's centre at 21 + 16 i, not at
the middle of the i-th eighth of the crop; plain resizing would shift every map by up to 11."""
PATCH: Final = 48
"""Pixels a side of an exemplar patch: an eye, a nasolabial fold or a corner of the jaw."""


@dataclass(frozen=True)
class MapGrid:
    """A map of the network over the crop: position i is centred on ``first`` + ``step`` i pixels.

    ``patch``: pixels a side of a picture of what is at one position.
    """

    size: int
    first: float
    step: float
    patch: int

    @property
    def centres(self) -> FloatArray:
        """Crop pixels, (size,)."""
        centres: FloatArray = self.first + self.step * np.arange(self.size, dtype=np.float64)
        return centres


CUT_GRID: Final = MapGrid(CUT_SIZE, FIRST_CENTRE, CENTRE_STEP, PATCH)
STEM_GRID: Final = MapGrid(GRID_SIZE, 13.0, 8.0, 32)
GRIDS: Final = {grid.size: grid for grid in (CUT_GRID, STEM_GRID)}

MOSTLY: Final = 1.3
"""A concept lies mostly in a region that holds this times the face's mean location."""
BOTH_SIDES: Final = 0.6
"""A side belongs to the tag when it holds at least this share of the stronger side's density."""


OUTLINE: Final = 0.5
"""A concept with less than this share of its location inside the face marks its outline."""


@lru_cache(maxsize=4)
def _interpolation(size: int) -> FloatArray:
    """Linear interpolation (160, size) from map positions to crop pixels, held at the ends."""
    pixels = np.arange(CROP_SIZE)
    centres = GRIDS[size].centres
    matrix = np.stack([np.interp(pixels, centres, unit) for unit in np.eye(size)], axis=1)
    matrix.setflags(write=False)
    return matrix


def to_crop(maps: RealArray) -> FloatArray:
    """Map values (..., 8, 8) or (..., 17, 17) at every crop pixel (..., 160, 160), bilinear."""
    matrix = _interpolation(maps.shape[-1])
    return np.asarray(matrix @ maps @ matrix.T)


def region_density(locations: RealArray, region_map: RegionMap) -> FloatArray:
    """Mean location in each region over the mean in the face: (R, 160, 160) to (R, 10).

    1: as much as anywhere; 2: twice as much; 0 for a region the photo does not show and
    for a concept that is nowhere.
    """
    inside = region_map >= 0
    labels = region_map[inside]
    area = np.bincount(labels, minlength=len(REGIONS))
    mass = np.stack([np.bincount(labels, one[inside], minlength=len(REGIONS)) for one in locations])
    face = mass.sum(axis=1, keepdims=True) / max(len(labels), 1)
    density: FloatArray = mass / np.maximum(area, 1) / np.where(face > 0, face, 1.0)
    return density


def share_inside(locations: RealArray, region_map: RegionMap) -> FloatArray:
    """Share of each location (R, 160, 160) that lies inside the face, (R,); 0 if nowhere."""
    total = locations.sum(axis=(1, 2))
    inside = locations[:, region_map >= 0].sum(axis=1)
    share: FloatArray = inside / np.where(total > 0, total, 1.0)
    return share


def patch_at(crop: Pixels, row: int, column: int, grid: MapGrid = CUT_GRID) -> Pixels:
    """The pixels of a crop around map position (row, column), shifted to lie in it.

    uint8 (patch, patch, 3): 48 a side for the cut, 32 for the stem.
    """
    side = grid.patch
    corners = [
        min(max(round(float(grid.centres[i])) - side // 2, 0), CROP_SIZE - side)
        for i in (row, column)
    ]
    top, left = corners
    return crop[top : top + side, left : left + side]


def exemplar_patches(crops: Pixels, located: FloatArray, count: int) -> Pixels:
    """Patches around each concept's peak in the photos where it peaks highest.

    ``located`` (N, R, S, S); one patch a photo; uint8 (R, K, patch, patch, 3), K at most N.
    """
    photos, parts, _, width = located.shape
    grid = GRIDS[width]
    peaks = located.reshape(photos, parts, -1)
    best = np.argsort(-peaks.max(axis=2), axis=0, kind="stable")[:count]
    where = peaks.argmax(axis=2)
    cut = [
        patch_at(crops[photo], where[photo, part] // width, where[photo, part] % width, grid)
        for part in range(parts)
        for photo in best[:, part]
    ]
    return np.array(cut, dtype=np.uint8).reshape(parts, len(best), grid.patch, grid.patch, 3)


def location_tags(located: FloatArray, region_maps: RegionMap) -> list[tuple[str, str]]:
    """Short tag and tag in words of each concept, from its locations (N, R, S, S) in N photos."""
    # Photos weigh by how much of the concept they hold: where it is absent it has no place.
    weights = located.mean(axis=(2, 3))
    weights /= weights.sum(axis=0)
    densities, inside = [], []
    for coefficients, region_map in zip(located, region_maps, strict=True):
        locations = to_crop(coefficients)
        densities.append(region_density(locations, region_map))
        inside.append(share_inside(locations, region_map))
    density = np.einsum("nr,nrk->rk", weights, np.stack(densities))
    share = (weights * np.stack(inside)).sum(axis=0)
    return [region_tag(*where) for where in zip(density, share, strict=True)]


def region_tag(density: RealArray, inside: float) -> tuple[str, str]:
    """Where a concept mostly sits, short and in words.

    ``density`` (10,) of the regions, ``inside`` the share of it that lies in the face. Such
    as ``("nasolabial", "mostly nasolabial, left and right")``; ``("whole face", "spread over
    the whole face")`` when no region stands out.
    """
    if inside < OUTLINE:
        return "outline", "mostly along the outline of the face, where the mask begins"
    strongest = REGIONS[int(np.argmax(density))]
    peak = float(density.max())
    if peak < MOSTLY:
        return "whole face", "spread over the whole face"
    twin = _twin(strongest)
    if twin is None:
        return strongest.label, f"mostly {strongest.label}"
    if density[REGIONS.index(twin)] >= BOTH_SIDES * peak:
        both = strongest.label.split(" ", 1)[1]
        return both, f"mostly {both}, left and right"
    return strongest.label, f"mostly {strongest.label}"


def _twin(region: Region) -> Region | None:
    """The same region on the other side of the face."""
    name, _, side = region.value.rpartition("_")
    other = {"left": "right", "right": "left"}.get(side)
    return Region(f"{name}_{other}") if other else None
