"""Small numbers as a sentence says them."""

from typing import Final

_NUMBERS: Final = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def counted(number: int) -> str:
    """A number in a sentence: in letters up to twelve, else in figures.

    >>> counted(10), counted(13)
    ('ten', '13')
    """
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)
