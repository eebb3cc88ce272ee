"""A patient's history from a TOML or JSON file, for those who do not use the form.

The keys are the fields of ``History``; a key that is left out was not answered.
"""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from face2bone.careful import TEXT_BYTES, bytes_of, json_of, toml_of
from face2bone.errors import PatientError
from face2bone.history import Fracture, History, SiteScores
from face2bone.invalid_value import first_fault
from face2bone.words import message, template

_SHOWN: Final = 40  # characters of a key that a message repeats


def read_history(path: Path) -> History:
    """The history in a ``.toml`` or ``.json`` file.

    Raises ``PatientError`` when the file cannot be read, names an unknown answer, or holds
    a value outside its range.
    """
    try:
        text = bytes_of(path, TEXT_BYTES)
        data = json_of(text) if path.suffix.lower() == ".json" else toml_of(text)
    except (OSError, ValueError) as error:
        reason = (
            template("it cannot be opened")
            if isinstance(error, OSError)
            else message("it {fault}", fault=str(error))
        )
        raise PatientError(
            "The history file {file} was not read: {reason}. Write it as TOML or JSON.",
            file=path.name,
            reason=reason,
        ) from None
    return parse_history(data)


def parse_history(data: Any) -> History:
    """The history from plain values, such as JSON gives; raises ``PatientError``."""
    from pydantic import TypeAdapter, ValidationError

    _refuse_unknown_keys(data)
    try:
        return TypeAdapter(History).validate_python(data)
    except ValidationError as error:
        where, reason = first_fault(error)
        raise PatientError(
            "The history's answer {answer} is not valid: it {reason}. Correct it or leave it out.",
            answer=where[:_SHOWN] or template("as a whole"),
            reason=reason,
        ) from None


def _refuse_unknown_keys(data: Any) -> None:
    if not isinstance(data, Mapping):
        return
    _only(data, History)
    for name in ("t_scores", "z_scores"):
        _only(data.get(name), SiteScores)
    listed = data.get("fractures")
    for fracture in listed if isinstance(listed, list) else ():
        _only(fracture, Fracture)


def _only(part: Any, shape: type[History] | type[SiteScores] | type[Fracture]) -> None:
    known = {f.name for f in fields(shape)}
    unknown = sorted(set(part) - known) if isinstance(part, Mapping) else []
    if unknown:
        raise PatientError(
            "The history knows no answer named {answer}. Use one of these: {answers}.",
            answer=f"{unknown[0][:_SHOWN]!r}",
            answers=tuple(sorted(known)),
        )
