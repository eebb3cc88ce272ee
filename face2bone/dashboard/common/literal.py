"""Typed text among the page's own words: shown as it was typed, whatever its characters mean.

Streamlit reads what a page says, and every label of a widget, as Markdown with formulas, colours,
emoji and arrows of its own. A pseudonym such as ``*A*``, ``:cat:`` or ``$1$`` would be shown as
something else, and a link in it could be pressed.
"""

import re
from typing import Final

from face2bone.words import AsTyped, Catalogue, Message, filled, made_of
from face2bone.words.catalogue import COMMAS

_INLINE: Final = re.compile(r"[\\`*_\[\]<$~&]|:(?=[^\W\d_])")
"""What means something anywhere in a line."""
_BLOCK: Final = re.compile(r"^(?=[#>+=-])|^(\d+)(?=[.)](?:\s|$))")
"""What means something at the beginning of a line."""
_LATER: Final = re.compile(
    r"(?<=:)(?=[\w+/-]*:)|(?<=:)(?=//)|(?<=[wW]{3})(?=\.)|(?=@)|(?<=[-<=])(?=[->])"
)
"""Where an emoji's name, an address or an arrow is looked for once Markdown has been read."""
JOINER: Final = "\u2060"  # of no width: no backslash keeps those from what is looked for later


def literal(typed: str) -> AsTyped:
    r"""What was typed, for a place that reads Markdown and in no other language than its own.

    Runs of spaces count as one, as on any page.

    >>> print(literal("P-7"), literal("*A* [me](x)"))
    P-7 \*A\* \[me\](x)
    """
    line = " ".join(typed.split())
    return AsTyped(_BLOCK.sub(lambda found: f"{found[1] or ''}\\", _escaped(line)))


def sentence(said: str, words: Catalogue) -> str:
    """A sentence of the program's own: its Markdown stays, and what fills its blanks is literal.

    Translated here, for a clause of ours that had been made literal would not be known any more.
    Of one that does not tell its blanks only what is marked as a command stays.
    """
    made = made_of(said)
    template = words.entries.get(made.template, made.template)
    if not made.blanks:
        parts = re.split(r"(`[^`]+`)", template)
        return "".join(part if i % 2 else _escaped(part) for i, part in enumerate(parts))

    def filling(blank: str) -> str:
        known = blank in words.entries and not isinstance(blank, AsTyped)
        ours = isinstance(blank, Message) or known
        return sentence(blank, words) if ours else literal(blank)

    return filled(template, made.blanks, filling, COMMAS[words.language])


def _escaped(text: str) -> str:
    """As ``literal``, of a part of a line."""
    return _INLINE.sub(lambda found: "\\" + found[0], _LATER.sub(JOINER, text))
