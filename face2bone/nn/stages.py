"""Where the maps of a network lie over its input, published by the network itself."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class MapGeometry:
    """One map: position i along an axis is centred on ``first`` + ``step`` * i input pixels.

    first_row: of the rows, where they begin elsewhere than the columns.

    height, width: positions. field: pixels a side that one position sees; None where it sees the
    whole input. non_negative: whether the map follows a ReLU, which CRAFT needs (Fel et al. 2023).
    """

    height: int
    width: int
    first: float
    step: float
    field: int | None
    non_negative: bool
    first_row: float | None = None

    @property
    def rows(self) -> npt.NDArray[np.float64]:
        """Input pixel that each row is centred on; (height,)."""
        first = self.first if self.first_row is None else self.first_row
        return first + self.step * np.arange(self.height, dtype=np.float64)

    @property
    def columns(self) -> npt.NDArray[np.float64]:
        """Input pixel that each column is centred on; (width,)."""
        return self.first + self.step * np.arange(self.width, dtype=np.float64)

    @property
    def patch(self) -> int:
        """Pixels a side, even, of a picture of what is at one position: what it sees, or, where it
        sees the whole input, the three steps about it.
        """
        seen = round(3 * self.step) if self.field is None else self.field
        return seen + seen % 2


@dataclass(frozen=True)
class Stages:
    """The two maps explanations look at.

    stem: the last that sees locally; None where the network has no such part.
    cut: where ``features`` ends and ``head`` begins.
    """

    stem: MapGeometry | None
    cut: MapGeometry
