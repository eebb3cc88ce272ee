"""Random changes of a training crop, as in the Face2Bone study: flips, affine maps, CLAHE.

A crop and its part map move together: a mirrored picture has the parts of its left and right
exchanged, and what a rotation leaves outside the mask is masked again. Every draw comes from
(seed, epoch, row), so a run that resumes sees exactly what it would have seen.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.arrays import PartMap, Pixels
from face2bone.cohort.crop_store import CropStore
from face2bone.modalities.parts import Part, mirrored
from face2bone.training.recipe import Augmentation

CLAHE_TILES: Final = (8, 8)
_MIDDLE_GREY: Final = 127.5


@dataclass(frozen=True)
class Kind:
    """What a change must know of the kind of picture: its parts, and what stands outside them."""

    parts: tuple[Part, ...]
    mask_value: int


def kind_of(store: CropStore) -> Kind:
    """The kind of a store's pictures."""
    return Kind(store.parts, store.spec.mask_value)


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
    crop: Pixels, part_map: PartMap, change: Change, clahe_clip: float, kind: Kind
) -> tuple[Pixels, PartMap]:
    """A changed copy of a crop (H, W, 3) and its part map (H, W); both stay as they were."""
    crop = _tone(crop, change, clahe_clip)
    if change.affine is not None:
        crop, part_map = _move(crop, part_map, change.affine, kind.mask_value)
    if change.mirror:
        crop, part_map = crop[:, ::-1], mirrored(part_map, kind.parts)
    if change.upside_down:
        crop, part_map = crop[::-1], part_map[::-1]
    crop = np.ascontiguousarray(crop)
    crop[part_map < 0] = kind.mask_value
    return crop, part_map


def augment_batch(
    crops: Pixels,
    part_maps: PartMap,
    recipe: Augmentation,
    streams: list[np.random.Generator],
    kind: Kind,
) -> tuple[Pixels, PartMap]:
    """Augmented copies of crops (B, S, S, 3) and maps (B, S, S), one random stream each."""
    changed = [
        apply_change(crop, map_, draw_change(recipe, rng, crop.shape[0]), recipe.clahe_clip, kind)
        for crop, map_, rng in zip(crops, part_maps, streams, strict=True)
    ]
    return np.stack([crop for crop, _ in changed]), np.stack([map_ for _, map_ in changed])


def _tone(crop: Pixels, change: Change, clahe_clip: float) -> Pixels:
    """CLAHE of the lightness, then contrast about middle grey and brightness; a copy."""
    if change.clahe:
        crop = _equalised(crop, clahe_clip)
    offset = change.offset + _MIDDLE_GREY * (1.0 - change.gain)
    levels = np.clip(np.arange(256) * change.gain + offset + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(crop, levels), np.uint8).reshape(crop.shape)


def _equalised(crop: Pixels, clip: float) -> Pixels:
    even = cv2.createCLAHE(clip, CLAHE_TILES)
    if crop.shape[-1] == 1:
        return np.asarray(even.apply(crop[..., 0]), np.uint8)[..., None]
    lightness, a, b = cv2.split(cv2.cvtColor(crop, cv2.COLOR_RGB2LAB))
    merged = cv2.merge((even.apply(lightness), a, b))
    return np.asarray(cv2.cvtColor(merged, cv2.COLOR_LAB2RGB), np.uint8)


def _move(
    crop: Pixels, part_map: PartMap, affine: npt.NDArray[np.float64], mask_value: int
) -> tuple[Pixels, PartMap]:
    size = (crop.shape[1], crop.shape[0])
    moved = cv2.warpAffine(
        crop, affine, size, flags=cv2.INTER_LINEAR, borderValue=(mask_value,) * 3
    )
    # OpenCV warps no int8; as bytes, outside is 255.
    labels = cv2.warpAffine(
        part_map.view(np.uint8), affine, size, flags=cv2.INTER_NEAREST, borderValue=(255,)
    )
    moved = np.asarray(moved, np.uint8).reshape(crop.shape)  # OpenCV drops a single channel
    return moved, np.asarray(labels, np.uint8).view(np.int8)
