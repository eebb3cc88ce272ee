"""The studies between which a page lets choose: one for each model that is set up.

A card is only asked for its study here, which takes no library that a first visitor would wait
for; the model is loaded when somebody chooses it.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from face2bone.choices import FIRST_STUDY
from face2bone.errors import StudyError
from face2bone.modalities.modality import AnyModality
from face2bone.settings import get_settings
from face2bone.studies import Study, study_named

CARD: Final = "card.yaml"


@dataclass(frozen=True)
class Offered:
    """A study and the folder of its model."""

    study: Study
    root: Path

    @property
    def modality(self) -> AnyModality:
        """The kind of picture that it reads."""
        return self.study.ready().modality


def offered() -> tuple[Offered, ...]:
    """The site's own study first; of two models of one study the first that is named."""
    settings = get_settings()
    own = study_of(settings.bundle) or study_named(FIRST_STUDY)
    found = {own.id: Offered(own, settings.bundle)}
    for root in settings.other_bundles:
        study = study_of(root)
        if study is not None:
            found.setdefault(study.id, Offered(study, root))
    return tuple(found.values())


def named(study_id: str) -> Offered:
    """The one of this study; the site's own where none is."""
    choice = offered()
    return next((one for one in choice if one.study.id == study_id), choice[0])


def study_of(root: Path) -> Study | None:
    """The study of a model, which pages can serve; None where its card cannot be read.

    What is wrong with the card is said when the model is loaded. A card that was mended or put
    there since is read again.
    """
    try:
        written = (root / CARD).stat()
    except (OSError, ValueError):
        return None
    return _read(root, (written.st_mtime_ns, written.st_size))


@lru_cache(maxsize=64)
def _read(root: Path, written: tuple[int, int]) -> Study | None:
    """``written``: when the card was, and how long it is."""
    try:
        card = yaml.safe_load((root / CARD).read_text("utf-8"))
        study = study_named(str(card.get("study", FIRST_STUDY)))
        study.ready()
    except (OSError, ValueError, AttributeError, yaml.YAMLError, StudyError):
        return None
    return study
