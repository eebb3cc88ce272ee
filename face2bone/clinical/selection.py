"""Point scores that choose women for DXA: ORAI, SCORE, OSIRIS, ABONE, body weight, OST.

Points, cut-offs and sources are in ``instruments.toml``; here is only the arithmetic.

The Osteoporosis Self-assessment Tool and its Asian form OSTA are computed exactly: OST = trunc(0.2
* (weight in kg - age in completed years)), truncated toward zero and not rounded; several public
calculators round, which moves people across the cut-off. One index, three readings: cut-offs and
bands for women, for men and for Asian women, each with its source in ``instruments.toml``.
"""

import math
from typing import Final

from face2bone.clinical import questions
from face2bone.clinical.eligibility import applies, blank, completed_years, needing, spec_of, valued
from face2bone.clinical.score import Instrument, Score
from face2bone.history import Ethnicity, FractureSite, Oestrogen
from face2bone.patient import Patient, RiskFactor, Sex

KG_PER_POUND: Final = 0.45359237
BLACK: Final = frozenset({Ethnicity.BLACK_CARIBBEAN, Ethnicity.BLACK_AFRICAN})
SCORE_SITES: Final = frozenset({FractureSite.HIP, FractureSite.WRIST, FractureSite.RIB})


def orai(patient: Patient) -> Score:
    """ORAI, 0 to 26: age and weight bands, and 2 points without oestrogen now.

    "60 to 69 kg" of the publication is 60.0 up to but not including 70 kg.
    """
    score = blank(Instrument.ORAI, patient)
    if not applies(score):
        return score
    oestrogen = patient.history.oestrogen
    if oestrogen is None:
        return needing(score, [questions.ASK_OESTROGEN])
    spec = spec_of(score.instrument)
    points = spec.step("age", completed_years(patient)) + spec.step("weight", patient.weight_kg)
    if oestrogen is not Oestrogen.CURRENT:
        points += spec.points["no_oestrogen_now"]
    return valued(score, points)


def score(patient: Patient) -> Score:
    """SCORE by its integer rule: the tens of the age, and pounds over ten, truncated.

    Some calculators use age and weight unrounded; that is another score with other bands.
    """
    result = blank(Instrument.SCORE, patient)
    if not applies(result):
        return result
    spec = spec_of(result.instrument)
    history = patient.history
    sites = questions.sites_broken_from(patient, spec.limits["fracture_from_age"], SCORE_SITES)
    if history.ethnicity is None or history.oestrogen is None or sites is None:
        missing = {
            questions.ASK_ETHNICITY: history.ethnicity,
            questions.ASK_OESTROGEN: history.oestrogen,
            questions.ASK_FRACTURES: sites,
        }
        return needing(result, [ask for ask, answer in missing.items() if answer is None])
    points = spec.points["not_black"] * (history.ethnicity not in BLACK)
    points += spec.points["never_oestrogen"] * (history.oestrogen is Oestrogen.NEVER)
    points += spec.points["fracture_site"] * sites
    arthritis = RiskFactor.RHEUMATOID_ARTHRITIS in patient.risk_factors
    points += spec.points["rheumatoid_arthritis"] * arthritis
    points += spec.points["age_decade"] * (completed_years(patient) // 10)
    return valued(result, points - tens_of_pounds(patient.weight_kg))


def tens_of_pounds(weight_kg: float) -> int:
    """Weight in whole tens of pounds, truncated.

    Rounded at 1e-6 first, so that 160 lb typed in kg does not become 159.999.

    >>> tens_of_pounds(72.5747792), tens_of_pounds(72.5)
    (16, 15)
    """
    return math.trunc(round(weight_kg / KG_PER_POUND / 10.0, 6))


def osiris(patient: Patient) -> Score:
    """OSIRIS: the OST index, 2 more on oestrogen now, 2 less after a low-impact fracture."""
    score = blank(Instrument.OSIRIS, patient)
    if not applies(score):
        return score
    oestrogen = patient.history.oestrogen
    if oestrogen is None:
        return needing(score, [questions.ASK_OESTROGEN])
    points = spec_of(score.instrument).points
    index = ost_index(completed_years(patient), patient.weight_kg)
    index += points["oestrogen_now"] * (oestrogen is Oestrogen.CURRENT)
    index += points["low_impact_fracture"] * questions.low_impact_fracture(patient)
    return valued(score, index)


def abone(patient: Patient) -> Score:
    """ABONE, 0 to 3: a point each for over 65, under 63.5 kg, and no hormones ever."""
    score = blank(Instrument.ABONE, patient)
    if not applies(score):
        return score
    hormones = patient.history.hormones_six_months
    if hormones is None:
        return needing(score, [questions.ASK_HORMONES])
    spec = spec_of(score.instrument)
    points = spec.points["older"] * (completed_years(patient) > spec.limits["age_over"])
    points += spec.points["light"] * (patient.weight_kg < spec.limits["weight_under"])
    points += spec.points["never_hormones"] * (not hormones)
    return valued(score, points)


def body_weight(patient: Patient) -> Score:
    """Body weight by itself, kg."""
    score = blank(Instrument.BODY_WEIGHT, patient)
    return valued(score, patient.weight_kg) if applies(score) else score


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
