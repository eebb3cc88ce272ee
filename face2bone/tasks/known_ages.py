"""How far answers in years lie from the ages of the same people: one set of figures everywhere."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats


@dataclass(frozen=True)
class KnownAges:
    """Ages beside what was answered, years; ``low`` and ``high`` end the interval; (N,) each."""

    ages: Floats
    answers: Floats
    low: Floats
    high: Floats

    @property
    def off(self) -> Floats:
        """Answer minus age (N,)."""
        off: Floats = self.answers - self.ages
        return off

    def some(self, rows: npt.NDArray[np.bool_]) -> "KnownAges":
        """Those of some rows (N,)."""
        return KnownAges(self.ages[rows], self.answers[rows], self.low[rows], self.high[rows])

    def weighed(self, weights: Floats) -> dict[str, Floats]:
        """Figures under each row of weights (R, N), by name; (R,) each.

        mae, bias: of answer minus age. slope: of the answers on age, NaN where all are of one
        age. coverage: share of ages inside the interval. width: of the interval.
        """
        total, ages, off = weights.sum(axis=1), self.ages, self.off

        def mean(values: npt.NDArray[np.generic]) -> Floats:
            weighted: Floats = weights @ np.asarray(values, np.float64) / total
            return weighted

        spread = mean(ages**2) - mean(ages) ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            tilt = (mean(ages * off) - mean(ages) * mean(off)) / spread
        return {
            "mae": mean(np.abs(off)),
            "bias": mean(off),
            "slope": 1.0 + tilt,
            "coverage": mean((self.low <= ages) & (ages <= self.high)),
            "width": mean(self.high - self.low),
        }

    def figures(self) -> dict[str, float]:
        """The same figures with everybody counted once."""
        found = self.weighed(np.ones((1, len(self.ages))))
        return {name: float(value[0]) for name, value in found.items()}
