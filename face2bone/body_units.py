"""Height and weight in the units they are measured in: cm and kg, or inches and pounds.

Everything is computed and kept in cm and kg. What was typed stays what it was, in the unit it was
typed in: another unit only shows it, so that turning to and fro changes nothing. An inch is
2.54 cm and a pound 0.45359237 kg exactly (international yard and pound agreement, 1959).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from face2bone.patient import HEIGHT_RANGE, WEIGHT_RANGE
from face2bone.typed import Quantity, written_number
from face2bone.words import template

INCH_CM: Final = 2.54
POUND_KG: Final = 0.45359237
INCHES_PER_FOOT: Final = 12
INCH: Final = template("in")
_NOISE: Final = 9  # decimals of a cm or kg beyond which there is only binary noise
_FEET: Final = re.compile(
    r"([1-9])\s*['’′]\s*(?:([0-9]{1,2}(?:[.,][0-9]{1,9})?)\s*(?:[\"”″]|'')?)?"
)


class Units(Enum):
    """In which units somebody measures."""

    METRIC = "metric"
    US = "us"


@dataclass(frozen=True)
class Measure(Quantity):
    """A height or a weight asked for in ``unit``; ``low``, ``high`` and what is read: cm or kg.

    size: how many cm or kg the unit is.
    """

    size: float = 1.0

    def value_of(self, typed: str) -> float | None:
        """cm or kg; a height in inches may also be typed in feet and inches.

        >>> HEIGHT[Units.US].value_of("5'6")
        167.64
        """
        number = super().value_of(typed)
        if number is None and self.unit == INCH:
            number = _feet_and_inches(typed)
        return None if number is None else round(number * self.size, _NOISE)

    def limits(self) -> tuple[str, str]:
        """In the unit, rounded inwards: what is said to be allowed is."""
        return (
            f"{math.ceil(self.low / self.size * 10) / 10:g}",
            f"{math.floor(self.high / self.size * 10) / 10:g}",
        )

    def written(self, value: float) -> str:
        """The cm or kg in the unit, to a tenth; finer where that would cross a limit."""
        for decimals in range(1, _NOISE):
            text = f"{value / self.size:.{decimals}f}"
            if self.holds(value) == self.holds(float(text) * self.size):
                break
        return text.rstrip("0").rstrip(".")


def _feet_and_inches(typed: str) -> float | None:
    """Inches; None for what is something else."""
    found = _FEET.fullmatch(typed)
    inches = written_number(found[2] or "0") if found else None
    if found is None or inches is None or inches >= INCHES_PER_FOOT:
        return None
    return int(found[1]) * INCHES_PER_FOOT + inches


@dataclass(frozen=True)
class Written:
    """What was typed into a field, and as which measure: the only thing a value is read from."""

    text: str
    measure: Measure

    def shown_in(self, other: Measure) -> str:
        """The text of a field that asks in another unit; no number is left as it was typed."""
        value = self._value()
        if other.unit == self.measure.unit or value is None:
            return self.text
        return other.written(value)

    def turned_to(self, other: Measure) -> "Written":
        """The same in a field of another unit; what is no number is of no unit."""
        return Written(self.text, other) if self._value() is None else self

    def read_in(self, other: Measure) -> float | None:
        """The cm or kg typed; None for nothing.

        Raises ``NumberRefused`` in the unit of the other measure, which is the one on the page.
        """
        value = self._value()
        if value is not None and self.measure.holds(value):
            return value
        return other.read(self.shown_in(other))

    def _value(self) -> float | None:
        return self.measure.value_of(self.text.strip())


def two_decimals(value: float) -> str:
    """cm or kg as a report shows them: what was typed in lb has more digits than are meant.

    >>> two_decimals(68.0388555), two_decimals(158.0)
    ('68.04', '158')
    """
    return f"{round(value, 2):g}"


HEIGHT: Final[Mapping[Units, Measure]] = {
    Units.METRIC: Measure(template("Height"), *HEIGHT_RANGE, "cm"),
    Units.US: Measure(template("Height"), *HEIGHT_RANGE, INCH, INCH_CM),
}
WEIGHT: Final[Mapping[Units, Measure]] = {
    Units.METRIC: Measure(template("Weight"), *WEIGHT_RANGE, "kg"),
    Units.US: Measure(template("Weight"), *WEIGHT_RANGE, template("lb"), POUND_KG),
}
