"""The answer as a few lines of text to paste into a patient's record."""

from collections.abc import Iterator
from datetime import date

from face2bone.assess import AnswersOnly, Assessment
from face2bone.bundle.card import notice_of
from face2bone.clinical.questions import load_questions
from face2bone.dashboard.review.referral_step import first_reason
from face2bone.dashboard.review.result_step import shown
from face2bone.patient import Patient, Sex

WHO = {Sex.FEMALE: "woman", Sex.MALE: "man"}


def record_text(assessment: Assessment | AnswersOnly, pseudonym: str, saver: str, day: date) -> str:
    """Only what stands on the page and counted: who, result, suggestion, reason, answers."""
    return "\n".join(_lines(assessment, pseudonym.strip(), saver.strip(), day))


def _lines(
    assessment: Assessment | AnswersOnly, pseudonym: str, saver: str, day: date
) -> Iterator[str]:
    patient, referral = assessment.patient, assessment.referral
    of = f", {pseudonym}" if pseudonym else ""
    yield (
        f"Face2Bone, {day.isoformat()}{of}: {WHO[patient.sex]}, {patient.age_years:g} years, "
        f"{patient.height_cm:g} cm, {patient.weight_kg:g} kg."
    )
    yield f"Photo: {_photo(assessment)}"
    actions = "".join(f" {action}" for action in referral.actions)
    yield f"Suggestion: {referral.urgency.label.rstrip('.')}.{actions}"
    yield f"Reason: {first_reason(referral)}"
    yield f"Red flags ticked: {_ticked(patient, flags=True)}."
    yield f"Risk factors ticked: {_ticked(patient, flags=False)}."
    if referral.frax is not None:
        yield (
            f"FRAX entered, 10 years: major fracture {referral.frax.major_percent:g}%, "
            f"hip fracture {referral.frax.hip_percent:g}% "
            f"({'with' if referral.frax.with_bmd else 'without'} BMD)."
        )
    yield f"Guideline: {referral.guideline_title}. {notice_of(assessment.bundle.status)}"
    if saver:
        yield f"Entered by {saver}."


def _photo(assessment: Assessment | AnswersOnly) -> str:
    """The classes named with their probabilities; where none is named, that."""
    if isinstance(assessment, AnswersOnly):
        return f"no result. {assessment.why}"
    prediction = assessment.prediction
    if not shown(prediction) or not assessment.referral.class_headline_shown:
        return "no class is named for this patient."
    classes = assessment.bundle.classes
    names = " or ".join(classes[k] for k in prediction.prediction_set)
    shares = ", ".join(
        f"{name} {p:.0%}" for name, p in zip(classes, prediction.probabilities, strict=True)
    )
    return f"{names} ({shares})."


def _ticked(patient: Patient, flags: bool) -> str:
    questions = load_questions()
    if flags:
        words = [q.words for f, q in questions.red_flags.items() if f in patient.red_flags]
    else:
        words = [q.words for f, q in questions.risk_factors.items() if f in patient.risk_factors]
    return ", ".join(words) or "none"
