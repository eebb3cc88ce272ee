"""An added-value study with what it is of, as a file beside the bundle whose trunk was read."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError

from face2bone.atomic_files import write_whole
from face2bone.bundle import Bundle, bundle_hash
from face2bone.errors import EvaluationError
from face2bone.evaluation.added_value.study import AddedValue

ATTACHED: Final = "added_value.json"


@dataclass(frozen=True)
class AddedValueRecord:
    """One study. sha256: of the bundle; about: bundle and cohort in words."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    sha256: str
    about: str
    found: AddedValue


def attach(bundle: Bundle, about: str, found: AddedValue) -> Path:
    """Keep a study beside the bundle, for the dashboard's Model page; returns its path."""
    record = AddedValueRecord(bundle_hash(bundle), about, found)
    return write_whole(
        bundle.root / ATTACHED, _ADAPTER.dump_json(record, indent=1, by_alias=True) + b"\n"
    )


def attached(bundle: Bundle) -> AddedValueRecord | None:
    """The study kept beside the bundle, or None when there is none.

    Raises ``EvaluationError`` when it is damaged or was made with another bundle.
    """
    path = bundle.root / ATTACHED
    if not path.is_file():
        return None
    try:
        record = _ADAPTER.validate_json(path.read_bytes())
    except ValidationError as error:
        raise EvaluationError(
            "{file} is not a study this version can read. Run face2bone added-value "
            "--attach again.",
            file=ATTACHED,
        ) from error
    if record.sha256 != bundle_hash(bundle):
        raise EvaluationError(
            "The added-value study is of another bundle ({hash}). Run face2bone "
            "added-value --attach for this one.",
            hash=record.sha256[:12],
        )
    return record


_ADAPTER: Final = TypeAdapter(AddedValueRecord)
