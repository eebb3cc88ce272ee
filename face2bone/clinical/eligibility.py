"""Whether an instrument applies to a patient, and the score it then gives."""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from face2bone.clinical.questions import ASK_ETHNICITY
from face2bone.clinical.score import Instrument, Score
from face2bone.clinical.tables import Population, Spec, load_tables
from face2bone.patient import Menopause, Patient, Sex
from face2bone.words import message, template

T_SCORE_AGE: Final = 50  # below it T-score classes need menopause (women) or are undefined (men)
_SEX_WORDS: Final = {Sex.FEMALE: template("for women only"), Sex.MALE: template("for men only")}


def completed_years(patient: Patient) -> int:
    """Age as the published rules count it."""
    return math.floor(patient.age_years)


def counts_as_postmenopausal(patient: Patient) -> bool:
    """Whether a woman is past menopause; not told, she counts as such from 50."""
    if patient.menopause is Menopause.UNKNOWN:
        return not young_for_t_scores(patient.age_years)
    return patient.menopause is Menopause.POST


def young_for_t_scores(age_years: float) -> bool:
    """Whether WHO classes are undefined at this age, where nothing is known of menopause."""
    return age_years < T_SCORE_AGE


def reads_by_z_score(patient: Patient) -> bool:
    """Whether WHO classes are undefined: men under 50 and premenopausal women (ISCD 2023)."""
    if patient.sex is Sex.MALE:
        return young_for_t_scores(patient.age_years)
    return not counts_as_postmenopausal(patient)


def why_not(population: Population, patient: Patient) -> str:
    """The reason an instrument is not for this patient; empty where it is."""
    age = completed_years(patient)
    if population.sex is not None and population.sex is not patient.sex:
        return _SEX_WORDS[population.sex]
    too_young = population.youngest is not None and age < population.youngest
    if too_young or (population.oldest is not None and age > population.oldest):
        return message(
            "the patient is {age}, and the rule is for {ages}", age=age, ages=_ages(population)
        )
    if population.menopause is Menopause.POST and not counts_as_postmenopausal(patient):
        return message("for women after menopause only; where that is unknown it counts from 50")
    ethnicity = patient.history.ethnicity
    if population.ethnicities and ethnicity and ethnicity not in population.ethnicities:
        return message("for {population} only", population=population.words)
    return ""


def _ages(population: Population) -> str:
    if population.oldest is None:
        return message("ages {youngest} and over", youngest=f"{population.youngest}")
    return message(
        "ages {youngest} to {oldest}",
        youngest=f"{population.youngest}",
        oldest=f"{population.oldest}",
    )


def spec_of(instrument: Instrument) -> Spec:
    """The instrument's figures."""
    return load_tables().instruments[instrument]


def blank(instrument: Instrument, patient: Patient) -> Score:
    """The instrument's score before any figure: not applicable, or in need of answers."""
    tables, spec = load_tables(), spec_of(instrument)
    reason = why_not(spec.population, patient)
    asks = spec.population.ethnicities and patient.history.ethnicity is None and not reason
    return Score(
        instrument=instrument,
        title=spec.title,
        version=tables.version,
        source=tables.sources[spec.source],
        population=spec.population.words,
        unit=spec.unit,
        cutoff=spec.cutoff.words if spec.cutoff else "",
        cutoff_value=spec.cutoff.value if spec.cutoff else None,
        not_applicable=reason,
        missing=(ASK_ETHNICITY,) if asks else (),
        note=spec.note,
    )


def applies(score: Score) -> bool:
    """Whether a blank score may go on to a value."""
    return not score.not_applicable and not score.missing


def valued(score: Score, value: float, counted_as_no: Iterable[str] = ()) -> Score:
    """A blank score with its value, band and referral filled in."""
    spec = spec_of(score.instrument)
    refers = spec.cutoff.past(value) if spec.cutoff else None
    return replace(
        score,
        value=float(value),
        band=spec.band(value),
        refers=refers,
        missing=tuple(counted_as_no),
    )


def needing(score: Score, answers: Iterable[str]) -> Score:
    """A blank score that cannot have a value before these questions are answered."""
    return replace(score, missing=tuple(answers))
