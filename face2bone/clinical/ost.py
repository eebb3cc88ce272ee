"""The Osteoporosis Self-assessment Tool, computed exactly: OST and its Asian form OSTA.

Notation: OST = trunc(0.2 * (weight in kg - age in completed years)), truncated toward
zero and not rounded; several public calculators round, which moves people across the
cut-off. One index, three readings: cut-offs and bands for women, for men and for Asian
women, each with its source in ``instruments.toml``.
"""

import math

from face2bone.clinical.eligibility import applies, blank, completed_years, valued
from face2bone.clinical.score import Instrument, Score
from face2bone.patient import Patient, Sex


def ost_index(age_years: float, weight_kg: float) -> int:
    """OST index (no unit, about -15 to 56) from age in years and weight in kg.

    Age counts in completed years. The quotient is rounded at 1e-9 before truncation, so
    that 70.3 kg at 65.3 kg of offset is not pushed below an integer by binary fractions.

    >>> ost_index(75, 45), ost_index(65, 74.9), ost_index(68, 60)
    (-6, 1, -1)
    """
    return math.trunc(round((weight_kg - math.floor(age_years)) / 5.0, 9))


def ost(patient: Patient) -> Score:
    """OST with the cut-off and bands of the patient's sex."""
    women = patient.sex is Sex.FEMALE
    return _read(patient, Instrument.OST_WOMEN if women else Instrument.OST_MEN)


def osta(patient: Patient) -> Score:
    """The same index in the bands for postmenopausal Asian women."""
    return _read(patient, Instrument.OSTA)


def _read(patient: Patient, instrument: Instrument) -> Score:
    score = blank(instrument, patient)
    if not applies(score):
        return score
    return valued(score, ost_index(completed_years(patient), patient.weight_kg))
