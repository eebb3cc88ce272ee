"""A hand's crop divided into ten parts, painted from its 21 points.

Each bone is a rod along its axis, a little wider than the bone, so that a part holds the bone's
outline too; what is left of fingers, palm and forearm is soft tissue. Proportions of widths are
those of an average adult hand, in millimetres of the crop's scale.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.modalities.hand.parts import HAND_PARTS
from face2bone.modalities.hand.points import THUMB_BASE, Points, metacarpals
from face2bone.modalities.parts import OUTSIDE, part_index

Map = npt.NDArray[np.int8]
_FINGERS: Final = (5, 9, 13, 17)
_METACARPAL_MM, _PROXIMAL_MM, _DISTAL_MM = 13.0, 14.0, 12.0  # widths of the rods
_FLESH_MM: Final = 22.0
_TIP_MM: Final = 6.0  # flesh beyond the last point
_CARPALS_MM: Final = (21.0, 17.0)  # half width and half height
_BELOW_BASES_MM: Final = 15.0  # from the metacarpals' bases to the carpals' middle
_FOREARM_MM: Final = (15.0, 100.0)  # from the carpals' middle to the first and last of the forearm
_RADIUS_MM, _ULNA_MM = (11.0, 28.0), (-11.5, 17.0)  # middle aside of the wrist's, and width
_THUMB_BASE_MM: Final = (21.0, 7.0)  # aside of and above the carpals' middle
_WRIST_FLESH_MM: Final = 62.0


def divided(points: Points, shape: tuple[int, int], mm: float) -> Map:
    """Part map (H, W), ``OUTSIDE`` beyond the anatomy; points of a left hand, fingers up."""
    bases = metacarpals(points)
    middle = bases[:, 0].mean(0)
    down = middle - bases[:, 1].mean(0)
    down = down / max(float(np.hypot(*down)), 1e-6)
    carpus = middle + down * _BELOW_BASES_MM / mm
    painted = np.full(shape, OUTSIDE, np.int8)
    _paint_flesh(painted, points, bases, carpus, down, mm)
    _paint_forearm(painted, carpus, down, mm)
    _paint_carpals(painted, carpus, down, mm)
    for first in (THUMB_BASE + 1, *_FINGERS):
        _paint_fingers(painted, points, first, mm)
    _paint_metacarpals(painted, bases, mm)
    start = carpus + (_aside(down) * _THUMB_BASE_MM[0] - down * _THUMB_BASE_MM[1]) / mm
    thumb = (start, points[THUMB_BASE + 1])
    _rod(painted, "metacarpal_1", thumb, (_METACARPAL_MM + 1) / mm, flat=True)
    return painted


def _paint_flesh(
    painted: Map, points: Points, bases: Points, carpus: Points, down: Points, mm: float
) -> None:
    soft = "soft_tissue"
    for first in (THUMB_BASE, *_FINGERS):
        tip = points[first + 3]
        beyond = tip - points[first + 2]
        beyond = tip + beyond / max(float(np.hypot(*beyond)), 1e-6) * _TIP_MM / mm
        _rod(painted, soft, (*points[first : first + 4], beyond), _FLESH_MM / mm)
    aside = _aside(down)
    edge = 9.0 / mm
    palm = [
        points[THUMB_BASE + 1] + aside * edge,
        bases[0, 1] + aside * edge,
        bases[1, 1] - down * edge,
        bases[2, 1] - down * edge,
        bases[3, 1] - aside * edge,
        bases[3, 0] - aside * edge,
        carpus - aside * _WRIST_FLESH_MM / 2 / mm,
        carpus + aside * _WRIST_FLESH_MM / 2 / mm,
    ]
    outline = np.rint(cv2.convexHull(np.array(palm, np.float32))).astype(np.int32)
    cv2.fillConvexPoly(painted.view(np.uint8), outline, part_index(HAND_PARTS, soft))
    end = carpus + down * _FOREARM_MM[1] / mm
    _rod(painted, soft, (carpus, end), _WRIST_FLESH_MM / mm)


def _paint_forearm(painted: Map, carpus: Points, down: Points, mm: float) -> None:
    for part, (beside, width) in (("radius", _RADIUS_MM), ("ulna", _ULNA_MM)):
        start, end = (
            carpus + _aside(down) * beside / mm + down * along / mm for along in _FOREARM_MM
        )
        _rod(painted, part, (start, end), width / mm, flat=True)


def _paint_carpals(painted: Map, carpus: Points, down: Points, mm: float) -> None:
    angle = float(np.degrees(np.arctan2(down[1], down[0]))) - 90
    axes = tuple(round(half / mm) for half in _CARPALS_MM)
    centre = tuple(int(v) for v in np.rint(carpus))
    index = part_index(HAND_PARTS, "carpals")
    cv2.ellipse(painted.view(np.uint8), centre, axes, angle, 0, 360, index, -1)


def _paint_fingers(painted: Map, points: Points, first: int, mm: float) -> None:
    """Of one ray, from its knuckle outward; the thumb has two phalanges."""
    last = first + (2 if first == THUMB_BASE + 1 else 3)
    distal = (*points[first + 1 : last], _beyond(points[last - 1], points[last], 2.0 / mm))
    _rod(painted, "distal_phalanges", distal, _DISTAL_MM / mm)
    proximal = points[first : first + 2]
    _rod(painted, "proximal_phalanges", proximal, _PROXIMAL_MM / mm, flat=True)


def _paint_metacarpals(painted: Map, bases: Points, mm: float) -> None:
    names = ("metacarpal_2", "metacarpal_3", "metacarpals_4_5", "metacarpals_4_5")
    for part, bone in zip(names, bases, strict=True):
        _rod(painted, part, bone, _METACARPAL_MM / mm, flat=True)


def _rod(
    painted: Map, part: str, places: Iterable[Points], width: float, *, flat: bool = False
) -> None:
    """A line of this width through the places; ``flat``: cut off square at its ends."""
    line = np.array(list(places), np.float64)
    index = part_index(HAND_PARTS, part)
    for start, end in pairwise(line):
        along = (end - start) / max(float(np.hypot(*(end - start))), 1e-6)
        aside = _aside(along) * width / 2
        corners = np.array([start + aside, end + aside, end - aside, start - aside])
        cv2.fillConvexPoly(painted.view(np.uint8), np.rint(corners).astype(np.int32), index)
        for place in () if flat else (start, end):
            centre = tuple(int(v) for v in np.rint(place))
            cv2.circle(painted.view(np.uint8), centre, round(width / 2), index, -1)


def _beyond(before: Points, last: Points, pixels: float) -> Points:
    step = last - before
    return last + step / max(float(np.hypot(*step)), 1e-6) * pixels


def _aside(along: Points) -> Points:
    """To the thumb's side of a left hand, for a direction towards the wrist."""
    return np.array([along[1], -along[0]])
