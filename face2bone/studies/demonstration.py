"""What a study can show without a person: drawn patients, what is known of them, and their twins.

An assessment needs none of it, and drawing needs tables and workers; so a study gives it by a
call.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from face2bone.arrays import Floats
from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.changes import Parameter
from face2bone.drawn.worlds import World
from face2bone.modalities.prepared import Prepared

Pictures = Iterable[tuple[Prepared | None, list[Prepared | None]]]
"""Each original with its twins, as a network reads them; None where nothing was found."""


class Kind(Protocol):
    """What is said of a change that makes a twin."""

    @property
    def kind(self) -> str:
        """What it belongs to."""

    @property
    def words(self) -> str:
        """What was done."""


@dataclass(frozen=True)
class Twins:
    """The same picture again with one thing changed that an answer should not follow.

    pairs: drawn (how many, seed, input, progress) or of photos (photos, input, progress), each
    original with a twin of every kind, in the order of ``kinds``.
    """

    kinds: Sequence[Kind]
    pairs: Callable[..., Pictures]


@dataclass(frozen=True)
class Changes:
    """A drawn patient's picture made again with some planted values changed.

    parameters: those that can be. patient: pseudonym and world -> the patient; raises
    ``ExplanationError`` for one who was not drawn. values: of the parameters of a patient.
    picture: patient and changed values -> the picture's bytes.
    """

    parameters: tuple[Parameter, ...]
    patient: Callable[[str, World | None], Any]
    values: Callable[[Any], dict[str, float]]
    picture: Callable[[Any, Mapping[str, float]], bytes]

    def along(self, share: float) -> dict[str, float]:
        """Every parameter at a share of the way from its least (0) to its most (1)."""
        return {p.name: p.limits[0] + share * (p.limits[1] - p.limits[0]) for p in self.parameters}


@dataclass(frozen=True, kw_only=True)
class DrawnPatients:
    """What could be known at best of the patients of a cohort that was drawn.

    mark: entries that say in a cohort's plan that this model drew it. patients: how many, world
    and seed -> patients. oracle: patients and world -> the best probabilities of the classes,
    (N, K).
    """

    mark: Mapping[str, str]
    patients: Callable[[int, World, int], tuple[Any, ...]]
    oracle: Callable[[Sequence[Any], World], Floats]


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """Drawn patients of a study of bone.

    version, hash: of what draws; patients_hash: of the model of patients. patients: how many,
    world and seed -> patients. crops: patients, folder and progress -> their crops. oracle:
    patients and world -> the best probabilities of the classes, (N, K).
    """

    version: str
    hash: str
    patients_hash: str
    patients: Callable[[int, World, int], tuple[Any, ...]]
    crops: Callable[..., CropStore]
    oracle: Callable[[Sequence[Any], World], Floats]
    changes: Changes
    twins: Twins
    photo_twins: Twins


@dataclass(frozen=True, kw_only=True)
class AgeDemonstration:
    """Drawn people who look older or younger than they are.

    version, hash: of what draws. crops: see ``drawn.face.crops.aged_crops``. bands: of age, in
    years; age_mean, age_sd: of people who are not spread evenly over them; gap_sd: years.
    """

    version: str
    hash: str
    crops: Callable[..., CropStore]
    bands: tuple[tuple[int, int], ...]
    age_mean: float
    age_sd: float
    gap_sd: float
    twins: Twins
    photo_twins: Twins
