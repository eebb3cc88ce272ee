"""The metacarpal index: how much of a metacarpal's width is cortex, measured on the film itself.

    index = (radial wall + ulnar wall) / outer width        at the middle of the shaft

also called combined cortical thickness ratio or Barnett-Nordin index. Profiles across the middle
of the shaft are averaged. An outer edge is where grey rises or falls most steeply; the inner edge
of a wall is where grey is highest, for a ray's path through a tube's wall is longest where it just
touches the marrow. Blur moves both edges of a wall into it, so each measure is corrected by what
drawn hands of known index taught (``WALLS_LOST_MM``).

It is a ratio of two lengths on one film: magnification does not matter, age and sex do. It is
information beside a result, never a verdict, and it is no bone age.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from face2bone.modalities.hand.axes import STEP, Axis, Profiles, profiles, refined
from face2bone.modalities.hand.looks import Film
from face2bone.modalities.hand.points import (
    MIDDLE_METACARPAL_MM,
    Points,
    metacarpals,
    middle_metacarpal,
)
from face2bone.modalities.radiograph import Radiograph
from face2bone.words import message, template

COARSEST_MM: Final = 0.4
MOST_UNEVEN: Final = 0.20
"""Difference of the two walls over their mean."""
RAYS: Final = (2, 3, 4)
_MIDDLE: Final = np.linspace(0.42, 0.58, 15)  # of the shaft: a sixth of its length
_THIRDS: Final = (np.linspace(0.36, 0.44, 7), _MIDDLE, np.linspace(0.56, 0.64, 7))
_REACH: Final = 0.14  # of the length, to each side
_LEAST_STRENGTH: Final = 0.012
_WIDTH: Final = (0.08, 0.20)  # of the length, what a shaft may measure
WALLS_LOST_MM: Final = 1.06
"""What both walls together lose to blur: on 60 drawn hands each at 0.15, 0.20, 0.25, 0.30, 0.35 and
0.40 mm a pixel between 1.03 and 1.11 mm for every bone, whatever its width and the pixel's."""


TOO_COARSE: Final = template(
    "The film is too coarse for the index: {size} mm a pixel, and at most {most} is asked. "
    "Use the film in its full resolution."
)
SEEMS_TOO_COARSE: Final = template(
    "The film is too coarse for the index: {size} mm a pixel, judged from the size of the hand, "
    "and at most {most} is asked. Use the film in its full resolution."
)


@dataclass(frozen=True)
class BoneIndex:
    """One metacarpal: its number (2 to 4), index (0 to 1), outer width and both walls in pixels,
    and why it is not used, empty where it is.
    """

    metacarpal: int
    index: float
    width_px: float
    walls_px: tuple[float, float]
    refused: str


@dataclass(frozen=True)
class MetacarpalIndex:
    """What was measured on one film.

    second: index of metacarpal 2, None where it could not be measured; mean: of the three places
    on each of metacarpals 2 to 4 (nine measures), None unless at least two bones could be measured
    at all three; bones: each one; pixel_mm: the film's, ``pixel_known`` where the file said it and
    else judged from the hand's size; refused: why nothing was measured, empty where it was.
    """

    second: float | None
    mean: float | None
    bones: tuple[BoneIndex, ...]
    pixel_mm: float
    pixel_known: bool
    refused: str


def metacarpal_index(film: Radiograph, points: Points) -> MetacarpalIndex:
    """The index of metacarpals 2 to 4 on an adult's film with its hand's points (21, 2).

    Refusals are data: see ``refused``.
    """
    pixel_mm, known = pixel_size(film, points)
    refusal = _refusal(film.pixels, points, pixel_mm, known)
    if refusal:
        return MetacarpalIndex(None, None, (), pixel_mm, known, refusal)
    shafts = metacarpals(points)[: len(RAYS)]
    axes = [refined(film.pixels, shaft) for shaft in shafts]
    crossing = _crossing(axes, shafts)
    measured = [
        _bone(film.pixels, axis, ray, pixel_mm, crossing[n])
        for n, (axis, ray) in enumerate(zip(axes, RAYS, strict=True))
    ]
    bones = tuple(bone for bone, _ in measured)
    second = bones[0].index if not bones[0].refused else None
    places = [three for bone, three in measured if not bone.refused and len(three) == 3]
    mean = float(np.mean(places)) if len(places) >= 2 else None
    refused = "" if second is not None or mean is not None else bones[0].refused
    return MetacarpalIndex(second, mean, bones, pixel_mm, known, refused)


def pixel_size(film: Radiograph, points: Points) -> tuple[float, bool]:
    """Millimetres a pixel, and whether the file says so; else an adult hand's size is assumed."""
    if film.spacing is not None:
        return max(film.spacing.row_mm, film.spacing.column_mm), True
    return MIDDLE_METACARPAL_MM / max(middle_metacarpal(points), 1e-6), False


