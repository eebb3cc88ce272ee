"""A survival study with what it is of: whose score, whether the patients were drawn; and its file.

The JSON is ``survival.json`` of the study's folder.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from pydantic import ConfigDict, TypeAdapter

from face2bone.errors import SurvivalError
from face2bone.evaluation.record import BundleName
from face2bone.evaluation.survival.study import SurvivalStudy
from face2bone.words import AsTyped, message, plural, template

WORLDS: Final = {
    "planted": template("planted"),
    "null": template("null"),
    "censored": template("censored"),
}
SCHEMA: Final = 2
"""1 was the study alone, without a word of whom it is of."""


@dataclass(frozen=True)
class ScoreSource:
    """Where the scores come from: a column of the manifest, else the features of a bundle.

    engine: that read the features. left_out: patients without a usable photo.
    """

    column: str
    bundle: BundleName | None
    engine: str | None
    left_out: int

    @property
    def words(self) -> str:
        """The same in a sentence."""
        if self.bundle is None:
            return message("the column {column} of the manifest", column=AsTyped(self.column))
        about = {"name": AsTyped(self.bundle.name), "status": self.bundle.status}
        if not self.left_out:
            return message("the frozen features of {name} ({status})", **about)
        return message(
            "the frozen features of {name} ({status}); {patients}",
            patients=plural(
                "1 patient without a usable photo is left out",
                "{count} patients without a usable photo are left out",
                self.left_out,
            ),
            **about,
        )


@dataclass(frozen=True)
class FollowedCohort:
    """Who was followed. drawn: no real person; then the world and seed of the drawing."""

    patients: int
    drawn: bool
    world: str | None
    seed: int | None

    @property
    def words(self) -> str:
        """The same in a sentence."""
        if not self.drawn:
            return plural("1 patient", "{count} patients", self.patients)
        return message(
            "{patients} drawn patients ({world} world, seed {seed}); no real person, and nothing "
            "here says how people fare",
            patients=self.patients,
            world=WORLDS.get(str(self.world), str(self.world)),
            seed=str(self.seed),
        )


@dataclass(frozen=True)
class SurvivalRecord:
    """One study, as its file holds it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    source: ScoreSource
    cohort: FollowedCohort
    study: SurvivalStudy
    created_on: date
    software: str
    schema: int = SCHEMA

    @property
    def of_what(self) -> str:
        """Whose score and whose times these are, in words."""
        return message(
            "Score: {score}. Cohort: {cohort}. {software}, {day}.",
            score=self.source.words,
            cohort=self.cohort.words,
            software=self.software,
            day=str(self.created_on),
        )


def to_json(record: SurvivalRecord) -> bytes:
    """UTF-8 JSON; a figure that is not defined is null."""
    return _ADAPTER.dump_json(record, indent=2, by_alias=True) + b"\n"


def from_json(data: bytes, name: str) -> SurvivalRecord:
    """Parse a record; ``name`` is the file's, for the message.

    Raises ``SurvivalError`` when it is none, or of another version.
    """
    try:
        record = _ADAPTER.validate_json(data)
    except ValueError as error:  # pydantic's own among them
        raise _unreadable(name) from error
    if record.schema != SCHEMA or not record.study.scores:
        raise _unreadable(name)
    return record


def _unreadable(name: str) -> SurvivalError:
    return SurvivalError(
        "{file} is no survival study that this version can read. Run face2bone survival again.",
        file=name,
    )


_ADAPTER: Final = TypeAdapter(SurvivalRecord)
