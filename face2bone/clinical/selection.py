"""Point scores that choose women for DXA: ORAI, SCORE, OSIRIS, ABONE and body weight.

Points, cut-offs and sources are in ``instruments.toml``; here is only the arithmetic.
"""

import math
from typing import Final

from face2bone.clinical import answers
from face2bone.clinical.eligibility import applies, blank, completed_years, needing, spec_of, valued
from face2bone.clinical.ost import ost_index
from face2bone.clinical.score import Instrument, Score
from face2bone.history import Ethnicity, FractureSite, Oestrogen
from face2bone.patient import Patient, RiskFactor

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
        return needing(score, [answers.ASK_OESTROGEN])
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
    sites = answers.sites_broken_from(patient, spec.limits["fracture_from_age"], SCORE_SITES)
    if history.ethnicity is None or history.oestrogen is None or sites is None:
        questions = {
            answers.ASK_ETHNICITY: history.ethnicity,
            answers.ASK_OESTROGEN: history.oestrogen,
            answers.ASK_FRACTURES: sites,
        }
        return needing(result, [ask for ask, answer in questions.items() if answer is None])
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
        return needing(score, [answers.ASK_OESTROGEN])
    points = spec_of(score.instrument).points
    index = ost_index(completed_years(patient), patient.weight_kg)
    index += points["oestrogen_now"] * (oestrogen is Oestrogen.CURRENT)
    index += points["low_impact_fracture"] * answers.low_impact_fracture(patient)
    return valued(score, index)


def abone(patient: Patient) -> Score:
    """ABONE, 0 to 3: a point each for over 65, under 63.5 kg, and no hormones ever."""
    score = blank(Instrument.ABONE, patient)
    if not applies(score):
        return score
    hormones = patient.history.hormones_six_months
    if hormones is None:
        return needing(score, [answers.ASK_HORMONES])
    spec = spec_of(score.instrument)
    points = spec.points["older"] * (completed_years(patient) > spec.limits["age_over"])
    points += spec.points["light"] * (patient.weight_kg < spec.limits["weight_under"])
    points += spec.points["never_hormones"] * (not hormones)
    return valued(score, points)


def body_weight(patient: Patient) -> Score:
    """Body weight by itself, kg."""
    score = blank(Instrument.BODY_WEIGHT, patient)
    return valued(score, patient.weight_kg) if applies(score) else score
