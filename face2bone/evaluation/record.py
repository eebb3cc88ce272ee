"""An evaluation with what it is of: which bundle, which cohort, when; and its file.

The same JSON is ``metrics.json`` of a report and, beside a bundle, ``evaluation.json``. A
bundle's card cannot hold it, because the card's hash is what was evaluated; so the file
carries the bundle's hash, and is never shown for another bundle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar, Final

from pydantic import ConfigDict, TypeAdapter

from face2bone.atomic_files import write_whole
from face2bone.bundle import Bundle, Status, bundle_hash
from face2bone.errors import EvaluationError
from face2bone.evaluation.guards.report import Guarded
from face2bone.evaluation.result import Evaluation
from face2bone.reference import ReferenceMethod
from face2bone.tasks import BONE_MASS

SCHEMA: Final = 1
ATTACHED: Final = "evaluation.json"


@dataclass(frozen=True)
class BundleName:
    """The bundle that spoke."""

    name: str
    version: str
    status: Status
    sha256: str


@dataclass(frozen=True)
class CohortFacts:
    """Whom the figures are of.

    drawn: the cohort's folder says its faces were drawn; no real person.
    photos, patients: of the manifest; rejected: photos left out, by reason, in which
        numbers are replaced by an ellipsis so that like reasons are counted together.
    out_of_domain: usable photos unlike the bundle's training faces.
    boundary: the rule that classes T = -1.0.
    remarks: plain sentences a reader must know, such as an overlap with training.
    reference_method: how bone was measured; DXA in an older file, which knew no other.
    """

    description: str
    drawn: bool
    photos: int
    patients: int
    rejected: Mapping[str, int]
    out_of_domain: int
    boundary: str
    first_day: date
    last_day: date
    sites: int
    devices: int
    remarks: tuple[str, ...]
    reference_method: ReferenceMethod = ReferenceMethod.DXA


@dataclass(frozen=True)
class EvaluationRecord:
    """One evaluation, as its file holds it; ``guards`` is None in an older file."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    bundle: BundleName
    cohort: CohortFacts
    evaluation: Evaluation
    engine: str
    created_on: date
    software: str
    schema: int = SCHEMA
    guards: Guarded | None = None


def to_json(record: EvaluationRecord) -> bytes:
    """UTF-8 JSON in one line; a figure that is not defined is null."""
    return _ADAPTER.dump_json(record) + b"\n"


def from_json(data: bytes, name: str) -> EvaluationRecord:
    """Parse a record; ``name`` is the file's, for the message.

    Raises ``EvaluationError`` when it is not one, or of another version.
    """
    try:
        record = _ADAPTER.validate_json(data)
        for group in (record.evaluation.everyone, *record.evaluation.groups):
            BONE_MASS.by_name(group.of_class)  # a page names every count by its class
    except ValueError as error:  # pydantic's own among them
        raise EvaluationError(
            "{file} is not an evaluation this version can read. Run face2bone evaluate again.",
            file=name,
        ) from error
    if record.schema != SCHEMA:
        raise EvaluationError(
            "{file} has schema {schema} and this version reads {known}. Run face2bone "
            "evaluate again.",
            file=name,
            schema=record.schema,
            known=SCHEMA,
        )
    return record


def attach(bundle: Bundle, record: EvaluationRecord) -> Path:
    """Keep the record beside the bundle, for the dashboard's Model page; returns its path.

    Raises ``EvaluationError`` when it was measured with another bundle.
    """
    _require_of(bundle, record)
    return write_whole(bundle.root / ATTACHED, to_json(record))


def attached(bundle: Bundle) -> EvaluationRecord | None:
    """The record kept beside the bundle, or None when there is none.

    Raises ``EvaluationError`` when it is damaged or was measured with another bundle.
    """
    path = bundle.root / ATTACHED
    if not path.is_file():
        return None
    record = from_json(path.read_bytes(), ATTACHED)
    _require_of(bundle, record)
    return record


def _require_of(bundle: Bundle, record: EvaluationRecord) -> None:
    if record.bundle.sha256 != bundle_hash(bundle):
        raise EvaluationError(
            "The evaluation is of another bundle ({other}), not of this one ({own}). "
            "Run face2bone evaluate --attach for this one.",
            other=record.bundle.sha256[:12],
            own=bundle_hash(bundle)[:12],
        )


_ADAPTER: Final = TypeAdapter(EvaluationRecord)
