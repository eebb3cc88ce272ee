"""Mean region values and concept presence of groups of patients, with intervals.

Groups: everyone, by true class, by most probable class, by sex and by age band. Intervals
are the middle 95% over resamples of patients within the group, all photos of a drawn patient
coming along. A mean is an average of signed values: regions that push one patient up and
another down cancel, so beside it stands the mean magnitude.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.arrays import Floats
from face2bone.evaluation.bootstrap import RESAMPLES, Estimate, estimates
from face2bone.evaluation.groups import subgroups
from face2bone.evaluation.table import PredictionTable
from face2bone.explain.photo_row import Layout
from face2bone.words import message, plural, template

EVERYONE: Final = template("everyone")
TRUE, PREDICTED = template("true class"), template("predicted class")
DIMENSIONS: Final = (EVERYONE, TRUE, PREDICTED, template("sex"), template("age"))
FEW: Final = 30
"""Patients below which an interval over resamples is known to come out too narrow."""
FEWEST: Final = 5
"""Patients below which there is no interval: so few cannot stand for others."""
MAGNITUDE: Final = "magnitude_"


@dataclass(frozen=True)
class GroupMeans:
    """Means over one group.

    regions: for each target of ``Layout``, the mean value of its parts; magnitudes: the mean
    of their absolute values; presence: of the R concepts. ``caution`` is a plain sentence
    where the group is too small to say anything about others, else empty.
    """

    dimension: str
    name: str
    photos: int
    patients: int
    regions: dict[str, tuple[Estimate, ...]]
    magnitudes: dict[str, tuple[Estimate, ...]]
    presence: tuple[Estimate, ...]
    caution: str


def group_means(
    table: pd.DataFrame, layout: Layout, resamples: int = RESAMPLES
) -> tuple[GroupMeans, ...]:
    """Means of every group that has a member, everyone first.

    ``table`` has the columns of ``explain.cohort.explain_store``; ``layout`` says of what.
    """
    return tuple(
        _means(table[chosen], dimension, name, layout, resamples)
        for dimension, name, chosen in _groups(
            prediction_table(table, layout.labels), table, layout
        )
    )


def prediction_table(table: pd.DataFrame, labels: tuple[str, ...]) -> PredictionTable:
    """The explained rows as an evaluation reads predictions."""
    p = table[[f"p_{label}" for label in labels]].to_numpy(float)
    true = [labels.index(label) for label in table["bone_mass_class"]]
    sets = table[[f"set_{label}" for label in labels]].to_numpy(bool)
    return PredictionTable.of(p, true, table, sets)


def as_table(groups: tuple[GroupMeans, ...], layout: Layout) -> pd.DataFrame:
    """One row a group and figure, for a file: dimension, group, counts, figure, item, interval."""
    rows = [
        {
            "dimension": group.dimension,
            "group": group.name,
            "photos": group.photos,
            "patients": group.patients,
            "figure": figure,
            "item": item,
            **vars(estimate),
            "caution": group.caution,
        }
        for group in groups
        for figure, item, estimate in _figures(group, layout)
    ]
    return pd.DataFrame(rows)


def _figures(group: GroupMeans, layout: Layout) -> Iterator[tuple[str, str, Estimate]]:
    for start, means in (("region value, ", group.regions), ("magnitude, ", group.magnitudes)):
        for target, of_regions in means.items():
            for region, estimate in zip(layout.parts, of_regions, strict=True):
                yield f"{start}{target}", region.label, estimate
    for i, estimate in enumerate(group.presence, start=1):
        yield "presence", f"concept {i}", estimate


def _groups(
    predictions: PredictionTable, table: pd.DataFrame, layout: Layout
) -> Iterator[tuple[str, str, npt.NDArray[np.bool_]]]:
    yield EVERYONE, EVERYONE, np.ones(len(table), bool)
    predicted = predictions.probabilities.argmax(axis=1)
    for dimension, classes in ((TRUE, predictions.labels), (PREDICTED, predicted)):
        for k, label in enumerate(layout.labels):
            if (classes == k).any():
                yield dimension, label, classes == k
    yield from (group for group in subgroups(predictions) if group[0] in DIMENSIONS)


def _means(
    rows: pd.DataFrame, dimension: str, name: str, layout: Layout, resamples: int
) -> GroupMeans:
    signed = [c for target in layout.targets for c in layout.region_columns(target)]
    values = rows[signed].to_numpy(float)
    presence = layout.presence_columns
    every = np.column_stack([values, np.abs(values), rows[presence].to_numpy(float)])
    names = [*signed, *(MAGNITUDE + column for column in signed), *presence]
    patients = np.unique(rows["patient_id"].to_numpy(str), return_inverse=True)[1]
    count = int(patients.max()) + 1
    found = _estimates(every, names, patients, count, resamples)

    def of_regions(start: str) -> dict[str, tuple[Estimate, ...]]:
        return {
            target: tuple(found[start + column] for column in layout.region_columns(target))
            for target in layout.targets
        }

    return GroupMeans(
        dimension=dimension,
        name=name,
        photos=len(rows),
        patients=count,
        regions=of_regions(""),
        magnitudes=of_regions(MAGNITUDE),
        presence=tuple(found[column] for column in presence),
        caution=_caution(count),
    )


def _estimates(
    values: Floats, names: list[str], patients: npt.NDArray[np.int64], count: int, resamples: int
) -> dict[str, Estimate]:
    def means(weights: Floats) -> dict[str, Floats]:
        total = weights @ values / weights.sum(axis=1, keepdims=True)
        return dict(zip(names, total.T, strict=True))

    if count < FEWEST:
        plain = means(np.ones((1, len(values))))
        return {name: Estimate(round(float(mean[0]), 6)) for name, mean in plain.items()}
    return estimates(means, patients, resamples)


def _caution(patients: int) -> str:
    if patients >= FEW:
        return ""
    few = plural("1 patient", "{count} patients", patients)
    if patients < FEWEST:
        return message(
            "Only {few}: no interval is given, and a difference from another group may be chance.",
            few=few,
        )
    return message(
        "Only {few}: its intervals are too narrow, and a difference from another group may be "
        "chance.",
        few=few,
    )
