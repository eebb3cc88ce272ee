"""The catalogue of translations: English template to another language's, read from a ``.po`` file.

Exact templates only. What a catalogue does not know stays English behind a mark, so that a reader
sees that it was not translated. ``python tools/messages.py`` brings the files up to date.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from importlib import resources
from typing import Final

from face2bone.words.message import BLANK, ENGLISH_COMMA, AsTyped, Made, Message, filled

UNTRANSLATED: Final = "[EN] "


class Language(Enum):
    """Languages the program speaks; the value is the BCP 47 language."""

    ENGLISH = "en"
    CHINESE = "zh"

    @property
    def region(self) -> str | None:
        """Country whose way of writing is used; decides Simplified Chinese."""
        return "cn" if self is Language.CHINESE else None


COMMAS: Final = {Language.ENGLISH: ENGLISH_COMMA, Language.CHINESE: "、"}


@dataclass(frozen=True)
class Catalogue:
    """English template -> template in ``language``; English itself needs no entries.

    made: how sentences that were kept as plain text were made, by the sentence.
    """

    language: Language
    entries: Mapping[str, str]
    made: Mapping[str, Made] = field(default_factory=dict)

    def knowing(self, made: Mapping[str, Made]) -> "Catalogue":
        """The same, for texts of a file that says how they were made."""
        return replace(self, made=made)

    def say(self, text: str) -> str:
        """The text in this language, or marked English where it has no translation."""
        translated = self.find(text)
        return f"{UNTRANSLATED}{text}" if translated is None else translated

    def find(self, text: str) -> str | None:
        """The text in this language, or as it was typed; None where it has no translation."""
        if not text or isinstance(text, AsTyped) or self.language is Language.ENGLISH:
            return str(text)
        made = self._made(text)
        target = self.entries.get(made.template)
        if target is None or (not made.blanks and BLANK.search(target)):
            return None  # also what somebody typed that reads like a template of ours
        return filled(target, made.blanks, self.known, COMMAS[self.language])

    def known(self, text: str) -> str:
        """The text in this language, or as it is: a number, a name."""
        translated = self.find(text)
        return str(text) if translated is None else translated

    def _made(self, text: str) -> Made:
        if isinstance(text, Message):
            return text.made
        return self.made.get(text) or Made(text, {})


@cache
def catalogue(language: Language) -> Catalogue:
    """The catalogue that ships for a language."""
    return Catalogue(language, {} if language is Language.ENGLISH else _entries(language))


def _entries(language: Language) -> dict[str, str]:
    # Most sessions are English and need no reader of catalogues.
    from babel.messages.pofile import read_po

    with resources.files("face2bone.words").joinpath(f"{language.value}.po").open("rb") as file:
        read = read_po(file, locale=language.value)
    return {str(entry.id): str(entry.string) for entry in read if entry.id and entry.string}
