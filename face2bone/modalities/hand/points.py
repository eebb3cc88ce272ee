"""The 21 points of a hand: which is what, how long its bones should be, and which way it lies.

MediaPipe's numbering: 0 the wrist, 1 to 4 the thumb outward, 5 to 8 the index finger, and so on to
the little finger. Coordinates: x to the film's right, y down, pixels, 0 at the first one's centre.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Points: TypeAlias = npt.NDArray[np.float64]

WRIST: Final = 0
THUMB_BASE: Final = 1
KNUCKLES: Final = (5, 9, 13, 17)
"""Heads of metacarpals 2 to 5."""
MIDDLE_KNUCKLE: Final = 9
LEAST_PROPORTION: Final = 0.75
MOST_PROPORTION: Final = 1.25
"""Middle finger over wrist to knuckle: beyond them about one fit in four of a real film lies, and
what lies there has mostly misplaced the row of knuckles."""
MIDDLE_METACARPAL_MM: Final = 64.6
"""Of an adult on average (Buryanov and Kotiuk, Int J Morphol 28, 2010, table 2)."""

# Metacarpal over proximal with middle phalanx, rays 2 to 5 (same table).
_METACARPAL_OVER_PHALANGES: Final = (1.096, 0.910, 0.865, 1.056)
# The bases of metacarpals 2 to 5 lie side by side in this share of the knuckles' row.
_ROW_OF_BASES: Final = 0.64


def finger_proportion(points: Points) -> float:
    """Length of the middle finger over the distance from wrist to its knuckle."""
    palm = _length(points[MIDDLE_KNUCKLE] - points[WRIST])
    finger = sum(_length(points[n + 1] - points[n]) for n in (9, 10, 11))
    return finger / max(palm, 1e-6)


def well_proportioned(points: Points) -> bool:
    """Whether the middle finger and the palm are as long as a hand's may be."""
    return LEAST_PROPORTION <= finger_proportion(points) <= MOST_PROPORTION


def hand_length(points: Points) -> float:
    """Wrist to the middle finger's tip along the bones, pixels."""
    return _length(points[MIDDLE_KNUCKLE] - points[WRIST]) * (1 + finger_proportion(points))


def thumb_on_the_right(points: Points) -> bool:
    """Whether the thumb is on the right of a hand whose fingers point up, as a left hand's is when
    it is seen from behind.
    """
    up = points[MIDDLE_KNUCKLE] - points[WRIST]
    across = points[KNUCKLES[0]] - points[KNUCKLES[-1]]
    return bool(up[0] * across[1] - up[1] * across[0] > 0)


def quarter_turns(points: Points) -> int:
    """Anticlockwise quarter turns of the film (0 to 3) after which the fingers point up."""
    up = points[MIDDLE_KNUCKLE] - points[WRIST]
    return int(np.rint(np.arctan2(up[0], -up[1]) / (np.pi / 2))) % 4


def metacarpals(points: Points) -> Points:
    """Base and head of metacarpals 2 to 5, (4, 2, 2): the heads are the knuckles.

    The wrist's point lies among the carpals, and where is uncertain by a centimetre, so a base is
    placed by the length of its finger.
    """
    knuckles = points[list(KNUCKLES)]
    towards = points[WRIST] - knuckles[1]
    towards = towards / max(_length(towards), 1e-6)
    aside = np.array([-towards[1], towards[0]])
    bases = []
    for knuckle, first, ratio in zip(knuckles, KNUCKLES, _METACARPAL_OVER_PHALANGES, strict=True):
        own = sum(_length(points[first + n + 1] - points[first + n]) for n in (0, 1)) * ratio
        offset = float((knuckle - knuckles[1]) @ aside)
        bases.append(knuckle + towards * own + aside * offset * (_ROW_OF_BASES - 1))
    return np.stack([np.array(bases), knuckles], axis=1)


def middle_metacarpal(points: Points) -> float:
    """Length of the third metacarpal, pixels."""
    base, head = metacarpals(points)[1]
    return _length(head - base)


def _length(step: npt.NDArray[np.float64]) -> float:
    return float(np.hypot(step[0], step[1]))
