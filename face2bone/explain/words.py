"""Small numbers as a sentence says them."""

from typing import Final

from face2bone.words import template

_NUMBERS: Final = (
    template("no"),
    template("one"),
    template("two"),
    template("three"),
    template("four"),
    template("five"),
    template("six"),
    template("seven"),
    template("eight"),
    template("nine"),
    template("ten"),
    template("eleven"),
    template("twelve"),
)


def counted(number: int) -> str:
    """A number in a sentence: in letters up to twelve, else in figures.

    >>> counted(10), counted(13)
    ('ten', '13')
    """
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)
