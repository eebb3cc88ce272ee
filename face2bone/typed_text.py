"""The rules of one line of text that a person typed, such as a name or a reason."""

import re
from collections.abc import Iterator
from typing import Final

from face2bone.words import message, template

NAME_LIMIT: Final = 80  # characters
# At the start, or where a spreadsheet with another separator would begin a cell; there a minus
# before a digit is a number, as in "spine -2.6, -1.1 at the hip".
_FORMULA: Final = re.compile(r"^[=+@-]|[;,|\"]\s*(?:[=+@]|-(?!\d))")


def text_problems(text: str, limit: int) -> Iterator[str]:
    """Broken rules of one line of typed text; a spreadsheet would run what looks like a formula."""
    if not text.strip():
        yield template("is empty")
    elif len(text) > limit:
        yield message("is longer than {most} characters", most=limit)
    elif not text.isprintable() or text != text.strip():
        yield template("holds line breaks, control characters or blanks at an end")
    elif _FORMULA.search(text):
        yield template("holds what a spreadsheet would run as a formula")
