"""Random changes of a training crop, as in the Face2Bone study: flips, affine maps, CLAHE.

A crop and its region map move together: a mirrored face has its left and right regions
swapped, and what a rotation leaves outside the ellipse is masked again. Every draw comes from
(seed, epoch, row), so a run that resumes sees exactly what it would have seen.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.modalities.face.alignment import MASK_VALUE
from face2bone.modalities.face.regions import OUTSIDE, REGIONS, Region
from face2bone.training.recipe import Augmentation

Pixels = npt.NDArray[np.uint8]
RegionMap = npt.NDArray[np.int8]

CLAHE_TILES: Final = (8, 8)
_MIDDLE_GREY: Final = 127.5


def _mirrored_regions() -> npt.NDArray[np.int8]:
    """Region index after a mirror, at [index]; the last entry stands for outside (-1)."""
    twins = [region.value.replace("left", "R").replace("right", "L") for region in REGIONS]
    names = [twin.replace("R", "right").replace("L", "left") for twin in twins]
    return np.array([REGIONS.index(Region(name)) for name in names] + [OUTSIDE], np.int8)


MIRROR: Final = _mirrored_regions()


@dataclass(frozen=True)
class Change:
    """One drawn change; ``affine`` (2, 3) float64 maps crop to crop, None leaves it in place."""

    mirror: bool
    upside_down: bool
    affine: npt.NDArray[np.float64] | None
    clahe: bool
    gain: float
    offset: float


def draw_change(recipe: Augmentation, rng: np.random.Generator, size: int) -> Change:
    """Draw what happens to one crop of ``size`` pixels a side."""
    chances = rng.random(4)
    rotation, scale, dx, dy, contrast, brightness = rng.uniform(-1.0, 1.0, 6)
    affine = None
    if chances[2] < recipe.affine_p:
        middle = ((size - 1) / 2.0, (size - 1) / 2.0)
        factor = 1.0 + recipe.scale * scale
        turn = cv2.getRotationMatrix2D(middle, recipe.rotation * rotation, factor)
        shift = (recipe.shift * dx, recipe.shift * dy)
        affine = np.column_stack((turn[:, :2], turn[:, 2] + shift)).astype(np.float64)
    return Change(
        mirror=bool(chances[0] < recipe.horizontal_flip_p),
        upside_down=bool(chances[1] < recipe.vertical_flip_p),
        affine=affine,
        clahe=bool(chances[3] < recipe.clahe_p),
        gain=1.0 + recipe.contrast * contrast,
        offset=recipe.brightness * brightness,
    )


def apply_change(
    crop: Pixels, region_map: RegionMap, change: Change, clahe_clip: float
) -> tuple[Pixels, RegionMap]:
    """A changed copy of a crop (S, S, 3) and its region map (S, S); both stay as they were."""
    crop = _tone(crop, change, clahe_clip)
    if change.affine is not None:
        crop, region_map = _move(crop, region_map, change.affine)
    if change.mirror:
        crop, region_map = crop[:, ::-1], MIRROR[region_map[:, ::-1]]
    if change.upside_down:
        crop, region_map = crop[::-1], region_map[::-1]
    crop = np.ascontiguousarray(crop)
    crop[region_map < 0] = MASK_VALUE
    return crop, region_map


def augment_batch(
    crops: Pixels,
    region_maps: RegionMap,
    recipe: Augmentation,
    streams: list[np.random.Generator],
) -> tuple[Pixels, RegionMap]:
    """Augmented copies of crops (B, S, S, 3) and maps (B, S, S), one random stream each."""
    changed = [
        apply_change(crop, map_, draw_change(recipe, rng, crop.shape[0]), recipe.clahe_clip)
        for crop, map_, rng in zip(crops, region_maps, streams, strict=True)
    ]
    return np.stack([crop for crop, _ in changed]), np.stack([map_ for _, map_ in changed])


def _tone(crop: Pixels, change: Change, clahe_clip: float) -> Pixels:
    """CLAHE of the lightness, then contrast about middle grey and brightness; a copy."""
    if change.clahe:
        crop = _equalised(crop, clahe_clip)
    offset = change.offset + _MIDDLE_GREY * (1.0 - change.gain)
    levels = np.clip(np.arange(256) * change.gain + offset + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(crop, levels), np.uint8)


def _equalised(crop: Pixels, clip: float) -> Pixels:
    lightness, a, b = cv2.split(cv2.cvtColor(crop, cv2.COLOR_RGB2LAB))
    even = cv2.createCLAHE(clip, CLAHE_TILES).apply(lightness)
    return np.asarray(cv2.cvtColor(cv2.merge((even, a, b)), cv2.COLOR_LAB2RGB), np.uint8)


def _move(
    crop: Pixels, region_map: RegionMap, affine: npt.NDArray[np.float64]
) -> tuple[Pixels, RegionMap]:
    size = (crop.shape[1], crop.shape[0])
    moved = cv2.warpAffine(
        crop, affine, size, flags=cv2.INTER_LINEAR, borderValue=(MASK_VALUE,) * 3
    )
    # OpenCV warps no int8; as bytes, outside is 255.
    labels = cv2.warpAffine(
        region_map.view(np.uint8), affine, size, flags=cv2.INTER_NEAREST, borderValue=(255,)
    )
    return np.asarray(moved, np.uint8), np.asarray(labels, np.uint8).view(np.int8)
