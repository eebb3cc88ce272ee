"""What a drawn film knows about bone: values that a T-score moves, and decoys it does not.

    x_k = clip(c_k + g_k s(t*) + sd_k e_k),   e_k ~ N(0, 1)

with s and the three worlds' t* as in ``drawn.worlds``. A decoy has g_k = 0: it is drawn, it is
seen, it lies where a clinician would look, and it says nothing. The effects are planted by us;
they are no claim about real bones.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

from face2bone.arrays import Floats
from face2bone.drawn.worlds import severity


@dataclass(frozen=True)
class PlantedValue:
    """One value of a film: centre, gain a unit of severity, noise SD and limits, in ``unit``."""

    name: str
    label: str
    unit: str
    centre: float
    gain: float
    noise_sd: float
    lowest: float
    highest: float

    @property
    def is_decoy(self) -> bool:
        """Whether the value is independent of the T-score."""
        return self.gain == 0.0


@dataclass(frozen=True)
class PlantedModel:
    """The values of one kind of film, in the order in which patients hold them."""

    values: tuple[PlantedValue, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The values' names."""
        return tuple(value.name for value in self.values)

    def mean(self, t_score: npt.ArrayLike) -> Floats:
        """Mean before noise and clipping; shape of ``t_score`` + (K,)."""
        mean: Floats = self._column("centre") + self._column("gain") * severity(t_score)[..., None]
        return mean

    def draw(self, rng: np.random.Generator, film_t_score: float) -> tuple[float, ...]:
        """The values of a film that carries ``film_t_score`` (t* above)."""
        noise = self._column("noise_sd") * rng.standard_normal(len(self.values))
        limits = self._column("lowest"), self._column("highest")
        return tuple(np.clip(self.mean(film_t_score) + noise, *limits).tolist())

    def log_likelihood(self, values: npt.ArrayLike, t_score: Floats) -> Floats:
        """Log p(values | t) of (N, K) values on a (G,) grid of T, up to a constant; (N, G).

        A clipped value contributes the probability of lying beyond its limit.
        """
        x, means = np.asarray(values, np.float64), self.mean(t_score)
        total = np.zeros((len(x), len(t_score)))
        for k, value in enumerate(self.values):
            z = (x[:, k, None] - means[:, k]) / value.noise_sd
            term = -0.5 * z**2
            low, high = x[:, k] <= value.lowest, x[:, k] >= value.highest
            term[low] = log_ndtr(z[low])
            term[high] = log_ndtr(-z[high])
            total += term
        return total

    def _column(self, field: str) -> Floats:
        return np.array([getattr(value, field) for value in self.values], np.float64)
