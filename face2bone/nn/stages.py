"""Where the maps of a network lie over its input, published by the network itself."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MapGeometry:
    """One map: position i along an axis is centred on ``first`` + ``step`` * i input pixels.

    height, width: positions. field: pixels a side that one position sees; None where it sees the
    whole input. non_negative: whether the map follows a ReLU, which CRAFT needs (Fel et al. 2023).
    """

    height: int
    width: int
    first: float
    step: float
    field: int | None
    non_negative: bool


@dataclass(frozen=True)
class Stages:
    """The two maps explanations look at.

    stem: the last that sees locally; None where the network has no such part.
    cut: where ``features`` ends and ``head`` begins.
    """

    stem: MapGeometry | None
    cut: MapGeometry
