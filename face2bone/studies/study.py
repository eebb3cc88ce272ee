"""A study as one value: which pictures, which question, which network, and how far it has come.

Everything that a study does not change is written once, elsewhere. A study that is planned says
what it will be, and refuses to train, to draw or to assess: nothing of it has been measured. One
that stands apart has models, and commands of its own in place of the common ones.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from face2bone.arrays import Floats
from face2bone.errors import StudyError
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.modality import AnyModality
from face2bone.modalities.prepared import Prepared
from face2bone.patient import Patient
from face2bone.progress import UnitsDone
from face2bone.tasks import OrdinalTask
from face2bone.words import all_of

if TYPE_CHECKING:  # tables and workers, which a list of studies needs neither of
    from face2bone.studies.demonstration import AgeDemonstration, Demonstration, DrawnPatients

Status = Literal["ready", "apart", "planned"]

DrawCohort = Callable[[Path, int, str, int, UnitsDone], Path]
"""Folder, patients, world, seed and progress -> the manifest of a drawn cohort."""


Shape = Callable[[bytes], Floats]
"""A picture's bytes -> the points of its subject."""


class Sample(Protocol):
    """A drawn patient for a demonstration, whom nobody is."""

    @property
    def title(self) -> str:
        """Such as "Woman, 74"."""

    @property
    def patient(self) -> Patient:
        """The details a clinician would type in."""

    @property
    def drawn(self) -> Any:
        """Who was drawn, with what is known of them."""

    def photo_bytes(self) -> bytes:
        """The picture as a file."""


@dataclass(frozen=True, kw_only=True)
class Examples:
    """What a picture has to look like, in words of two drawn ones: the first sample and a bad one.

    works: why the sample does. bad: one that is rejected, as a file; fails: why.
    """

    works: str
    bad: Callable[[], bytes]
    fails: str


def no_samples() -> tuple[Sample, ...]:
    """Of a study that draws none."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What a ready study is made of.

    modality: how its pictures are read and prepared. task: what is asked of them. architecture: a
    name of ``nn.registry``; others: further ones that a recipe may choose, whose settings name
    them on the card.
    baselines: what stands in for a hidden part, by the names of ``explain.baselines``, the first
        shown first. worlds: that ``draw_cohort`` knows, the default first. recipe: what it is
        trained by where no other is named; compared_by: what its network and its rivals are.
        samples: drawn patients to try it on; examples: how the first of them is shown beside a bad
        picture, where there is one. drawn_by: what is known of its drawn patients; demonstration:
        what else is drawn of them. shape: the points of a picture's subject that say its form and
        pose, x and y in turn, in pixels as it is prepared.
    """

    modality: AnyModality
    task: OrdinalTask
    architecture: str
    baselines: tuple[str, str]
    worlds: tuple[str, ...]
    draw_cohort: DrawCohort
    recipe: str = "full"
    compared_by: str = "compact"
    samples: Callable[[], tuple[Sample, ...]] = no_samples
    examples: Examples | None = None
    others: tuple[str, ...] = ()
    drawn_by: "Callable[[], DrawnPatients] | None" = None
    demonstration: "Callable[[], Demonstration] | None" = None
    shape: Shape | None = None

    def network_of(self, named: object) -> str:
        """The network that a card's settings are of, which name it unless it is the study's own."""
        return str(named) if named in self.others else self.architecture


@dataclass(frozen=True, kw_only=True)
class AgeTools:
    """What a study of how old a subject looks is made of.

    modality: how its pictures are read and prepared. reading: the same, prepared for another
    input; None for one that nobody can prepare. cut: the found subject of a picture as a network
    of that input reads it. demonstration: drawn people of known ages.
    """

    modality: AnyModality
    reading: Callable[[InputSpec], AnyModality | None]
    cut: Callable[[Any, Any, InputSpec], Prepared]
    demonstration: "Callable[[], AgeDemonstration]"


@dataclass(frozen=True, kw_only=True)
class DrawnCohorts:
    """How a study's drawn patients are written. worlds: that ``draw`` knows, the default first."""

    worlds: tuple[str, ...]
    draw: DrawCohort


@dataclass(frozen=True, kw_only=True)
class Study:
    """One study.

    id: as manifests and cards name it. pictures, outcome: in words. covariates: columns of the
    manifest that the network reads beside the picture. guards: what the picture shows anyway and
    a result must beat, in words. tools: None where the common commands do not serve it. commands:
    its own, where it stands apart. cohorts: how its drawn patients are written, where it stands
    apart and has any.
    """

    id: str
    title: str
    pictures: str
    outcome: str
    covariates: tuple[str, ...]
    guards: tuple[str, ...]
    tools: Tools | None = None
    commands: tuple[str, ...] = ()
    cohorts: DrawnCohorts | None = None

    @property
    def status(self) -> Status:
        """Whether anything can be done in it yet, and by which commands."""
        if self.tools is not None:
            return "ready"
        return "apart" if self.commands else "planned"

    def ready(self) -> Tools:
        """What it is made of; raises ``StudyError`` where the common commands do not serve it."""
        if self.tools is None and self.commands:
            own = all_of([f"face2bone {name}" for name in self.commands])
            raise StudyError(
                "The study {study} has commands of its own. Use {commands}.",
                study=self.id,
                commands=own,
            )
        if self.tools is None:
            raise StudyError(
                "The study {study} is planned and has no model yet: nothing can be drawn, "
                "trained or assessed in it. Choose a study that face2bone studies calls "
                "ready.",
                study=self.id,
            )
        return self.tools

    def drawn(self) -> DrawnCohorts:
        """How its drawn patients are written; raises ``StudyError`` where it has none."""
        if self.cohorts is not None:
            return self.cohorts
        tools = self.ready()
        return DrawnCohorts(worlds=tools.worlds, draw=tools.draw_cohort)
