"""Which characters the report's fonts can draw, and what stands for the others.

A PDF/UA file may hold no character without a glyph, so a typed name in another script or an
emoji is written as its code point in brackets: visible, and nothing is lost.
"""

from collections.abc import Iterator
from typing import Final

LATIN: Final = frozenset(
    {*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    | {ord(character) for character in "–—•−≤≥"}
)


def gb2312() -> Iterator[int]:
    """Code points of every character of GB 2312 (1980), rows 1 to 87."""
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                yield ord(bytes([row, cell]).decode("gb2312"))
            except UnicodeDecodeError:
                continue


DRAWN: Final = LATIN | frozenset(gb2312())


def drawable(text: str) -> str:
    """The text on one line, with ``[U+…]`` for each character the fonts do not hold.

    >>> drawable("P-17 ☃")
    'P-17 [U+2603]'
    """
    line = " ".join(text.split())
    return "".join(c if ord(c) in DRAWN else f"[U+{ord(c):04X}]" for c in line)
