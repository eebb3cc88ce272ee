"""Where an anatomy lies on a film: from its millimetres to the film's pixels."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from face2bone.drawn.film.patients import Laterality

Point = tuple[float, float]


@dataclass(frozen=True)
class Placement:
    """left, top: of the anatomy's origin from the film's corner, mm. size: factor.

    turn_deg: clockwise on the film. mirror: -1 where the anatomy's x runs to the film's left.
    """

    left: float
    top: float
    size: float
    turn_deg: float
    mirror: float

    @property
    def turn(self) -> tuple[float, float]:
        """Cosine and sine of the turn."""
        angle = np.radians(self.turn_deg)
        return float(np.cos(angle)), float(np.sin(angle))

    def pixels(self, points: Mapping[str, Point], spacing_mm: float) -> dict[str, Point]:
        """Points of the anatomy (mm of size 1) as (x, y) in pixels, (0, 0) a pixel's middle."""
        cosine, sine = self.turn
        found = {}
        for name, (x, y) in points.items():
            u, v = self.mirror * x * self.size, y * self.size
            across = self.left + cosine * u - sine * v
            down = self.top + sine * u + cosine * v
            found[name] = (across / spacing_mm - 0.5, down / spacing_mm - 0.5)
        return found


def mirror_of(side: Laterality, unmirrored: Laterality) -> float:
    """1 for the side that the anatomy describes, -1 for the other."""
    return 1.0 if side == unmirrored else -1.0
