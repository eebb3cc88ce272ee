"""A FRAX result that the clinician brings, and where it stands among thresholds.

FRAX itself is not implemented: its coefficients are unpublished and its name is licensed.
The clinician computes it with the official calculator and enters what it said.
Probabilities are percent over 10 years; *major* is clinical spine, hip, forearm or
shoulder, so the hip probability can never exceed it.
"""

from dataclasses import dataclass
from typing import Final

from face2bone.clinical.guideline import CATEGORIES, FraxCategory, FraxRow, Thresholds
from face2bone.errors import PatientError

FRAX_AGE_RANGE: Final = (40.0, 90.0)  # years; the calculator itself accepts no others
CALCULATOR: Final = "https://www.fraxplus.org"
PERCENT_RANGE: Final = (0.0, 100.0)


@dataclass(frozen=True)
class FraxResult:
    """What the official calculator said; raises ``PatientError`` when it cannot have."""

    major_percent: float
    hip_percent: float
    with_bmd: bool

    def __post_init__(self) -> None:
        low, high = PERCENT_RANGE
        for name, value in (("major", self.major_percent), ("hip", self.hip_percent)):
            if not low <= value <= high:
                raise PatientError(
                    f"The FRAX {name} result {value:g} % is outside {low:g} to {high:g} %. "
                    "Copy it again from the calculator."
                )
        if self.hip_percent > self.major_percent:
            raise PatientError(
                f"The FRAX hip result {self.hip_percent:g} % is above the major result "
                f"{self.major_percent:g} %, which includes it. Check whether they are swapped."
            )

    @property
    def words(self) -> str:
        """The result in one phrase."""
        bmd = "with BMD" if self.with_bmd else "without BMD"
        return f"{self.major_percent:g} % (major) and {self.hip_percent:g} % (hip), {bmd}"


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
        return Standing(FraxCategory.LOW, " and ".join(s.because for s in found))
    return max(found, key=lambda s: CATEGORIES.index(s.category), default=None)


def _of_outcome(name: str, percent: float, thresholds: Thresholds, with_bmd: bool) -> Standing:
    ladder = thresholds.ladder(with_bmd)
    for limit, category in ladder:
        if percent >= limit:
            return Standing(category, f"{name} is at or above {limit:g} %")
    return Standing(FraxCategory.LOW, f"{name} is below {ladder[-1][0]:g} %")
