"""Where the bones of a drawn hand lie: nineteen tubes, eight carpals, radius and ulna.

Millimetres of a hand of size 1 (middle finger to wrist 190 mm), seen from behind with the
thumb at +x and the fingers up (y falls toward their tips); the wrist is at the origin.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from face2bone.drawn.hand.look import RAYS, HandLook
from face2bone.drawn.hand.values import METACARPALS

Point = tuple[float, float]

# Of each ray: base and head of its metacarpal.
_METACARPAL: Final = (
    ((22.0, 8.0), (42.0, -29.0)),
    ((12.5, -3.0), (20.0, -68.0)),
    ((2.0, -5.0), (3.5, -68.0)),
    ((-8.0, -2.0), (-12.0, -59.0)),
    ((-16.5, 2.0), (-25.0, -50.0)),
)
_DIRECTION: Final = ((0.60, -0.80), (0.13, -0.99), (0.02, -1.0), (-0.09, -0.995), (-0.24, -0.97))
_PHALANX: Final = ((31, 22), (40, 24, 18), (44, 28, 19), (41, 27, 19), (33, 20, 17))
_SHAFT_WIDTH: Final = (
    (10.2, 9.4, 8.0),
    (9.4, 10.2, 8.6, 6.4),
    (9.4, 10.4, 9.0, 6.6),
    (8.0, 9.6, 8.4, 6.4),
    (8.2, 8.8, 7.6, 5.8),
)
# Trapezium, trapezoid, capitate, hamate, scaphoid, lunate, triquetrum, pisiform:
# centre, radii along and across, turn in degrees.
CARPALS: Final = (
    (19.0, 14.0, 7.5, 6.5, 30.0),
    (11.0, 7.5, 6.5, 6.0, 0.0),
    (1.5, 10.0, 7.0, 10.5, 0.0),
    (-9.5, 9.5, 7.5, 8.5, -20.0),
    (12.5, 20.5, 7.0, 8.5, 40.0),
    (1.0, 25.0, 7.5, 6.5, 0.0),
    (-11.0, 21.0, 7.5, 6.0, 30.0),
)
PISIFORM: Final = (-14.0, 17.5, 5.0, 5.5, 0.0)
RADIUS: Final = ((8.0, 112.0), (8.0, 31.0), 16.0)
ULNA: Final = ((-12.5, 112.0), (-13.0, 34.0), 11.0)


@dataclass(frozen=True)
class Tube:
    """One long bone: from base to head (mm), shaft width (mm), its ray (0 thumb), what it is.

    kind: 0 metacarpal, 1 proximal phalanx, 2 middle or distal; last: whether a finger ends here.
    """

    base: Point
    head: Point
    width: float
    ray: int
    kind: int
    last: bool

    @property
    def part(self) -> str:
        """The id of its part in ``HAND_PARTS``."""
        if self.kind == 0:
            return METACARPALS[min(self.ray, len(METACARPALS) - 1)]
        return "proximal_phalanges" if self.kind == 1 else "distal_phalanges"

    @property
    def length(self) -> float:
        """Base to head, mm."""
        return float(np.hypot(self.head[0] - self.base[0], self.head[1] - self.base[1]))


def tubes(look: HandLook) -> tuple[Tube, ...]:
    """The nineteen tubes of a hand; joints of 0 mm: the ends are drawn short by half a joint."""
    bones: list[Tube] = []
    for ray in range(RAYS):
        base, rest = _METACARPAL[ray]
        head = _along(base, _unit(base, rest), look.lengths[ray] * np.hypot(*_minus(rest, base)))
        widths = [w * look.width for w in _SHAFT_WIDTH[ray]]
        bones.append(Tube(base, head, widths[0], ray, 0, last=False))
        direction = _turned(_DIRECTION[ray], look.spread[ray])
        for number, length in enumerate(_PHALANX[ray]):
            start, head = head, _along(head, direction, length * look.lengths[ray])
            last = number == len(_PHALANX[ray]) - 1
            kind = 1 if number == 0 else 2
            bones.append(Tube(start, head, widths[number + 1], ray, kind, last))
    return tuple(bones)


def _minus(a: Point, b: Point) -> Point:
    return a[0] - b[0], a[1] - b[1]


def _unit(a: Point, b: Point) -> Point:
    dx, dy = _minus(b, a)
    length = float(np.hypot(dx, dy))
    return dx / length, dy / length


def _along(start: Point, direction: Point, length: float) -> Point:
    return start[0] + direction[0] * float(length), start[1] + direction[1] * float(length)


def _turned(direction: Point, degrees: float) -> Point:
    """Toward the thumb (+x) for positive degrees."""
    c, s = float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))
    x, y = direction[0] * c - direction[1] * s, direction[0] * s + direction[1] * c
    length = float(np.hypot(x, y))
    return x / length, y / length
