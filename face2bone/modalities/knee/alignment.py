"""From a film and the place of a knee to the crop that a network reads: masked, in ten parts.

The crop is upright as the film is; where the knee's lateral side lies decides which way round
the parts of the atlas are laid over it. What the leg of the atlas does not cover, and what lies
beyond the film's edge, is filled: lettering, markers and collimation reach no network.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.knee.locator import (
    CROP_MM,
    CROP_SIDE,
    WIDE,
    FoundKnee,
    KneeAtlas,
    knee_atlas,
    local_contrast,
)
from face2bone.modalities.knee.parts import KNEE_PARTS
from face2bone.modalities.parts import OUTSIDE
from face2bone.modalities.prepared import Prepared

Lateral = Literal["left", "right"]
"""On which side of the film the knee's lateral side lies."""

KNEE_INPUT: Final = InputSpec(CROP_SIDE, CROP_SIDE, 1, mean=110.0, scale=64.0, mask_value=0)
LEVELS: Final = (0.01, 0.985)
"""Quantiles of the leg's grey that become 16 and 240: the window of an export is unknown."""
_SPAN: Final = (16.0, 240.0)
_COARSE: Final = 3  # the sides are compared on every third pixel


@dataclass(frozen=True)
class LateralGuess:
    """Which side looks lateral, and by how much more the crop is like that one (correlations)."""

    side: Lateral
    margin: float


def crop_transform(knee: FoundKnee) -> npt.NDArray[np.float32]:
    """From the film's pixels to the crop's, (2, 3)."""
    scale = CROP_SIDE / (CROP_MM * knee.pixels_per_mm)
    middle = (CROP_SIDE - 1) / 2
    return np.array(
        [[scale, 0, middle - scale * knee.x], [0, scale, middle - scale * knee.y]], np.float32
    )


def warped(grey: npt.NDArray[np.float32], knee: FoundKnee) -> npt.NDArray[np.float32]:
    """The knee's square of a film (H, W), (192, 192); NaN beyond the film."""
    transform = crop_transform(knee)
    scale = float(transform[0, 0])
    # Without this every few pixels of a fine film would be looked at and the rest left out.
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.4 / scale) if scale < 1 else grey
    size = (CROP_SIDE, CROP_SIDE)
    crop: Any = cv2.warpAffine(
        smooth, transform, size, flags=cv2.INTER_LINEAR, borderValue=float("nan")
    )
    warped_crop: npt.NDArray[np.float32] = crop
    return warped_crop


def align_knee(grey: npt.NDArray[np.float32], knee: FoundKnee, lateral: Lateral) -> Prepared:
    """The crop of a knee whose lateral side lies ``lateral`` on the film (H, W), in [0, 1]."""
    part_map = atlas_towards(lateral).part_map.copy()
    crop = warped(grey, knee)
    part_map[np.isnan(crop)] = OUTSIDE
    mask = part_map >= 0
    pixels = np.full(crop.shape, KNEE_INPUT.mask_value, np.uint8)
    pixels[mask] = _levelled(crop[mask])
    return Prepared(pixels[..., None], mask, part_map, crop_transform(knee), KNEE_PARTS, KNEE_INPUT)


def lateral_by_looks(grey: npt.NDArray[np.float32], knee: FoundKnee) -> LateralGuess:
    """Which side is lateral by the picture alone: the fibula stands there."""
    crop = _coarse(np.nan_to_num(warped(grey, knee)) * 255)
    likeness = {side: _likeness(crop, side) for side in _SIDES}
    best = max(_SIDES, key=likeness.__getitem__)
    return LateralGuess(best, abs(likeness["left"] - likeness["right"]))


def atlas_towards(lateral: Lateral) -> KneeAtlas:
    """The atlas with its lateral side on this side of the film."""
    return knee_atlas() if lateral == "right" else knee_atlas().mirrored()


_SIDES: Final[tuple[Lateral, Lateral]] = ("left", "right")


def _likeness(crop: npt.NDArray[np.float32], side: Lateral) -> float:
    atlas = _coarse(atlas_towards(side).grey.astype(np.float32))
    inside = _coarse((atlas_towards(side).part_map >= 0).astype(np.float32)) > 0.5
    ours, theirs = local_contrast(crop, WIDE)[inside], local_contrast(atlas, WIDE)[inside]
    return float(np.corrcoef(ours, theirs)[0, 1])


def _coarse(field: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    side = CROP_SIDE // _COARSE
    small: Any = cv2.resize(np.ascontiguousarray(field), (side, side), interpolation=cv2.INTER_AREA)
    coarse: npt.NDArray[np.float32] = small
    return coarse


def _levelled(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Grey of the leg (N,) stretched to what every crop spans; even grey stays even."""
    low, high = np.quantile(grey, LEVELS)
    share = (grey - low) / max(high - low, 1e-6)
    levels = np.clip(_SPAN[0] + share * (_SPAN[1] - _SPAN[0]), 0, 255)
    whole: npt.NDArray[np.uint8] = np.rint(levels).astype(np.uint8)
    return whole