def has_ring(film: Film, points: Points) -> bool:
    """Whether something brighter than any bone of the palm lies across a finger."""
    shafts = metacarpals(points)
    bone = np.concatenate([_along(film, shaft, 0.16) for shaft in shafts[:3]])
    level = float(np.percentile(bone, 99.5))
    highest = float(np.percentile(bone, 99.5) - np.percentile(bone, 20))
    for first in (5, 9, 13, 17):
        across = _along(film, points[first : first + 2], 0.16)
        bright = (across > level + 0.15 * max(highest, 0.05)).mean(axis=1) > 0.45
        if bright.any():
            return True
    return False


def _refusal(film: Film, points: Points, pixel_mm: float, known: bool) -> str:
    if pixel_mm > COARSEST_MM:
        return message(
            TOO_COARSE if known else SEEMS_TOO_COARSE,
            size=f"{pixel_mm:.2f}",
            most=f"{COARSEST_MM}",
        )
    if has_ring(film, points):
        return message("A ring or other metal lies on a finger. Use a film without it.")
    return ""


def _bone(
    film: Film, axis: Axis, ray: int, pixel_mm: float, crossing: bool
) -> tuple[BoneIndex, tuple[float, ...]]:
    """A bone's index at its middle, and those at the three places."""
    found = [_walls(film, axis, levels) for levels in _THIRDS]
    middle = found[1]
    if middle is None or crossing or axis.strength < _LEAST_STRENGTH:
        why: str = message(
            "The outlines of metacarpal {ray} could not be told apart.", ray=f"{ray}"
        )
        return BoneIndex(ray, float("nan"), float("nan"), (float("nan"),) * 2, why), ()
    left, right, width = middle
    why = ""
    if abs(left - right) > MOST_UNEVEN * (left + right) / 2:
        why = message(
            "The two walls of metacarpal {ray} differ by more than 20 %, so the hand was probably "
            "turned or the outlines were missed.",
            ray=f"{ray}",
        )
    lost = WALLS_LOST_MM / pixel_mm
    three = tuple((a + b + lost) / w for a, b, w in (f for f in found if f is not None))
    index = min((left + right + lost) / width, 1.0)
    return BoneIndex(ray, index, width, (left, right), why), three


def _walls(film: Film, axis: Axis, levels: Profiles) -> tuple[float, float, float] | None:
    """Both walls and the outer width at some levels, in pixels; None where a bone has no two."""
    line = cv2.GaussianBlur(profiles(film, axis, levels, _REACH).mean(0)[None], (0, 0), 1.0)[0]
    slope = np.gradient(line)
    middle, most = len(line) // 2, round(_WIDTH[1] / STEP)
    near = slice(max(0, middle - round(0.75 * most)), middle + round(0.75 * most) + 1)
    left_edge = near.start + int(np.argmax(slope[near.start : middle]))
    right_edge = middle + int(np.argmin(slope[middle : near.stop]))
    if right_edge - left_edge < _WIDTH[0] / STEP:
        return None
    half = (left_edge + right_edge) // 2
    left_peak = left_edge + int(np.argmax(line[left_edge:half]))
    right_peak = half + int(np.argmax(line[half : right_edge + 1]))
    outer = _vertex(slope, left_edge), _vertex(-slope, right_edge)
    inner = _vertex(line, left_peak), _vertex(line, right_peak)
    pixels = STEP * axis.length
    width = (outer[1] - outer[0]) * pixels
    return (inner[0] - outer[0]) * pixels, (outer[1] - inner[1]) * pixels, width


def _vertex(values: Profiles, at: int) -> float:
    """The top of the parabola through a maximum and its neighbours."""
    if not 0 < at < len(values) - 1:
        return float(at)
    before, top, after = values[at - 1 : at + 2]
    bend = before - 2 * top + after
    return at + (0.5 * (before - after) / bend if bend < 0 else 0.0)


def _crossing(axes: list[Axis], shafts: Points) -> list[bool]:
    """Which axes came nearer to a neighbour's than half the way they started from."""
    was = shafts.mean(1)
    now = np.array([(axis.base + axis.head) / 2 for axis in axes])
    near = [False] * len(axes)
    for n in range(len(axes) - 1):
        if np.hypot(*(now[n + 1] - now[n])) < 0.5 * np.hypot(*(was[n + 1] - was[n])):
            near[n] = near[n + 1] = True
    return near


def _along(film: Film, bone: Points, reach: float) -> Profiles:
    """Grey about a bone's axis over most of its length, (levels, samples)."""
    axis = Axis(bone[0], bone[1], 0.0, 0.0)
    return profiles(film, axis, np.linspace(0.15, 0.85, 36), reach / 2)
