"""QFracture-2012 for a patient: which answers it takes, and the score with its disclaimer."""

from dataclasses import replace
from typing import Final, Literal

from face2bone.clinical import questions
from face2bone.clinical.eligibility import applies, blank, completed_years, needing, valued
from face2bone.clinical.qfracture import (
    DEFAULT_YEARS,
    Inputs,
    disclaimer,
    load_coefficients,
    out_of_range,
    risk_percent,
)
from face2bone.clinical.score import Instrument, Score
from face2bone.history import (
    Alcohol,
    Condition,
    Ethnicity,
    FractureSite,
    Oestrogen,
    Prescription,
    Smoking,
)
from face2bone.patient import Patient, RiskFactor, Sex
from face2bone.words import message

# The equations number these categories in the order of the enums; ethnic groups from 1.
ETHNICITIES: Final = tuple(Ethnicity)
SMOKING: Final = tuple(Smoking)
ALCOHOL: Final = tuple(Alcohol)
SITES: Final = frozenset(
    {FractureSite.HIP, FractureSite.SPINE, FractureSite.WRIST, FractureSite.SHOULDER}
)
CONDITION_TERMS: Final = {
    Condition.CANCER: "b_anycancer",
    Condition.ASTHMA_OR_COPD: "b_asthmacopd",
    Condition.CARDIOVASCULAR: "b_cvd",
    Condition.DEMENTIA: "b_dementia",
    Condition.ENDOCRINE: "b_endocrine",
    Condition.EPILEPSY: "b_epilepsy2",
    Condition.LIVER: "b_liver",
    Condition.LUPUS: "b_ra_sle",
    Condition.MALABSORPTION: "b_malabsorption",
    Condition.PARKINSONS: "b_parkinsons",
    Condition.RENAL: "b_renal",
    Condition.DIABETES_TYPE_1: "b_type1",
    Condition.DIABETES_TYPE_2: "b_type2",
}


def qfracture_major(patient: Patient, years: int = DEFAULT_YEARS) -> Score:
    """Risk of a hip, wrist, shoulder or spine fracture within 1 to 18 years, percent."""
    return _score(Instrument.QFRACTURE_MAJOR, "major", patient, years)


def qfracture_hip(patient: Patient, years: int = DEFAULT_YEARS) -> Score:
    """Risk of a hip fracture within 1 to 18 years, percent."""
    return _score(Instrument.QFRACTURE_HIP, "hip", patient, years)


def _score(
    instrument: Instrument, outcome: Literal["major", "hip"], patient: Patient, years: int
) -> Score:
    score = replace(
        blank(instrument, patient),
        version=load_coefficients().version,
        band=message("within {years} years", years=f"{years}"),
        disclaimer=disclaimer(),
    )
    inputs = qfracture_inputs(patient)
    refusal = out_of_range(inputs, years)
    if refusal or not applies(score):
        return replace(score, band="", not_applicable=refusal or score.not_applicable)
    needed = needed_answers(patient)
    if needed:
        return replace(needing(score, needed), band="")
    risk = risk_percent(patient.sex, outcome, inputs, years)
    return replace(valued(score, risk, counted_as_no(patient)), band=score.band)


def qfracture_inputs(patient: Patient) -> Inputs:
    """The equations' inputs; unanswered questions count as no, as the equations define."""
    history = patient.history
    return Inputs(
        age=completed_years(patient),
        bmi=patient.bmi,
        ethnicity=1 + ETHNICITIES.index(history.ethnicity or Ethnicity.WHITE),
        smoking=SMOKING.index(history.smoking or Smoking.NEVER),
        alcohol=ALCOHOL.index(history.alcohol or Alcohol.NONE),
        yes=frozenset(name for name, yes in _yes_or_no(patient).items() if yes),
    )


def _yes_or_no(patient: Patient) -> dict[str, bool | None]:
    history, ticked = patient.history, patient.risk_factors
    conditions = {CONDITION_TERMS[c] for c in history.conditions or ()}
    if RiskFactor.RHEUMATOID_ARTHRITIS in ticked:
        conditions.add("b_ra_sle")
    parent_hip = RiskFactor.PARENT_HIP_FRACTURE in ticked
    return {
        **dict.fromkeys(conditions, True),
        "b_antidepressant": Prescription.ANTIDEPRESSANT in (history.prescriptions or ()),
        "b_carehome": history.care_home,
        "b_corticosteroids": questions.corticosteroids_now(patient),
        "b_falls": RiskFactor.FALLS in ticked,
        "b_fracture4": questions.site_ever_broken(patient, SITES),
        "b_hrt_oest": history.oestrogen is Oestrogen.CURRENT,
        "fh_osteoporosis": parent_hip or history.parent_osteoporosis,
    }


def needed_answers(patient: Patient) -> list[str]:
    """Ticks whose detail the equations need: a guess would be another patient's risk."""
    history, ticked = patient.history, patient.risk_factors
    secondary = RiskFactor.SECONDARY_OSTEOPOROSIS in ticked
    wanting = {
        questions.ASK_CIGARETTES: RiskFactor.SMOKER in ticked and history.smoking is None,
        questions.ASK_ALCOHOL: RiskFactor.ALCOHOL in ticked and history.alcohol is None,
        questions.ASK_DIAGNOSES: secondary and history.conditions is None,
        questions.ASK_PRESCRIPTIONS: questions.corticosteroids_now(patient) is None,
        questions.ASK_FRACTURES: questions.site_ever_broken(patient, SITES) is None,
    }
    return [ask for ask, wanted in wanting.items() if wanted]


def counted_as_no(patient: Patient) -> list[str]:
    """Unanswered questions that the equations count as no, or as their reference group."""
    history = patient.history
    women = patient.sex is Sex.FEMALE
    unanswered = {
        message("ethnic group (taken as white)"): history.ethnicity is None,
        questions.ASK_CIGARETTES: history.smoking is None,
        questions.ASK_ALCOHOL: history.alcohol is None,
        questions.ASK_DIAGNOSES: history.conditions is None,
        questions.ASK_PRESCRIPTIONS: history.prescriptions is None,
        questions.ASK_PARENT: history.parent_osteoporosis is None,
        questions.ASK_OESTROGEN: women and history.oestrogen is None,
        questions.ASK_CARE_HOME: not women and history.care_home is None,
    }
    return [ask for ask, open_ in unanswered.items() if open_]
