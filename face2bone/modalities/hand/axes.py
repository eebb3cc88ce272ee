"""The axes of the metacarpals, brought to the middle of each bone on the film itself.

Landmarks come from a blurred copy and lie a millimetre or two beside a bone; a profile taken there
cuts it aslant. Across the shaft a bone is two outlines: grey rises at one and falls at the other.
Of all straight lines near the first guess that one is taken which has them most evenly at both
sides, over the whole shaft.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.modalities.hand.looks import Film
from face2bone.modalities.hand.points import Points

Profiles: TypeAlias = npt.NDArray[np.float64]

STEP: Final = 0.004  # of the bone's length, between samples across it
_LEVELS: Final = np.linspace(0.30, 0.72, 13)  # along the shaft, base to head
_REACH: Final = 0.18  # to each side
_SMOOTH: Final = 0.008  # SD
_SHIFT: Final = 0.075  # a line's end may move so far aside
_WIDTHS: Final = np.arange(0.085, 0.185, 0.010)
_NEAR: Final = 0.5  # how much a line that starts far from the guess loses


@dataclass(frozen=True, eq=False)
class Axis:
    """base, head: (x, y) film pixels. moved: how far the middle went aside, of the length.

    strength: mean grey by which the outlines stand out, 0 to 1; below about 0.02 there is no bone.
    """

    base: Points
    head: Points
    moved: float
    strength: float

    @property
    def length(self) -> float:
        """Base to head, pixels."""
        return float(np.hypot(*(self.head - self.base)))

    @property
    def along(self) -> Points:
        """Unit vector from base to head."""
        return (self.head - self.base) / max(self.length, 1e-6)

    @property
    def across(self) -> Points:
        """Unit vector to the right of ``along`` on the film."""
        return np.array([-self.along[1], self.along[0]])


def refined(film: Film, bone: Points) -> Axis:
    """The axis of one metacarpal from a guess (2, 2): base and head, film pixels."""
    guess = Axis(bone[0], bone[1], 0.0, 0.0)
    smooth = max(_SMOOTH * guess.length, 0.5)
    rise = np.diff(profiles(_smoothed(film, bone, smooth), guess, _LEVELS, _REACH), axis=1)
    low, high, strength = _most_even(rise)
    ends = [low, high]
    base, head = (
        place + guess.across * guess.length * shift
        for place, shift in zip(bone, _extended(ends), strict=True)
    )
    return Axis(base, head, abs(low + high) / 2, strength)


def profiles(film: Film, axis: Axis, levels: Profiles, reach: float) -> Profiles:
    """Grey across the bone at some levels (0 base, 1 head), (levels, samples), ``STEP`` apart."""
    offsets = np.arange(-round(reach / STEP), round(reach / STEP) + 1) * STEP * axis.length
    along = axis.base + levels[:, None] * (axis.head - axis.base)
    places = (along[:, None] + offsets[None, :, None] * axis.across).astype(np.float32)
    grey = cv2.remap(film, places[..., 0], places[..., 1], cv2.INTER_CUBIC)
    return np.asarray(grey, np.float64)


def _smoothed(film: Film, bone: Points, sigma: float) -> Film:
    # Only what the profiles see is worth smoothing, but the rest must keep its place.
    reach = float(np.hypot(*(bone[1] - bone[0]))) * _REACH + 4 * sigma + 2
    height, width = film.shape
    low = np.clip(np.floor(bone.min(0) - reach), 0, (width - 1, height - 1)).astype(int)
    high = np.clip(np.ceil(bone.max(0) + reach), low + 1, (width, height)).astype(int)
    part = (slice(low[1], high[1]), slice(low[0], high[0]))
    smooth = film.copy()
    smooth[part] = cv2.GaussianBlur(film[part], (0, 0), sigma)
    return smooth


def _most_even(rise: Profiles) -> tuple[float, float, float]:
    """How far aside the axis lies at the first and the last level, and the outlines' strength."""
    count = rise.shape[1]
    shifts = np.arange(-round(_SHIFT / STEP), round(_SHIFT / STEP) + 1, 2)
    weight = np.linspace(0, 1, len(_LEVELS))
    # (low, high, level): the column of the axis for every line.
    columns = shifts[:, None, None] * (1 - weight) + shifts[None, :, None] * weight
    middle = np.rint(columns).astype(int) + count // 2
    levels = np.arange(len(_LEVELS))
    far = (shifts[:, None] ** 2 + shifts[None, :] ** 2) / (2 * shifts[-1] ** 2)
    best, found = -np.inf, (0.0, 0.0, 0.0)
    for width in _WIDTHS:
        half = round(width / 2 / STEP)
        left, right = rise[levels, middle - half], rise[levels, middle + half]
        # The weaker side counts: beside a bone only one outline stands out.
        score = np.minimum(left, -right).mean(-1)
        judged = score - _NEAR * far * max(float(score.max()), 0.0)
        at = np.unravel_index(int(judged.argmax()), judged.shape)
        if judged[at] > best:
            best = float(judged[at])
            found = (shifts[at[0]] * STEP, shifts[at[1]] * STEP, float(score[at]))
    return found


def _extended(ends: list[float]) -> tuple[float, float]:
    """Shifts at base and head from those at the first and last level."""
    low, high = ends
    slope = (high - low) / float(_LEVELS[-1] - _LEVELS[0])
    return low - slope * float(_LEVELS[0]), low + slope * float(1 - _LEVELS[0])
