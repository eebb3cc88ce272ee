"""The report's texts in another language.

The program's texts are English, and many reach a report with their blanks filled in
("DXA is suggested below 2"). A catalogue therefore maps English templates with ``{blanks}``
to templates of another language: an exact match first, else the template whose fixed parts
fit, its blanks translated in turn. What a catalogue does not know stays English behind a
mark, so that a reader sees that it was not translated.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from importlib import resources
from typing import Final

BLANK: Final = re.compile(r"\{(\w+)\}")
UNTRANSLATED: Final = "[EN] "
LIST_MARK: Final = ", "


class Language(Enum):
    """Languages a report can be written in; the value is the BCP 47 language."""

    ENGLISH = "en"
    CHINESE = "zh"

    @property
    def region(self) -> str | None:
        """Country whose way of writing is used; decides Simplified Chinese."""
        return "cn" if self is Language.CHINESE else None


@dataclass(frozen=True)
class Catalogue:
    """English template -> template in ``language``; English itself needs no entries."""

    language: Language
    entries: Mapping[str, str]

    def say(self, text: str) -> str:
        """The text in this language, or marked English where it has no translation."""
        found = self.find(text)
        return f"{UNTRANSLATED}{text}" if found is None else found

    def find(self, text: str) -> str | None:
        """The text in this language; None where it has no translation."""
        if not text or self.language is Language.ENGLISH:
            return text
        if text in self.entries:
            return self.entries[text]
        for pattern, target in self._patterns:
            match = pattern.fullmatch(text)
            if match:
                return target.format(**{k: self._blank(v) for k, v in match.groupdict().items()})
        return None

    def _blank(self, text: str) -> str:
        """What filled a blank: a translated text or list, else left as it is (a number, a name)."""
        parts = text.split(LIST_MARK)
        if all(part in self.entries for part in parts):
            return "、".join(self.entries[part] for part in parts)
        found = self.find(text)
        return text if found is None else found

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """Templates with blanks, those with the most fixed text first."""
        with_blanks = [(k, v) for k, v in self.entries.items() if BLANK.search(k)]
        with_blanks.sort(key=lambda entry: -len(BLANK.sub("", entry[0])))
        return tuple((_pattern(english), target) for english, target in with_blanks)


def _pattern(template: str) -> re.Pattern[str]:
    parts = BLANK.split(template)
    fixed_and_blank = (
        re.escape(part) if i % 2 == 0 else f"(?P<{part}>.+?)" for i, part in enumerate(parts)
    )
    return re.compile("".join(fixed_and_blank), re.DOTALL)


@cache
def catalogue(language: Language) -> Catalogue:
    """The catalogue that ships for a language."""
    if language is Language.ENGLISH:
        return Catalogue(language, {})
    file = resources.files("face2bone.report").joinpath(f"{language.value}.toml")
    sections = tomllib.loads(file.read_text("utf-8"))
    return Catalogue(language, dict(_entries(sections)))


def _entries(sections: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for section in sections.values():
        yield from section.items()
