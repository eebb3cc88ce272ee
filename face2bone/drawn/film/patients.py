"""Patients of one kind of drawn film: the people of ``drawn.people`` with planted values.

What a film knows about bone: values that a T-score moves, and decoys that it does not.

    x_k = clip(c_k + g_k s(t*) + sd_k e_k),   e_k ~ N(0, 1)

with s and the three worlds' t* as in ``drawn.worlds``. A decoy has g_k = 0: it is drawn, it is
seen, it lies where a clinician would look, and it says nothing. The effects are planted by us;
they are no claim about real bones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

from face2bone.arrays import Floats
from face2bone.drawn.odds import GRID, class_probabilities, known_without_the_picture
from face2bone.drawn.people import (
    DrawnSubject,
    clinical_arrays,
    draw_subject,
    patient_seed,
    permute_t_scores,
    stream,
)
from face2bone.drawn.worlds import World, severity


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


Laterality: TypeAlias = Literal["left", "right"]
SIDES: Final[tuple[Laterality, ...]] = ("left", "right")


@dataclass(frozen=True, kw_only=True)
class FilmPatient(DrawnSubject):
    """A drawn patient; ``values`` in the model's order are what the film shows of the bone."""

    values: tuple[float, ...]
    side: Laterality


def draw_film_patient(
    model: PlantedModel, seed: int, world: Literal[World.PLANTED, World.NULL]
) -> FilmPatient:
    """Draw one patient; both worlds differ in the values only. The blank world needs a cohort."""
    rng = stream(seed, 0)
    subject, film_t_score = draw_subject(rng, seed, world)
    values = model.draw(rng, film_t_score)
    side = SIDES[int(rng.integers(len(SIDES)))]
    return FilmPatient(**vars(subject), values=values, side=side)


def draw_film_cohort(
    model: PlantedModel, n: int, world: World, seed: int
) -> tuple[FilmPatient, ...]:
    """Patients 0 to n - 1 of the cohort with this seed.

    A patient does not depend on n, except for the T-score of the blank world.
    """
    base = World.PLANTED if world is World.BLANK else world
    patients = tuple(draw_film_patient(model, patient_seed(seed, i), base) for i in range(n))
    return permute_t_scores(patients, seed) if world is World.BLANK else patients


def named_values(model: PlantedModel, patient: FilmPatient) -> Mapping[str, float]:
    """The patient's values by name."""
    return dict(zip(model.names, patient.values, strict=True))


def film_oracle(model: PlantedModel, patients: Sequence[FilmPatient], world: World) -> Floats:
    """The best any model could do, P(normal, osteopenia, osteoporosis); (N, 3).

    Planted: Bayes' rule with the values, age, sex and BMI (``drawn.odds``). Null and blank:
    ``known_without_the_picture``.
    """
    if world is not World.PLANTED:
        return known_without_the_picture(patients, world)
    values = np.array([p.values for p in patients])
    return class_probabilities(
        lambda block: model.log_likelihood(values[block], GRID), *clinical_arrays(patients)
    )
