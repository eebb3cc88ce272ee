"""A FRAX result that the clinician brings, and where it stands among thresholds.

FRAX itself is not implemented: its coefficients are unpublished and its name is licensed.
The clinician computes it with the official calculator and enters what it said.
Probabilities are percent over 10 years; *major* is clinical spine, hip, forearm or
shoulder, so the hip probability can never exceed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from face2bone.clinical.guideline import CATEGORIES, FraxCategory, FraxRow, Thresholds
from face2bone.errors import PatientError
from face2bone.words import message, template

FRAX_AGE_RANGE: Final = (40.0, 90.0)  # years; the calculator itself accepts no others
CALCULATOR: Final = "https://www.fraxplus.org"
PERCENT_RANGE: Final = (0.0, 100.0)
COMPARISONS: Final = {
    ("major", "at or above"): template("major is at or above {limit} %"),
    ("major", "below"): template("major is below {limit} %"),
    ("hip", "at or above"): template("hip is at or above {limit} %"),
    ("hip", "below"): template("hip is below {limit} %"),
}


WITH_BMD: Final = {True: template("with BMD"), False: template("without BMD")}


@dataclass(frozen=True)
class FraxResult:
    """What the official calculator said; raises ``PatientError`` when it cannot have."""

    major_percent: float
    hip_percent: float
    with_bmd: bool

    def __post_init__(self) -> None:
        low, high = PERCENT_RANGE
        percents = (template("major"), self.major_percent), (template("hip"), self.hip_percent)
        for name, value in percents:
            if not low <= value <= high:
                raise PatientError(
                    "The FRAX {kind} result {value} % is outside {low} to {high} %. Copy it "
                    "again from the calculator.",
                    kind=name,
                    value=f"{value:g}",
                    low=f"{low:g}",
                    high=f"{high:g}",
                )
        if self.hip_percent > self.major_percent:
            raise PatientError(
                "The FRAX hip result {hip} % is above the major result "
                "{major} %, which includes it. Check whether they are swapped.",
                hip=f"{self.hip_percent:g}",
                major=f"{self.major_percent:g}",
            )

    @property
    def words(self) -> str:
        """The result in one phrase."""
        return message(
            "{major} % (major) and {hip} % (hip), {bmd}",
            major=f"{self.major_percent:g}",
            hip=f"{self.hip_percent:g}",
            bmd=WITH_BMD[self.with_bmd],
        )


@dataclass(frozen=True)
class Standing:
    """A result's category and the limit that decided it, in words."""

    category: FraxCategory
    because: str


def standing(result: FraxResult, row: FraxRow) -> Standing | None:
    """Where a result stands in a row; the higher of the two outcomes decides.

    None when the row names no threshold for a result with (or without) BMD.
    """
    outcomes = (("major", result.major_percent, row.major), ("hip", result.hip_percent, row.hip))
    found = [
        _of_outcome(name, percent, thresholds, result.with_bmd)
        for name, percent, thresholds in outcomes
        if thresholds is not None and thresholds.ladder(result.with_bmd)
    ]
    if found and all(s.category is FraxCategory.LOW for s in found):
        return Standing(FraxCategory.LOW, _both([s.because for s in found]))
    return max(found, key=lambda s: CATEGORIES.index(s.category), default=None)


def _of_outcome(name: str, percent: float, thresholds: Thresholds, with_bmd: bool) -> Standing:
    ladder = thresholds.ladder(with_bmd)
    for limit, category in ladder:
        if percent >= limit:
            return Standing(category, _compared(name, "at or above", limit))
    return Standing(FraxCategory.LOW, _compared(name, "below", ladder[-1][0]))


def _compared(outcome: str, comparison: str, limit: float) -> str:
    """Where an outcome's percentage lies, as one phrase."""
    phrase = COMPARISONS[outcome, comparison]
    return message(phrase, limit=f"{limit:g}")


def _both(phrases: Sequence[str]) -> str:
    """One phrase, or two joined."""
    if len(phrases) == 1:
        return phrases[0]
    major, hip = phrases
    return message("{major} and {hip}", major=major, hip=hip)
