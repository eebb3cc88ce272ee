"""DXA read by the rules: WHO classes by T-score, Z-scores, and NOGG's spine adjustment.

Sites are lumbar spine, femoral neck and total hip; the lowest measured one decides.
"""

from dataclasses import replace
from typing import Final

from face2bone.bone import bone_class
from face2bone.clinical.eligibility import (
    applies,
    blank,
    needing,
    reads_by_z_score,
    spec_of,
    valued,
)
from face2bone.clinical.score import Instrument, Score
from face2bone.patient import Patient
from face2bone.words import message

ASK_T_SCORE: Final = message("a T-score of lumbar spine, femoral neck or total hip")
ASK_Z_SCORE: Final = message("a Z-score of lumbar spine, femoral neck or total hip")
ASK_SPINE_AND_NECK: Final = message("T-scores of lumbar spine and femoral neck")


def who_class(patient: Patient) -> Score:
    """The lowest T-score and its WHO class, for those whose T-scores are read."""
    score = blank(Instrument.WHO_CLASS, patient)
    if reads_by_z_score(patient):
        return replace(
            score,
            not_applicable=message("women before menopause and men under 50 are read by Z-score"),
        )
    measured = patient.history.t_scores.measured
    if not measured:
        return needing(score, [ASK_T_SCORE])
    lowest = min(measured)
    return replace(valued(score, lowest), band=bone_class(lowest).label)


def z_score(patient: Patient) -> Score:
    """The lowest Z-score, for those whose T-scores are not read."""
    score = blank(Instrument.Z_SCORE, patient)
    if not reads_by_z_score(patient):
        return replace(
            score,
            not_applicable=message(
                "women after menopause and men of 50 and over are read by T-score"
            ),
        )
    measured = patient.history.z_scores.measured
    if not measured:
        return needing(score, [ASK_Z_SCORE])
    lowest = min(measured)
    below = lowest <= spec_of(score.instrument).limits["below_expected_up_to"]
    band = (
        message("below the expected range for age")
        if below
        else message("within the expected range for age")
    )
    return replace(valued(score, lowest), band=band)


def nogg_spine_hip(patient: Patient, frax_major_percent: float) -> Score:
    """A FRAX major fracture probability (%, 0 to 100) adjusted for a spine below the neck.

    MOF * (1 + 0.10 * (femoral neck T - lumbar spine T)), where the difference is positive;
    it is not rounded to whole standard deviations, as one public port does.
    """
    score = blank(Instrument.NOGG_SPINE_HIP, patient)
    if not applies(score):
        return score
    if not 0.0 <= frax_major_percent <= 100.0:
        return replace(score, not_applicable=message("a probability lies between 0 and 100 %"))
    neck = patient.history.t_scores.femoral_neck
    spine = patient.history.t_scores.lumbar_spine
    if neck is None or spine is None:
        return needing(score, [ASK_SPINE_AND_NECK])
    share = spec_of(score.instrument).limits["share_per_sd"]
    adjusted = frax_major_percent * (1.0 + share * max(neck - spine, 0.0))
    return valued(score, min(adjusted, 100.0))
