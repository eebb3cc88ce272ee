"""Patients of one kind of drawn film: the people of ``drawn.people`` with planted values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from face2bone.arrays import Floats
from face2bone.drawn.film.planted import PlantedModel
from face2bone.drawn.odds import GRID, class_probabilities, known_without_the_picture
from face2bone.drawn.people import (
    DrawnSubject,
    clinical_arrays,
    draw_subject,
    patient_seed,
    permute_t_scores,
    stream,
)
from face2bone.drawn.worlds import World

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
