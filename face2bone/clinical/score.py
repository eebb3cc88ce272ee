"""One published instrument's answer for one patient.

A score either holds a value, or says why it cannot: the instrument does not apply
(``not_applicable``), or it needs an answer that was not given (``missing``). It never
holds a number computed from a guess.
"""

from dataclasses import dataclass
from enum import Enum

from face2bone.bone import t_score_text
from face2bone.clinical.source import Source
from face2bone.words import message


class Instrument(Enum):
    """Every published instrument here; the value is its key in ``instruments.toml``."""

    OST_WOMEN = "ost_women"
    OST_MEN = "ost_men"
    OSTA = "osta"
    ORAI = "orai"
    SCORE = "score"
    OSIRIS = "osiris"
    ABONE = "abone"
    BODY_WEIGHT = "body_weight"
    FRACTURE_INDEX = "fracture_index"
    FRACTURE_INDEX_BMD = "fracture_index_bmd"
    WHO_CLASS = "who_class"
    Z_SCORE = "z_score"
    QFRACTURE_MAJOR = "qfracture_major"
    QFRACTURE_HIP = "qfracture_hip"
    NOGG_SPINE_HIP = "nogg_spine_hip"


@dataclass(frozen=True)
class Score:
    """What one instrument says.

    ``value`` is in ``unit`` and None where there is none; ``refers`` says whether the value
    lies past the published cut-off and is None without a value or a cut-off. With a value,
    ``missing`` lists unanswered questions that the instrument itself counts as "no";
    without one, the answers it needs. ``disclaimer`` must stand beside the value wherever
    it is shown.
    """

    instrument: Instrument
    title: str
    version: str
    source: Source
    population: str
    unit: str
    value: float | None = None
    band: str = ""
    refers: bool | None = None
    cutoff: str = ""
    cutoff_value: float | None = None
    not_applicable: str = ""
    missing: tuple[str, ...] = ()
    note: str = ""
    disclaimer: str = ""

    @property
    def words(self) -> str:
        """The answer in one phrase: the value with its band, or why there is none."""
        if self.not_applicable:
            return message("not applicable: {why}", why=self.not_applicable)
        if self.value is None:
            return message("needs: {answers}", answers=tuple(self.missing))
        counted = number_text(self.instrument.value, self.unit, self.value)
        unit = unit_text(self.unit, counted)
        number = message("{number} {unit}", number=counted, unit=unit) if unit else counted
        return message("{number}, {band}", number=number, band=self.band) if self.band else number


def number_text(instrument: str, unit: str, value: float) -> str:
    """The number of a score as it is read, without its unit; ``instrument`` by its key."""
    if instrument == Instrument.WHO_CLASS.value:
        return t_score_text(value)
    return f"{value:.1f}" if unit == "%" else f"{value:g}"


def unit_text(unit: str, number: str) -> str:
    """The unit as it is read after a number.

    >>> unit_text("points", "1"), unit_text("points", "-3"), unit_text("%", "1")
    ('point', 'points', '%')
    """
    return message("point") if (unit, number) == ("points", "1") else unit
