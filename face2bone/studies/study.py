"""A study as one value: which pictures, which question, which network, and how far it has come.

Everything that a study does not change is written once, elsewhere. A study that is planned says
what it will be, and refuses to train, to draw or to assess: nothing of it has been measured.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from face2bone.errors import StudyError
from face2bone.modalities.modality import AnyModality
from face2bone.tasks import OrdinalTask

Status = Literal["ready", "planned"]
Progress = Callable[[int, int], None]
"""Called with what is done and the total."""

DrawCohort = Callable[[Path, int, str, int, Progress], Path]
"""Folder, patients, world, seed and progress -> the manifest of a drawn cohort."""


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What a ready study is made of.

    modality: how its pictures are read and prepared. task: what is asked of them. architecture: a
    name of ``nn.registry``.
    baselines: what stands in for a hidden part, by the names of ``explain.baselines``, the first
        shown first. worlds: that ``draw_cohort`` knows, the default first.
    """

    modality: AnyModality
    task: OrdinalTask
    architecture: str
    baselines: tuple[str, str]
    worlds: tuple[str, ...]
    draw_cohort: DrawCohort


@dataclass(frozen=True, kw_only=True)
class Study:
    """One study.

    id: as manifests and cards name it. pictures, outcome: in words. covariates: columns of the
    manifest that the network reads beside the picture. guards: what the picture shows anyway and
    a result must beat, in words. tools: None while it is planned.
    """

    id: str
    title: str
    pictures: str
    outcome: str
    covariates: tuple[str, ...]
    guards: tuple[str, ...]
    tools: Tools | None = None

    @property
    def status(self) -> Status:
        """Whether anything can be done in it yet."""
        return "planned" if self.tools is None else "ready"

    def ready(self) -> Tools:
        """What it is made of; raises ``StudyError`` while it is planned."""
        if self.tools is None:
            raise StudyError(
                f"The study {self.id} is planned and has no model yet: nothing can be drawn, "
                "trained or assessed in it. Choose a study that face2bone studies calls ready."
            )
        return self.tools
