"""One film looked at several times by a landmarker made for photographs, and what the looks share.

MediaPipe finds hands in photographs. A film becomes enough of one when it is stretched, evened
out, lightened, blurred and tinted like skin. How much is right differs from film to film, so a
film is shown in several ways, each also in a mirror, and a hand is what three looks at least agree
on: what is made out of a knee or a face changes from look to look.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.modalities.hand.points import Points, hand_length, well_proportioned

Film: TypeAlias = npt.NDArray[np.float32]
Detector = Callable[[npt.NDArray[np.uint8]], list[Points]]
"""RGB uint8 (H, W, 3) -> the hands in it, each (21, 2) in fractions of width and height."""

AGREEMENT: Final = 0.03
"""Mean distance between two looks' points, in lengths of the hand, up to which they agree."""
LEAST_LOOKS: Final = 3
"""Two looks agreed on a hand in one of two hundred drawn knees."""
_SIDE: Final = 448  # pixels of the longer side, which blurs are given for
_STRETCH: Final = (1.0, 99.5)  # percentiles
_TINT: Final = (0.95, 0.75, 0.62)


@dataclass(frozen=True)
class Look:
    """blur: SD in pixels of the copy. gamma: below 1 lightens. margin: added, of the side."""

    blur: float
    gamma: float
    margin: float


FIRST_LOOKS: Final = (Look(2, 0.3, 0.1), Look(4, 0.3, 0.1), Look(6, 0.5, 0.1))
FURTHER_LOOKS: Final = (Look(6, 0.5, 0.0), Look(9, 0.5, 0.15), Look(6, 0.7, 0.25))


@dataclass(frozen=True, eq=False)
class Agreed:
    """points: (21, 2) film pixels, the looks' median; unrest: their mean distance from it, in
    lengths of the hand; looks: how many agree.
    """

    points: Points
    unrest: float
    looks: int


def agreed_hand(detect: Detector, film: Film) -> Agreed | None:
    """The hand that most looks at a film (H, W) in [0, 1] agree on; None where no three do.

    Looks that see a hand's proportions come first, and two of them are enough where three of any
    agree; what only others agree on is a hand that the quality gate refuses.
    """
    found: list[Points] = []
    for looks in (FIRST_LOOKS, FURTHER_LOOKS):
        for look in looks:
            found += look_at(detect, film, look)
            found += [_mirrored(p, film.shape[1]) for p in look_at(detect, _flipped(film), look)]
        agreed = _agreed([points for points in found if well_proportioned(points)])
        if agreed is not None:
            return agreed
    whole = _agreed(found)
    good = _agreed([points for points in found if well_proportioned(points)], LEAST_LOOKS - 1)
    return whole and (good or whole)


def look_at(detect: Detector, film: Film, look: Look) -> list[Points]:
    """Every hand that one look finds, in film pixels."""
    copy, scale, margin = photo_like(film, look)
    size = np.array(copy.shape[1::-1], np.float64)
    return [(hand * size - margin) / scale - 0.5 for hand in detect(copy)]


def photo_like(film: Film, look: Look) -> tuple[npt.NDArray[np.uint8], float, int]:
    """The copy that the landmarker is shown, RGB; its pixels a film pixel, and its margin."""
    scale = _SIDE / max(film.shape)
    size = tuple(max(8, round(side * scale)) for side in film.shape[::-1])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(film, size, interpolation=method), np.float32)
    low, high = np.percentile(small, _STRETCH)
    levels = np.clip((small - low) / max(float(high - low), 1e-6), 0, 1)
    even = cv2.createCLAHE(3, (8, 8)).apply((levels * 255).astype(np.uint8))
    light = ((even / 255.0) ** look.gamma * 255).astype(np.float32)
    soft = cv2.GaussianBlur(light, (0, 0), look.blur)
    margin, air = round(look.margin * _SIDE), float(np.percentile(soft, 3))
    framed = cv2.copyMakeBorder(soft, *(margin,) * 4, cv2.BORDER_CONSTANT, value=air)
    return np.stack([framed * t for t in _TINT], axis=-1).astype(np.uint8), scale, margin


def _agreed(found: Sequence[Points], least: int = LEAST_LOOKS) -> Agreed | None:
    best: list[int] = []
    for points in found:
        near = [n for n, other in enumerate(found) if _apart(points, other) <= AGREEMENT]
        best = near if len(near) > len(best) else best
    if len(best) < least:
        return None
    chosen = np.array([found[n] for n in best])
    middle: Points = np.median(chosen, axis=0)
    return Agreed(middle, float(np.mean([_apart(middle, p) for p in chosen])), len(best))


def _apart(one: Points, other: Points) -> float:
    distance = float(np.hypot(*(one - other).T).mean())
    return distance / max(hand_length(one), 1e-6)


def _flipped(film: Film) -> Film:
    return np.ascontiguousarray(film[:, ::-1])


def _mirrored(points: Points, width: int) -> Points:
    return np.column_stack((width - 1 - points[:, 0], points[:, 1]))
