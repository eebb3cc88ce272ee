"""The Osteoporosis Self-assessment Tool, computed exactly: OST and its Asian form OSTA.

Notation: OST = trunc(0.2 * (weight in kg - age in completed years)), truncated toward
zero and not rounded; several public calculators round, which moves people across the
cut-off. Source of the index: Koh et al., Osteoporosis International 2001;12:699-705,
doi:10.1007/s001980170070. Referral cut-offs: women below 2, men below 4.
"""

import math
from dataclasses import dataclass
from enum import Enum
from typing import Final

from face2bone.patient import Patient, Sex

REFER_BELOW: Final = {Sex.FEMALE: 2, Sex.MALE: 4}
OSTA_LOW_ABOVE: Final = -1
OSTA_HIGH_BELOW: Final = -4


class Band(Enum):
    """OSTA risk band, defined for postmenopausal Asian women."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class OstScore:
    """OST of one patient: the index, its referral cut-off and, for women, the OSTA band."""

    index: int
    refer_below: int
    osta_band: Band | None

    @property
    def refers(self) -> bool:
        """Whether the index lies past the cut-off for DXA."""
        return self.index < self.refer_below


def ost_index(age_years: float, weight_kg: float) -> int:
    """OST index (no unit, about -15 to 30) from age in years and weight in kg.

    Age counts in completed years. The quotient is rounded at 1e-9 before truncation, so
    that 70.3 kg at 65.3 kg of offset is not pushed below an integer by binary fractions.

    >>> ost_index(75, 45), ost_index(65, 74.9), ost_index(68, 60)
    (-6, 1, -1)
    """
    return math.trunc(round((weight_kg - math.floor(age_years)) / 5.0, 9))


def osta_band(index: int) -> Band:
    """OSTA band of an index: above -1 low, -1 to -4 medium, below -4 high."""
    if index > OSTA_LOW_ABOVE:
        return Band.LOW
    return Band.HIGH if index < OSTA_HIGH_BELOW else Band.MEDIUM


def ost(patient: Patient) -> OstScore:
    """OST of a patient, with the referral cut-off of their sex."""
    index = ost_index(patient.age_years, patient.weight_kg)
    band = osta_band(index) if patient.sex is Sex.FEMALE else None
    return OstScore(index, REFER_BELOW[patient.sex], band)
