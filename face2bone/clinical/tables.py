"""The published instruments as data: who each applies to, its points, cut-offs and source.

The figures live in ``instruments.toml``; this module refuses a file in which a figure has
no source, a table is out of order or an instrument is missing.
"""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field, model_validator

from face2bone.clinical.score import Instrument
from face2bone.clinical.source import Frozen, Source
from face2bone.history import Ethnicity
from face2bone.patient import Menopause, Sex


class Cutoff(Frozen):
    """A published cut-off: what it asks for in words, its number, and the side it refers on."""

    refers: Literal["below", "at_or_below", "at_or_above"]
    value: float
    words: str = Field(min_length=1)

    def past(self, value: float) -> bool:
        """Whether a value lies on the side the words speak of."""
        if self.refers == "at_or_above":
            return value >= self.value
        return value < self.value or (self.refers == "at_or_below" and value == self.value)


class Points(Frozen):
    """Points given from a limit upwards."""

    at_least: float
    points: int


class Band(Frozen):
    """A name given from a limit upwards."""

    at_least: float
    label: str


class Population(Frozen):
    """Who an instrument is for; ``words`` say it on the screen."""

    words: str = Field(min_length=1)
    sex: Sex | None = None
    youngest: int | None = None  # completed years
    oldest: int | None = None
    menopause: Menopause | None = None
    ethnicities: frozenset[Ethnicity] = frozenset()  # empty: any


class Spec(Frozen):
    """One instrument's figures, lowest limit first in every table."""

    title: str
    source: str
    population: Population
    unit: str
    cutoff: Cutoff | None = None
    bands: tuple[Band, ...] = ()
    steps: dict[str, tuple[Points, ...]] = Field(default_factory=dict)
    points: dict[str, int] = Field(default_factory=dict)
    limits: dict[str, float] = Field(default_factory=dict)
    note: str = ""

    @model_validator(mode="after")
    def _tables_rise(self) -> "Spec":
        tables = [[row.at_least for row in rows] for rows in self.steps.values()]
        for limits in [*tables, [band.at_least for band in self.bands]]:
            if sorted(set(limits)) != limits:
                raise ValueError(f"{self.title}: the limits {limits} do not rise")
        return self

    def band(self, value: float) -> str:
        """Name of the band a value falls in; empty below the lowest."""
        return next((b.label for b in reversed(self.bands) if value >= b.at_least), "")

    def step(self, table: str, value: float) -> int:
        """Points of a value in one of the tables; 0 below its lowest limit."""
        rows = reversed(self.steps[table])
        return next((row.points for row in rows if value >= row.at_least), 0)


class Tables(Frozen):
    """Every instrument of one version of the file."""

    version: str
    sources: dict[str, Source]
    instruments: dict[Instrument, Spec]

    @model_validator(mode="after")
    def _complete(self) -> "Tables":
        missing = [i.value for i in Instrument if i not in self.instruments]
        if missing:
            raise ValueError(f"instruments without figures: {', '.join(missing)}")
        lost = sorted({s.source for s in self.instruments.values()} - set(self.sources))
        if lost:
            raise ValueError(f"unknown sources: {', '.join(lost)}")
        return self


@cache
def load_tables() -> Tables:
    """The instruments that ship with the package."""
    text = resources.files("face2bone.clinical").joinpath("instruments.toml").read_text("utf-8")
    return Tables.model_validate(tomllib.loads(text))
