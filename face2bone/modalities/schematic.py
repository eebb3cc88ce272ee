"""A drawing of a kind of picture, part by part, that values can be shown on: nobody's."""

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class DrawnPart:
    """One part: its corners before the outline cuts them, and where its number stands.

    whole: whether it is the ground all others are painted on, so that no line frames it.
    """

    part_id: str
    corners: tuple[Point, ...]
    number: Point
    whole: bool = False


@dataclass(frozen=True)
class Schematic:
    """Parts in the order of painting: a later one covers an earlier one.

    width, height: of the drawing. ellipse: the outline, centre x and y and the two radii.
    """

    width: int
    height: int
    ellipse: tuple[float, float, float, float]
    parts: tuple[DrawnPart, ...]

    def drawn(self, part_id: str) -> DrawnPart:
        """The part with this id; ``KeyError`` where there is none."""
        return {part.part_id: part for part in self.parts}[part_id]
