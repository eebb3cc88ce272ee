"""The FRACTURE Index of the Study of Osteoporotic Fractures, without and with DXA."""

from face2bone.clinical import questions
from face2bone.clinical.eligibility import applies, blank, completed_years, needing, spec_of, valued
from face2bone.clinical.score import Instrument, Score
from face2bone.patient import Patient, RiskFactor
from face2bone.words import message


def fracture_index(patient: Patient) -> Score:
    """The index without DXA, 0 to 11 points."""
    score = blank(Instrument.FRACTURE_INDEX, patient)
    if not applies(score):
        return score
    missing = _unanswered(patient)
    return needing(score, missing) if missing else valued(score, _points(patient))


def fracture_index_bmd(patient: Patient) -> Score:
    """The index with the T-score of the total hip, 0 to 15 points."""
    score = blank(Instrument.FRACTURE_INDEX_BMD, patient)
    if not applies(score):
        return score
    missing = _unanswered(patient)
    t_score = patient.history.t_scores.total_hip
    if t_score is None:
        missing.append(message("T-score of the total hip"))
    if missing or t_score is None:
        return needing(score, missing)
    return valued(score, _points(patient) + t_score_points(t_score))


def t_score_points(t_score: float) -> int:
    """Points of a total hip T-score.

    >>> [t_score_points(t) for t in (-1.0, -1.01, -2.0, -2.01, -2.5, -2.51)]
    [0, 2, 2, 3, 3, 4]
    """
    points = spec_of(Instrument.FRACTURE_INDEX_BMD).points
    if t_score >= -1.0:
        return 0
    if t_score >= -2.0:
        return points["t_below_minus_1"]
    return points["t_below_minus_2"] if t_score >= -2.5 else points["t_below_minus_2_5"]


def _unanswered(patient: Patient) -> list[str]:
    from_age = spec_of(Instrument.FRACTURE_INDEX).limits["fracture_from_age"]
    missing = {
        questions.ASK_FRACTURES: questions.fracture_from(patient, from_age),
        questions.ASK_MOTHER: questions.mother_broke_hip(patient),
        questions.ASK_ARMS: patient.history.rises_with_arms,
    }
    return [ask for ask, answer in missing.items() if answer is None]


def _points(patient: Patient) -> int:
    """The six questions that need no DXA, all answered."""
    spec = spec_of(Instrument.FRACTURE_INDEX)
    answered = {
        "fracture": questions.fracture_from(patient, spec.limits["fracture_from_age"]),
        "mother_hip_fracture": questions.mother_broke_hip(patient),
        "light": patient.weight_kg <= spec.limits["weight_up_to"],
        "smoker": RiskFactor.SMOKER in patient.risk_factors,
        "rises_with_arms": patient.history.rises_with_arms,
    }
    points = sum(spec.points[name] for name, yes in answered.items() if yes)
    return spec.step("age", completed_years(patient)) + points
