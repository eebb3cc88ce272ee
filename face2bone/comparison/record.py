"""A comparison with where its figures came from, as its JSON file holds it.

The same file may lie beside a bundle, where the Model page shows it. It is about designs, trained
alike by one recipe, and not about that bundle's weights; so it carries its own account and no hash.
Its rows stand apart from what trains: a page that shows them trains nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from face2bone.atomic_files import write_whole
from face2bone.errors import EvaluationError
from face2bone.evaluation.bootstrap import Estimate

FIGURES: Final = ("accuracy", "macro_auc", "rps", "osteopenia_f1")
"""What is measured of every row, by name."""


@dataclass(frozen=True)
class Row:
    """One line of a table.

    seeds: finished seeds, in order; None for a model without any, empty before the first.
    figures: by name, means over seeds; empty before the first. spread: each seed's figures.
    ahead: the figure of the network at hand minus this row's; None for that network itself or
    before both have one.
    multiply_adds, parameters, learning_rate, minutes (mean of a run): of networks.
    """

    name: str
    title: str
    seeds: tuple[int, ...] | None
    figures: Mapping[str, Estimate]
    spread: Mapping[str, tuple[float, ...]]
    ahead: Mapping[str, Estimate] | None
    multiply_adds: int | None = None
    parameters: int | None = None
    learning_rate: float | None = None
    minutes: float | None = None


Kind = Literal["comparison", "ablation"]


@dataclass(frozen=True)
class Account:
    """Where figures came from: everything needed to get them again.

    patients: by side of the split. cohort, machine, versions: in words, without paths. compared:
    title of the network at hand; files of before there was a choice are about Face2Bone.
    """

    command: str
    recipe: str
    seeds: int
    patients: Mapping[str, int]
    cohort: str
    machine: str
    versions: str
    compared: str = "Face2Bone"


@dataclass(frozen=True)
class Comparison:
    """Every row of a table, the one that is compared with all others among them."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    account: Account
    rows: tuple[Row, ...]


def to_json(found: Comparison) -> bytes:
    """UTF-8 JSON, a figure that is not defined is null."""
    return _ADAPTER.dump_json(found, indent=1) + b"\n"


def from_json(data: bytes, name: str) -> Comparison:
    """Parse a comparison; ``name`` is the file's, for the message.

    Raises ``EvaluationError`` when it is not one.
    """
    try:
        return _ADAPTER.validate_json(data)
    except ValidationError as error:
        raise EvaluationError(
            "{file} is not a comparison this version can read. Run face2bone compare or "
            "face2bone ablate again.",
            file=name,
        ) from error


def attach(bundle_root: Path, kind: Kind, found: Comparison) -> Path:
    """Keep a comparison beside a bundle, for the dashboard's Model page; returns its path."""
    return write_whole(_beside(bundle_root, kind), to_json(found))


def attached(bundle_root: Path, kind: Kind) -> Comparison | None:
    """The comparison kept beside a bundle, or None when there is none.

    Raises ``EvaluationError`` when it is damaged.
    """
    path = _beside(bundle_root, kind)
    return from_json(path.read_bytes(), path.name) if path.is_file() else None


def _beside(bundle_root: Path, kind: Kind) -> Path:
    return bundle_root / f"{kind}.json"


_ADAPTER: Final = TypeAdapter(Comparison)
