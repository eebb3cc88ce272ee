"""A face age evaluation with what it is of: which bundle, whose faces, when; and its file.

The JSON is ``metrics.json`` of the evaluation's folder. Whether the people were drawn and what the
bundle may be used for stand in it, so that no figure of a demonstration passes for a real one.
Figures have intervals, also by age, and what a guess would reach stands beside them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict, TypeAdapter

from face2bone.bundle.years_bundle import Band
from face2bone.cohort.age_manifest import DECADE
from face2bone.errors import EvaluationError
from face2bone.evaluation.bootstrap import Estimate, estimates
from face2bone.evaluation.record import BundleName
from face2bone.tasks.known_ages import KnownAges
from face2bone.words import AsTyped, message, plural

SCHEMA: Final = 1


@dataclass(frozen=True)
class YearsCohort:
    """Whose ages the figures are of.

    drawn: no real person; then the seed and version they were drawn with, else None. side, split:
    the side of which file, both empty for everybody. photos, people: of the manifest. rejected:
    photos left out, by reason. remarks: what a reader must know of the manifest.
    """

    drawn: bool
    seed: int | None
    generator_version: str | None
    side: str
    split: str
    photos: int
    people: int
    rejected: Mapping[str, int]
    remarks: tuple[str, ...]

    @property
    def description(self) -> str:
        """Whom the cohort holds, in words."""
        who = plural("1 person of a cohort", "{count} people of a cohort", self.people)
        if self.drawn:
            who = message(
                "{people} (seed {seed}, generator {version}; no real person)",
                people=plural("1 drawn person", "{count} drawn people", self.people),
                seed=str(self.seed),
                version=str(self.generator_version),
            )
        if not self.split:
            return who
        side = {"side": AsTyped(repr(self.side)), "split": AsTyped(self.split)}
        return message("{people}, side {side} of {split}", people=who, **side)


@dataclass(frozen=True)
class OfSex:
    """Women (F) or men (M). gap: mean age gap, years; None where the bundle has no fit for it."""

    sex: str
    photos: int
    people: int
    mae: Estimate
    bias: Estimate
    gap: Estimate | None


@dataclass(frozen=True)
class YearsFigures:
    """What was measured; years throughout; photos and people are those that were usable.

    mae, bias: of answer minus age. slope: of the answers on age; 1 where the young do not look
    older and the old younger. coverage, width: of the interval; None without one. guess_mae: of
    the cohort's median age, said of everybody. bands: by decade of life. out_of_domain: photos
    unlike those of training; None where that cannot be said.
    """

    photos: int
    people: int
    mae: Estimate
    bias: Estimate
    slope: Estimate
    coverage: Estimate | None
    level: float | None
    width: float | None
    guess_mae: float
    bands: tuple[Band, ...]
    sexes: tuple[OfSex, ...]
    out_of_domain: int | None


@dataclass(frozen=True)
class YearsRecord:
    """One evaluation of a face age bundle, as its file holds it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    bundle: BundleName
    cohort: YearsCohort
    figures: YearsFigures
    engine: str
    created_on: date
    software: str
    schema: int = SCHEMA


def to_json(record: YearsRecord) -> bytes:
    """UTF-8 JSON; a figure that is not defined is null."""
    return _ADAPTER.dump_json(record, indent=1) + b"\n"


def from_json(data: bytes, name: str) -> YearsRecord:
    """Parse a record; ``name`` is the file's, for the message.

    Raises ``EvaluationError`` when it is none, or of another version.
    """
    try:
        record = _ADAPTER.validate_json(data)
    except ValueError as error:  # pydantic's own among them
        raise _unreadable(name) from error
    if record.schema != SCHEMA:
        raise _unreadable(name)
    return record


def _unreadable(name: str) -> EvaluationError:
    return EvaluationError(
        "{file} is no face age evaluation that this version can read. Run face2bone evaluate "
        "again.",
        file=name,
    )


_ADAPTER: Final = TypeAdapter(YearsRecord)


Edges = Iterable[tuple[float, float]]


def years_estimates(known: KnownAges, people: npt.NDArray[np.int64]) -> dict[str, Estimate]:
    """The figures of ``KnownAges.weighed`` with intervals; ``people`` (N,) numbers the rows'."""
    return estimates(known.weighed, people)


def beats_guess(error: Estimate, guess: float) -> bool:
    """Whether the mean absolute error's whole interval lies below a guess's error, years."""
    return error.high is not None and error.high < guess


def decades_of(ages: npt.NDArray[np.float64]) -> Edges:
    """The ten years of life that anybody is in, from the first year to before the last."""
    first = np.unique(ages // DECADE) * DECADE
    return [(float(low), float(low + DECADE)) for low in first]


def bands_of(
    known: KnownAges, edges: Edges, fewest: int = 1, has_interval: bool = True
) -> tuple[Band, ...]:
    """Error of the answers by age; a band of fewer rows than ``fewest`` is left out."""
    made = []
    for first, last in edges:
        rows = (known.ages >= first) & (known.ages < last)
        if rows.sum() < fewest:
            continue
        found = known.some(rows).figures()
        coverage = round(found["coverage"], 4) if has_interval else None
        mae, bias = round(found["mae"], 3), round(found["bias"], 3)
        made.append(Band(float(first), float(last), int(rows.sum()), mae, bias, coverage))
    return tuple(made)
