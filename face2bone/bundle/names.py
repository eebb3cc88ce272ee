"""The names researchers give to concepts: what a name may be, and the file that keeps them.

The names a bundle was made with are sealed with it. Names given later stand in a file beside
it that the card does not list: a name is no part of the model, so giving one must not turn the
bundle into another, cut off from its evaluation and from the results a clinic has collected
with it (docs/decisions/0019-concept-names.md). The file carries the bundle's hash, and names
given to another bundle's concepts are not shown. With each name stand who gave it and when.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from face2bone.atomic_files import write_whole
from face2bone.careful import TEXT_BYTES, bytes_of
from face2bone.errors import BundleCorrupt, ConceptNameRefused
from face2bone.words import message, template

NAMES: Final = "concept_names.json"
LONGEST: Final = 60
"""Characters; more do not fit on a concept's card or in a row of the report."""
PUNCTUATION: Final = frozenset(" .,;:'’()/&+-–%?，、：；（）·")
"""What a name may hold besides letters and digits: nothing that marks up a page or a report."""


@dataclass(frozen=True)
class GivenName:
    """What somebody called a concept; ``by`` is empty and ``at`` None in older files."""

    name: str
    by: str = ""
    at: datetime | None = None

    def __str__(self) -> str:
        """Who gave the name and on which day, as a person reads it."""
        if self.at is None:
            return template("Name given before names were signed.")
        day = str(self.at.astimezone().date())
        return message("Name given by {name} on {day}.", name=self.by, day=day)


Given = tuple[GivenName | None, ...]
"""One entry a concept; None where it has the name it was made with."""


class _Signed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    by: str
    at: AwareDatetime


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    bundle_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    names: tuple[_Signed | str | None, ...]

    @property
    def given(self) -> Given:
        """What stands in the file, a name without its giver in an older one."""
        return tuple(_given(one) for one in self.names)


def tidy_name(name: str) -> str:
    """The name as it is kept: composed Unicode, single spaces, none at its ends.

    Raises ``ConceptNameRefused`` when nothing is left, it is longer than 60 characters, or it
    holds anything but letters, digits and plain punctuation.
    """
    words = template("The name"), template("Give the concept a name with letters in it.")
    return _tidied(name, *words)


def tidy_giver(by: str) -> str:
    """The name or initials of who gives a name, as they are kept.

    Raises ``ConceptNameRefused`` by the rules of ``tidy_name``.
    """
    return _tidied(by, template("Who gives the name"), template("Enter your name or initials."))


def _tidied(text: str, what: str, otherwise: str) -> str:
    tidy = " ".join(unicodedata.normalize("NFC", text).split())
    if not any(character.isalnum() for character in tidy):
        raise ConceptNameRefused("{name} is empty. {advice}", name=what, advice=otherwise)
    if len(tidy) > LONGEST:
        raise ConceptNameRefused(
            "{name} has {count} characters. Make it {most} or fewer.",
            name=what,
            count=len(tidy),
            most=LONGEST,
        )
    if not all(_allowed(character) for character in tidy):
        raise ConceptNameRefused(
            "{name} holds a character that a name cannot have. Use letters, digits, spaces "
            "and plain punctuation.",
            name=what,
        )
    return tidy


def combined(made: tuple[str, ...], given: Given) -> tuple[str, ...]:
    """The names to show: the given one where there is one.

    Raises ``ConceptNameRefused`` when a given name is another concept's too, whatever its case.
    """
    shown = tuple(own if new is None else new.name for own, new in zip(made, given, strict=True))
    folded = [name.casefold() for name in shown]
    for new in given:
        if new is not None and folded.count(new.name.casefold()) > 1:
            raise ConceptNameRefused(
                "Another concept is called {name} already. Give this one a name of its own.",
                name=f"{new.name!r}",
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
        given = found.given
        _check(made, given)
    except (ValidationError, ValueError, ConceptNameRefused) as error:
        raise _damaged() from error
    return given


def write_names(root: Path, sha256: str, given: Given) -> None:
    """Keep the given names beside the bundle, all of them or none.

    Raises ``ConceptNameRefused`` when the folder cannot be written.
    """
    entries = tuple(_entry(one) for one in given)
    data = _File(bundle_sha256=sha256, names=entries).model_dump_json(indent=1).encode() + b"\n"
    try:
        write_whole(root / NAMES, data)
    except OSError as error:
        raise ConceptNameRefused(
            "The bundle's folder cannot be written, so the name is not kept. "
            "Copy the bundle to a folder of yours and set FACE2BONE_BUNDLE to it."
        ) from error


def _given(one: _Signed | str | None) -> GivenName | None:
    if isinstance(one, _Signed):
        return GivenName(one.name, one.by, one.at)
    return None if one is None else GivenName(one)


def _entry(one: GivenName | None) -> _Signed | str | None:
    """A name as the file holds it; one from before names were signed stays as it was."""
    if one is None or one.at is None:
        return None if one is None else one.name
    return _Signed(name=one.name, by=one.by, at=one.at)


def _allowed(character: str) -> bool:
    # Marks complete the letters of scripts that are not composed.
    kind = unicodedata.category(character)
    return kind[0] in "LN" or kind in ("Mn", "Mc") or character in PUNCTUATION


def _check(made: tuple[str, ...], given: Given) -> None:
    for one in given:
        if one is None:
            continue
        if tidy_name(one.name) != one.name or (one.at and tidy_giver(one.by) != one.by):
            raise ValueError("a name is not as it is kept")
    combined(made, given)


def _damaged() -> BundleCorrupt:
    return BundleCorrupt(
        "The file {file} beside the bundle does not hold what it should. Delete it: the "
        "concepts then have the names they were made with.",
        file=NAMES,
    )
