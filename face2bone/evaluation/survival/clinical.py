"""What every hazard ratio is adjusted for: age, sex, and further columns that were asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from face2bone.arrays import Flags, Floats
from face2bone.errors import SurvivalError
from face2bone.words import AsTyped, all_of, template

DECADE: Final = 10.0  # years
OWN: Final = ("age", "sex", "score")
"""Names that the models use themselves, so no further column may have them."""
AGE_AND_SEX: Final = {"age": template("age"), "sex": template("sex")}


def in_words(names: Sequence[str]) -> str:
    """What is adjusted for, as it stands in a sentence."""
    return all_of([AGE_AND_SEX.get(name) or AsTyped(name) for name in names])


@dataclass(frozen=True)
class Clinical:
    """Columns (N, c) with their names: age in decades, 1 for a man, then the others as they are.

    In a cohort of one sex, sex is not among them.
    """

    names: tuple[str, ...]
    columns: Floats

    @property
    def words(self) -> str:
        """The names as they stand in a sentence."""
        return in_words(self.names)


@dataclass(frozen=True)
class People:
    """The patients of a cohort; (N,) each. others: further columns to adjust for, by name."""

    age_years: Floats
    male: Flags
    others: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def clinical(self) -> Clinical:
        """What ratios are adjusted for.

        Raises ``SurvivalError`` where everybody is of one age.
        """
        if not np.ptp(self.age_years):
            raise SurvivalError(
                "Every patient is of the same age, so nothing can be said beside age. Check the "
                "column age_years, or join another cohort to it."
            )
        named = {"age": self.age_years / DECADE}
        if 0 < self.male.sum() < len(self.male):
            named["sex"] = self.male.astype(np.float64)
        named |= self.others
        return Clinical(tuple(named), np.column_stack(list(named.values())))
