"""Groups of patients a model must work for, one by one: sex, age, body mass, site, device."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.evaluation.table import PredictionTable
from face2bone.words import message, template

AGE_BANDS: Final = (50.0, 60.0, 70.0, 80.0)  # years
BMI_BANDS: Final = (18.5, 25.0, 30.0)  # kg/m2: underweight, normal, overweight, obese (WHO)
FEW_PATIENTS: Final = 100
FEW_OF_A_CLASS: Final = 20
SEX_NAMES: Final = {"F": template("women"), "M": template("men")}

Chosen = npt.NDArray[np.bool_]


def subgroups(table: PredictionTable) -> Iterator[tuple[str, str, Chosen]]:
    """Dimension, name and members (N,) of every group that has a member.

    A dimension is left out when the table does not hold its columns, or when everyone is in
    one group of it. Empty cells of site and device are the group "not stated".
    """
    for groups in map(list, _dimensions(table)):
        if len(groups) > 1:
            yield from groups


def _dimensions(table: PredictionTable) -> Iterator[Iterator[tuple[str, str, Chosen]]]:
    about = table.about
    if "sex" in about:
        yield _named("sex", about["sex"].map(lambda s: SEX_NAMES.get(s, s)))
    if "age_years" in about:
        yield _banded("age", about["age_years"], AGE_BANDS, template("years"))
    if {"height_cm", "weight_kg"} <= set(about):
        bmi = about["weight_kg"] / (about["height_cm"] / 100.0) ** 2
        yield _banded(template("body mass index"), bmi, BMI_BANDS, "kg/m²")
    for column in ("site", "device"):
        if column in about:
            yield _named(column, about[column].replace("", template("not stated")))


def caution(patients: int, of_class: Mapping[str, int]) -> str:
    """A plain sentence where a group is too small to say anything about it, else ""."""
    fewest = min(of_class, key=lambda name: of_class[name])
    if patients >= FEW_PATIENTS and of_class[fewest] >= FEW_OF_A_CLASS:
        return ""
    return message(
        "Too few to say: {patients} patients, {photos} photos with {fewest}. Below {few} patients "
        "or {of_a_class} of a class, a difference from others may be chance.",
        patients=patients,
        photos=of_class[fewest],
        fewest=fewest,
        few=FEW_PATIENTS,
        of_a_class=FEW_OF_A_CLASS,
    )


def _named(dimension: str, values: pd.Series) -> Iterator[tuple[str, str, Chosen]]:
    for name in sorted(values.unique()):
        yield dimension, str(name), (values == name).to_numpy(bool)


def _banded(
    dimension: str, values: pd.Series, limits: tuple[float, ...], unit: str
) -> Iterator[tuple[str, str, Chosen]]:
    edges = (-np.inf, *limits, np.inf)
    for low, high in pairwise(edges):
        chosen = ((values >= low) & (values < high)).to_numpy(bool)
        if chosen.any():
            yield dimension, _band(low, high, unit), chosen


def band_names() -> dict[str, str]:
    """Every band's name as the message it is made as, by its text: a file keeps the text alone."""
    kinds = ((AGE_BANDS, template("years")), (BMI_BANDS, "kg/m²"))
    names = (
        _band(low, high, unit)
        for limits, unit in kinds
        for low, high in pairwise((-np.inf, *limits, np.inf))
    )
    return {name: name for name in names}


def _band(low: float, high: float, unit: str) -> str:
    if not np.isfinite(low):
        return message("below {high} {unit}", high=f"{high:g}", unit=unit)
    if not np.isfinite(high):
        return message("{low} {unit} or more", low=f"{low:g}", unit=unit)
    return message("{low} to {high} {unit}", low=f"{low:g}", high=f"{high:g}", unit=unit)
