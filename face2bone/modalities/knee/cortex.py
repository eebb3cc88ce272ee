"""Cortical thickness of femur and tibia over the shaft's width: an instrument beside the network.

Measured on the film itself, because a network's crop blurs the cortex. Across a shaft the path of
a ray through a tube's wall is longest where it touches the marrow, so (x of a wall, outside in)

    outer edge      where grey rises most
    endosteal edge  where grey is highest, beside the outer edge
    index           (medial + lateral thickness) / width of the shaft

in several rows of each shaft; the median is told. A ratio needs no spacing; millimetres are told
only where the file says how large a pixel is. Blur makes a wall look thinner: the index reads low,
by .03 on sharp tubes and .07 on drawn films of .45 mm a pixel. Ranks hold. It is information and
never a verdict: published cut-offs disagree, none measured this way (docs/research/knee.md).
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.modalities.knee.locator import FoundKnee

Array = npt.NDArray[Any]
Bone = Literal["femur", "tibia"]

FEMUR_MM: Final = (-80.0, -62.0)
"""Levels of the femoral shaft that are measured, in mm of a knee of size 1 from the joint."""
TIBIA_MM: Final = (54.0, 74.0)
ROWS: Final = 10
LEAST_ROWS: Final = 4  # fewer are no measurement
STEP_MM: Final = 0.1  # between two places of a profile
REACH_MM: Final = 34.0  # of a profile to either side
_BAND_MM: Final = 1.5  # SD along the shaft over which a profile is averaged
_SMOOTH_MM: Final = 0.35  # SD across it
_HALF_WIDTH_MM: Final = (8.0, 27.0)  # that a shaft may have
_WALL_MM: Final = (0.5, 9.0)  # how far in from its outer edge a wall is looked for
_LEAST_SHARE: Final = 0.06  # of the shaft's contrast by which a wall must stand out of the marrow
_LEAST_SLOPE: Final = 0.003  # of the whole range of grey a mm; less is no edge of bone
_LARGEST_PIXEL_MM: Final = 0.7  # of a knee of size 1; coarser films do not show a cortex


@dataclass(frozen=True)
class CorticalIndex:
    """One bone's: both walls over the width, as a share; ``rows`` that could be measured.

    thickness_mm, width_mm: mean of the two walls, and the shaft, None without spacing.
    """

    bone: Bone
    index: float
    rows: int
    thickness_mm: float | None
    width_mm: float | None


def cortical_indices(
    grey: npt.NDArray[np.float32], knee: FoundKnee, column_mm: float | None = None
) -> tuple[CorticalIndex, ...]:
    """Of the femur and the tibia of a knee on a film (H, W), bone bright; without a bone where
    too few rows of its shaft show two walls.

    ``column_mm``: the width of a pixel, where the file says it.
    """
    if 1 / knee.pixels_per_mm > _LARGEST_PIXEL_MM:
        return ()
    spans: tuple[tuple[Bone, tuple[float, float]], ...] = (("femur", FEMUR_MM), ("tibia", TIBIA_MM))
    found = (_index(bone, _walls(grey, knee, span), knee, column_mm) for bone, span in spans)
    return tuple(index for index in found if index is not None)


def _index(
    bone: Bone, walls: Array, knee: FoundKnee, column_mm: float | None
) -> CorticalIndex | None:
    """From walls (R, 3): medial and lateral thickness and width, mm of a knee of size 1."""
    if len(walls) < LEAST_ROWS:
        return None
    index = float(np.median(walls[:, :2].sum(axis=1) / walls[:, 2]))
    if column_mm is None:
        return CorticalIndex(bone, index, len(walls), None, None)
    real = knee.pixels_per_mm * column_mm
    thickness, width = float(np.median(walls[:, :2])), float(np.median(walls[:, 2]))
    return CorticalIndex(bone, index, len(walls), thickness * real, width * real)


def _walls(grey: npt.NDArray[np.float32], knee: FoundKnee, span: tuple[float, float]) -> Array:
    """(R, 3): of each row that shows a shaft, the two walls and the width."""
    levels = np.linspace(*span, ROWS)
    offsets = np.arange(-REACH_MM, REACH_MM + STEP_MM, STEP_MM)
    profiles = _profiles(grey, knee, levels, offsets)
    found = [_row(profile, offsets) for profile in profiles if np.isfinite(profile).all()]
    return np.array([row for row in found if row is not None]).reshape(-1, 3)


def _profiles(
    grey: npt.NDArray[np.float32], knee: FoundKnee, levels: Array, offsets: Array
) -> Array:
    """Grey across the shaft at each level, (R, X); NaN where the film does not reach."""
    scale = knee.pixels_per_mm
    smooth = cv2.GaussianBlur(
        grey, (0, 0), sigmaX=max(_SMOOTH_MM * scale, 0.3), sigmaY=max(_BAND_MM * scale, 0.3)
    )
    x = np.repeat((knee.x + offsets * scale)[None], len(levels), axis=0).astype(np.float32)
    y = np.repeat((knee.y + levels * scale)[:, None], len(offsets), axis=1).astype(np.float32)
    profiles: Array = cv2.remap(
        smooth, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=float("nan")
    )
    return profiles


def _row(profile: Array, offsets: Array) -> tuple[float, float, float] | None:
    """Two walls and the width (mm) of the shaft that a profile crosses; None where none shows."""
    slope = np.gradient(profile, offsets)
    least, most = _HALF_WIDTH_MM
    pair = _edges(slope, offsets, 2 * least, 2 * most)
    if pair is None:
        return None
    left, right = pair
    marrow = float(profile[(left + right) // 2])
    first, last = _wall(profile[left:right], marrow), _wall(profile[left:right][::-1], marrow)
    if first is None or last is None:
        return None
    return first, last, float(offsets[right] - offsets[left])


def _edges(slope: Array, offsets: Array, least: float, most: float) -> tuple[int, int] | None:
    """The steepest rise and the steepest fall behind it that are a shaft's width apart."""
    rises, falls = _peaks(slope), _peaks(-slope)
    if not (len(rises) and len(falls)):
        return None
    width = offsets[falls][None] - offsets[rises][:, None]
    middle = (offsets[falls][None] + offsets[rises][:, None]) / 2
    # The weaker edge decides: flesh has soft edges, and one sharp one of the fibula must not make
    # a shaft. One far from the knee's middle is another bone.
    value = np.minimum(slope[rises][:, None], -slope[falls][None]) * np.exp(-((middle / 12.0) ** 2))
    value[(width < least) | (width > most)] = 0
    rise, fall = np.unravel_index(int(value.argmax()), value.shape)
    if value[rise, fall] < _LEAST_SLOPE:
        return None
    return int(rises[rise]), int(falls[fall])


def _peaks(slope: Array) -> Array:
    """Where a slope is steepest among its neighbours, and rises."""
    middle = slope[1:-1]
    return 1 + np.flatnonzero((middle > 0) & (middle >= slope[:-2]) & (middle > slope[2:]))


def _wall(inward: Array, marrow: float) -> float | None:
    """Thickness (mm) of the wall that begins where ``inward`` does."""
    low, high = (round(mm / STEP_MM) for mm in _WALL_MM)
    part = inward[low : min(high, len(inward) // 2)]
    if len(part) < 3:
        return None
    top = int(np.argmax(part))
    if part[top] - marrow < _LEAST_SHARE * (part[top] - inward[0]):
        return None
    return (low + top) * STEP_MM
