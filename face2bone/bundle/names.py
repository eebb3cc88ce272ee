"""The names researchers give to concepts: what a name may be, and the file that keeps them.

The names a bundle was made with are sealed with it. Names given later stand in a file beside
it that the card does not list: a name is no part of the model, so giving one must not turn the
bundle into another, cut off from its evaluation and from the results a clinic has collected
with it (docs/decisions/0019-concept-names.md). The file carries the bundle's hash, and names
given to another bundle's concepts are not shown.
"""

import unicodedata
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from face2bone.careful import TEXT_BYTES, bytes_of
from face2bone.errors import BundleCorrupt, ConceptNameRefused
from face2bone.whole_file import write_whole

NAMES: Final = "concept_names.json"
LONGEST: Final = 60
"""Characters; more do not fit on a concept's card or in a row of the report."""
PUNCTUATION: Final = frozenset(" .,;:'’()/&+-–%?，、：；（）·")
"""What a name may hold besides letters and digits: nothing that marks up a page or a report."""

Given = tuple[str | None, ...]
"""One entry a concept; None where it has the name it was made with."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    bundle_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    names: Given


def tidy_name(name: str) -> str:
    """The name as it is kept: composed Unicode, single spaces, none at its ends.

    Raises ``ConceptNameRefused`` when nothing is left, it is longer than 60 characters, or it
    holds anything but letters, digits and plain punctuation.
    """
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    if not any(character.isalnum() for character in tidy):
        raise ConceptNameRefused("The name is empty. Give the concept a name with letters in it.")
    if len(tidy) > LONGEST:
        raise ConceptNameRefused(
            f"The name has {len(tidy)} characters. Make it {LONGEST} or fewer."
        )
    if not all(_allowed(character) for character in tidy):
        raise ConceptNameRefused(
            "The name holds a character that a name cannot have. "
            "Use letters, digits, spaces and plain punctuation."
        )
    return tidy


def combined(made: tuple[str, ...], given: Given) -> tuple[str, ...]:
    """The names to show: the given one where there is one.

    Raises ``ConceptNameRefused`` when a given name is another concept's too, whatever its case.
    """
    shown = tuple(own if new is None else new for own, new in zip(made, given, strict=True))
    folded = [name.casefold() for name in shown]
    for new in given:
        if new is not None and folded.count(new.casefold()) > 1:
            raise ConceptNameRefused(
                f"Another concept is called {new!r} already. Give this one a name of its own."
            )
    return shown


def read_names(root: Path, sha256: str, made: tuple[str, ...]) -> Given:
    """The names given to the concepts of the bundle with this hash; all None without any.

    Raises ``BundleCorrupt`` when the file does not hold what it should.
    """
    none: Given = (None,) * len(made)
    try:
        data = bytes_of(root / NAMES, TEXT_BYTES)
    except FileNotFoundError:
        return none
    except (OSError, ValueError) as error:
        raise _damaged() from error
    try:
        found = _File.model_validate_json(data)
        if found.bundle_sha256 != sha256:
            return none
        _check(made, found.names)
    except (ValidationError, ValueError, ConceptNameRefused) as error:
        raise _damaged() from error
    return found.names


def write_names(root: Path, sha256: str, given: Given) -> None:
    """Keep the given names beside the bundle, all of them or none.

    Raises ``ConceptNameRefused`` when the folder cannot be written.
    """
    data = _File(bundle_sha256=sha256, names=given).model_dump_json(indent=1).encode() + b"\n"
    try:
        write_whole(root / NAMES, data)
    except OSError as error:
        raise ConceptNameRefused(
            "The bundle's folder cannot be written, so the name is not kept. "
            "Copy the bundle to a folder of yours and set FACE2BONE_BUNDLE to it."
        ) from error


def _allowed(character: str) -> bool:
    # Marks complete the letters of scripts that are not composed.
    kind = unicodedata.category(character)
    return kind[0] in "LN" or kind in ("Mn", "Mc") or character in PUNCTUATION


def _check(made: tuple[str, ...], given: Given) -> None:
    for name in given:
        if name is not None and tidy_name(name) != name:
            raise ValueError("a name is not as it is kept")
    combined(made, given)


def _damaged() -> BundleCorrupt:
    return BundleCorrupt(
        f"The file {NAMES} beside the bundle does not hold what it should. "
        "Delete it: the concepts then have the names they were made with."
    )
