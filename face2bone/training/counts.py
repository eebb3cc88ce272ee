"""Whether a cohort has the photos that every later stage of a run needs, said before the first.

The split follows from the table alone, so what calibration would stop at after hours of aligning
and training is known at once. Asked again when photos have been rejected.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from face2bone.bundle.ood import MINIMUM_PICTURES
from face2bone.calibration.conformal import DEFAULT_ALPHA, minimum_per_class
from face2bone.cohort.splits import split_patients
from face2bone.cohort.views import first_views, visits_of
from face2bone.errors import TrainingError
from face2bone.tasks import BONE_MASS
from face2bone.training.recipe import Recipe
from face2bone.words import CLAUSES, message, template, together


@dataclass(frozen=True)
class Needs:
    """Fewest on a side of the split: visits of each class, and photos in all."""

    of_each_class: Mapping[str, int]
    in_all: Mapping[str, int] = field(default_factory=dict)


FOR_A_BUNDLE: Final = Needs(
    {"train": 1, "calibration": minimum_per_class(DEFAULT_ALPHA), "test": 1},
    {"calibration": MINIMUM_PICTURES},
)
FOR_A_COMPARISON: Final = Needs({"train": 1, "test": 1})


def check_counts(table: pd.DataFrame, recipe: Recipe, seed: int, needs: Needs) -> None:
    """Raise ``TrainingError`` naming every count of photos that is too small.

    ``table`` has ``patient_id`` and the task's label column, one row a photo. Raises
    ``ManifestError`` when a side would hold nobody.
    """
    sides = split_patients(table, recipe.split, seed)
    short = list(_shortfalls(table, sides, recipe, needs))
    if short:
        raise TrainingError(
            "{count} photos are too few for the recipe {recipe}: {reason}. Add patients, or "
            "give these sides larger shares in a copy of the recipe.",
            count=len(table),
            recipe=f"{recipe.name!r}",
            reason=together(short, CLAUSES),
        )


def _shortfalls(
    table: pd.DataFrame, sides: pd.Series, recipe: Recipe, needs: Needs
) -> Iterator[str]:
    """Calibration and test see a visit once, however many views it has."""
    first, classes = first_views(visits_of(table)), table[BONE_MASS.label_column]
    counted = pd.crosstab(classes.iloc[first], sides.iloc[first])
    counts = counted.reindex(index=BONE_MASS.classes, columns=list(recipe.split), fill_value=0)
    unit = (
        template("photos with {group}")
        if len(first) == len(table)
        else template("visits with {group}")
    )
    for side, needed in needs.of_each_class.items():
        for label in BONE_MASS.classes:
            what = message(unit, group=label)
            yield from _short(side, what, int(counts.at[label, side]), needed, recipe)
    for side, needed in needs.in_all.items():
        yield from _short(side, template("photos"), int((sides == side).sum()), needed, recipe)


def _short(side: str, what: str, count: int, needed: int, recipe: Recipe) -> Iterator[str]:
    if count < needed:
        whole = math.ceil(needed / recipe.split[side])
        yield message(
            "the {side} side gets {count} {what} and needs {needed} (about {whole} in the cohort)",
            side=side,
            count=count,
            what=what,
            needed=needed,
            whole=whole,
        )
