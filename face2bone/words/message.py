"""An English sentence that remembers how it was made, so that it can be said in another language.

``message("Of {count} people ...", count="100")`` is the English sentence and can be used as any
text; a catalogue translates its template first and fills the blanks afterwards. A sentence in
plain text cannot be taken apart again, and nothing here tries to.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final

Blank = str | tuple[str, ...]
"""What fills a blank: a text (itself a message, or a name or number), or a list of them."""

BLANK: Final = re.compile(r"\{(\w+)\}")
VERBATIM: Final = frozenset({"file", "folder", "column", "columns", "cell", "typed", "patient"})
"""Blanks that hold what stands in a file, is a pseudonym, or was typed: never translated."""
ENGLISH_COMMA: Final = ", "


@dataclass(frozen=True)
class Made:
    """How a sentence was made: its English template and what filled the blanks."""

    template: str
    blanks: Mapping[str, Blank]

    def english(self) -> str:
        """The sentence."""
        return filled(self.template, self.blanks, str, ENGLISH_COMMA)


class Message(str):
    """An English sentence together with how it was made; equal to its text."""

    made: Made

    def __new__(cls, made: Made) -> "Message":
        """The sentence that the template makes of its blanks."""
        said = super().__new__(cls, made.english())
        said.made = made
        return said

    def __str__(self) -> str:
        """Itself: an error's text stays what was given, and not a plain copy of it."""
        return self

    def __reduce__(self) -> tuple[Callable[..., "Message"], tuple[Made]]:
        """A text's own way of being copied would forget how the sentence was made."""
        return Message, (self.made,)


class AsTyped(str):
    """What somebody typed: said as it stands, also where its characters are a text of ours."""


def message(template: str, /, **blanks: Blank | int) -> Message:
    """A sentence with its ``{blanks}`` filled in; a list is joined as its language joins lists.

    Blanks that the template lacks are left out: a rule's data decides which of them it names.
    Those called as in ``VERBATIM`` stay as they are in every language.
    Raises ``KeyError`` for one that the template names and nobody gave.
    """
    return Message(Made(template, {name: _text(blanks[name]) for name in BLANK.findall(template)}))


def _text(blank: Blank | int) -> Blank:
    return blank if isinstance(blank, str | tuple) else str(blank)


def plural(one: str, many: str, /, count: int, **blanks: Blank | int) -> Message:
    """The template ``one`` for a count of 1, else ``many``; each language translates both.

    >>> plural("{count} photo", "{count} photos", 1), plural("1 photo", "{count} photos", 0)
    ('1 photo', '0 photos')
    """
    return message(one if count == 1 else many, count=count, **blanks)


def template(text: str) -> str:
    """A template whose blanks are filled later, marked here for the catalogue."""
    return text


SENTENCES: Final = template("{before} {sentence}")
CLAUSES: Final = template("{before}; {sentence}")
LINES: Final = template("{before}\n{sentence}")


def together(sentences: Iterable[str], between: str = SENTENCES) -> str:
    """Several sentences, one after the other; or ``CLAUSES`` of one sentence, or ``LINES``."""
    said = ""
    for sentence in sentences:
        said = message(between, before=said, sentence=sentence) if said else sentence
    return said


def all_of(names: Sequence[str]) -> str:
    """Every name of a list that is not empty.

    >>> all_of(["age"]), all_of(["age", "sex", "weight"])
    ('age', 'age, sex and weight')
    """
    *first, last = names
    return message("{names} and {last}", names=tuple(first), last=last) if first else last


def any_of(names: Sequence[str]) -> str:
    """One name of a list that is not empty.

    >>> any_of(["F", "M"])
    'F or M'
    """
    *first, last = names
    return message("{names} or {last}", names=tuple(first), last=last) if first else last


def first_of(names: Sequence[str], most: int) -> Message:
    """The first ``most`` names of a list, and how many more there are.

    >>> first_of(["a", "b"], 2), first_of(["a", "b", "c"], 1)
    ('a, b', 'a and 2 more')
    """
    shown, more = tuple(names[:most]), len(names) - most
    if more > 0:
        return message("{names} and {count} more", names=shown, count=more)
    return message("{names}", names=shown)


def as_sentence(words: str) -> str:
    """The words with a full stop, unless they end with one; each language has its own.

    >>> as_sentence("DXA"), as_sentence("No DXA now.")
    ('DXA.', 'No DXA now.')
    """
    return words if words.endswith(".") else message("{words}.", words=words)


def filled(
    template: str, blanks: Mapping[str, Blank], say: Callable[[str], str], comma: str
) -> str:
    """The template with its blanks filled, each said by ``say``; lists joined by ``comma``.

    What fills a blank of ``VERBATIM``, and is no sentence of ours, is said ``AsTyped``.
    """

    def said(name: str) -> str:
        blank = blanks[name]
        texts = (blank,) if isinstance(blank, str) else blank
        if name in VERBATIM:
            texts = tuple(t if isinstance(t, Message) else AsTyped(t) for t in texts)
        return comma.join(map(say, texts))

    return BLANK.sub(lambda match: said(match[1]), template)


def made_of(text: str) -> Made:
    """How a text was made; a plain one is a template without blanks."""
    return text.made if isinstance(text, Message) else Made(text, {})


def messages_in(value: Any) -> Iterator[Message]:
    """Every message with blanks anywhere in a value, those that fill blanks of others included."""
    if isinstance(value, Message):
        yield from [value] if value.made.blanks else []
        yield from messages_in(value.made.blanks)
    elif not isinstance(value, str):
        for part in _parts(value):
            yield from messages_in(part)


def made_in(value: Any) -> dict[str, Made]:
    """How every message with blanks in a value was made, by its sentence: to be kept beside it."""
    return {str(one): one.made for one in messages_in(value)}


def _parts(value: Any) -> Iterable[Any]:
    """What a value holds, one level down; nothing of what holds no texts."""
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple | frozenset) else ()
