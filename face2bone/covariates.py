"""What a network reads beside the picture: a patient's age, sex and the like, standardised.

The values that standardise are fitted on the training patients and travel in the bundle's card,
so that a patient's age means the same in training, in an evaluation and in an assessment. What
is missing is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from face2bone.errors import CovariateMissing
from face2bone.patient import Patient, Sex
from face2bone.words import all_of, template

if TYPE_CHECKING:  # an assessment needs no tables
    import pandas as pd

Rows: TypeAlias = npt.NDArray[np.float32]
"""Standardised covariates (N, V), or (V,) of one patient."""


def _number(cell: Any) -> float:
    return float(cell)


def _female(cell: Any) -> float:
    return {Sex.FEMALE.value: 1.0, Sex.MALE.value: 0.0}.get(str(cell), float("nan"))


READERS: Final[Mapping[str, Callable[[Any], float]]] = {
    "age_years": _number,
    "sex": _female,
    "height_cm": _number,
    "weight_kg": _number,
}
"""Column of a manifest -> from its cell to a number: 1 for women and 0 for men, NaN if unknown."""

WORDS: Final[Mapping[str, str]] = {
    "age_years": template("age"),
    "sex": template("sex"),
    "height_cm": template("height"),
    "weight_kg": template("weight"),
}


@dataclass(frozen=True)
class Covariate:
    """One value beside the picture, which becomes (value - mean) / scale.

    name: a key of ``READERS``. mean and scale: of the training patients.
    """

    name: str
    mean: float
    scale: float

    @property
    def is_usable(self) -> bool:
        """Whether it is a known one that can be computed with."""
        finite = bool(np.isfinite(self.mean)) and 0 < self.scale < np.inf
        return finite and self.name in READERS


def fit_covariates(table: pd.DataFrame, names: Sequence[str]) -> tuple[Covariate, ...]:
    """Mean and SD of some columns over the training rows; 1 for the SD of a constant one.

    Raises ``CovariateMissing`` where a cell is.
    """
    fitted = []
    for name in names:
        values = _column(table, name)
        fitted.append(Covariate(name, float(values.mean()), float(values.std()) or 1.0))
    return tuple(fitted)


def of_table(table: pd.DataFrame, covariates: tuple[Covariate, ...]) -> Rows:
    """Standardised covariates (N, V) of a table's rows; V is 0 for a network without any.

    Raises ``CovariateMissing`` naming the first column that lacks a value.
    """
    columns = [(_column(table, c.name) - c.mean) / c.scale for c in covariates]
    rows: Rows = np.zeros((len(table), len(covariates)), np.float32)
    for place, column in enumerate(columns):
        rows[:, place] = column
    return rows


def of_patient(patient: Patient, covariates: tuple[Covariate, ...]) -> Rows:
    """Standardised covariates (V,) of one patient."""
    cells = {**vars(patient), "sex": patient.sex.value}
    values = [(READERS[c.name](cells[c.name]) - c.mean) / c.scale for c in covariates]
    return np.array(values, np.float32)


def in_words(names: Sequence[str]) -> str:
    """As a sentence names them: "age and sex"."""
    return all_of([WORDS[name] for name in names])


def missing(names: Sequence[str]) -> CovariateMissing:
    """The error where a network that reads these beside the picture got none of them."""
    return CovariateMissing(
        "The model reads {details} beside the picture, and they were not given. Give the "
        "patient's details as well.",
        details=in_words(names),
    )


def _column(table: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    if name not in table:
        raise missing([name])
    values = np.array([READERS[name](cell) for cell in table[name]], np.float64)
    unknown = int(np.isnan(values).sum())
    if unknown:
        raise CovariateMissing(
            "The model reads {detail} beside the picture, and {unknown} of {count} rows "
            "have none. Fill in the column {column}, or leave these rows out.",
            detail=WORDS[name],
            unknown=unknown,
            count=len(values),
            column=name,
        )
    return values
