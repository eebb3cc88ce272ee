"""What a person types: a number is digits, one sign, and a decimal point or a decimal comma.

German and French clinics type "-0,8", and a form that swallows the comma reads -8. Nothing here
guesses: a space or a second mark between digits, as in "1.234,5", is refused. A table's cells are
read by the same rules, with as many digits and the power of ten that programs write.

A line of text, such as a name or a reason, has rules of its own (``text_problems``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from face2bone.errors import NumberRefused
from face2bone.words import message, template

_TYPED: Final = re.compile(r"([+-]?)([0-9]{0,9})(?:[.,]([0-9]{1,9}))?()")
_WRITTEN: Final = re.compile(r"([+-]?)([0-9]*)(?:[.,]([0-9]+))?([eE][+-]?[0-9]{1,4})?")
# Other signs for the same thing, full width among them. Not Unicode's compatibility forms at
# large: by those "6\u00b2" is 62.
_PLAIN: Final = str.maketrans(
    "\N{MINUS SIGN}\N{EN DASH}\uff0d\uff0b\uff0e\uff0c" + "".join(map(chr, range(0xFF10, 0xFF1A))),
    "--" + "-+.," + "0123456789",
)
_SHOWN: Final = 20  # characters of what was typed that a sentence repeats


@dataclass(frozen=True)
class Quantity:
    """What a field asks for; ``low`` and ``high`` are allowed themselves."""

    label: str
    low: float
    high: float
    unit: str = ""

    @property
    def title(self) -> str:
        """The field's label, with its unit."""
        return (
            message("{quantity} ({unit})", quantity=self.label, unit=self.unit)
            if self.unit
            else self.label
        )

    def read(self, text: str | None) -> float | None:
        """The number typed; None for nothing.

        Raises ``NumberRefused`` for what is no number, and for one out of range.

        >>> Quantity("T-score", -8.0, 8.0).read("-0,8")
        -0.8
        """
        typed = (text or "").strip()
        if not typed:
            return None
        value = self.value_of(typed)
        if value is None:
            raise NumberRefused(
                message(
                    "{quantity}: “{typed}” is not a number. Write digits with at most one decimal "
                    "point or comma, such as 67 or 67.5.",
                    quantity=self.label,
                    typed=typed[:_SHOWN],
                )
            )
        if not self.holds(value):
            low, high = self.limits()
            raise NumberRefused(
                message(
                    "{quantity}: {typed} is not between {low} and {high}. It is not used until it "
                    "is corrected.",
                    quantity=self.label,
                    typed=typed[:_SHOWN],
                    low=low,
                    high=self._with_unit(high),
                )
            )
        return value

    def value_of(self, typed: str) -> float | None:
        """The number that was typed; None for what is none."""
        return _value(typed, _TYPED)

    def holds(self, value: float) -> bool:
        """Whether a value is allowed."""
        return self.low <= value <= self.high

    def limits(self) -> tuple[str, str]:
        """The least and the most, as a sentence says them."""
        return f"{self.low:g}", f"{self.high:g}"

    def _with_unit(self, number: str) -> str:
        unit = self.unit
        return message("{number} {unit}", number=number, unit=unit) if unit else number


def written_number(cell: str) -> float | None:
    """The number in a table's cell, infinite beyond a float's range; None for what is no number.

    >>> written_number("\N{MINUS SIGN}2,7"), written_number("1.5e-05"), written_number("1.234,5")
    (-2.7, 1.5e-05, None)
    """
    return _value(cell, _WRITTEN)


def _value(text: str, form: re.Pattern[str]) -> float | None:
    found = form.fullmatch(text.translate(_PLAIN))
    if found is None or not (found[2] or found[3]):
        return None
    return float(f"{found[1]}{found[2] or '0'}.{found[3] or '0'}{found[4] or ''}")


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
