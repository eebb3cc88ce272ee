"""The answer as a few lines of text to paste into a patient's record."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from face2bone.apparent_age import WHAT_IT_IS_NOT, ApparentAge
from face2bone.assessment import AnswersOnly, Assessment, LocatedSubject
from face2bone.body_units import two_decimals
from face2bone.bundle.card import notice_of
from face2bone.clinical.frax import WITH_BMD
from face2bone.clinical.questions import load_questions
from face2bone.dashboard.common.language import say
from face2bone.dashboard.review.referral_step import first_reason
from face2bone.dashboard.review.result_step import either, shown
from face2bone.patient import RedFlag, RiskFactor, Sex
from face2bone.report.apparent_age import age_beside, answer_words
from face2bone.studies import study_named
from face2bone.words import AsTyped, as_sentence, message, template, together

WHO: Final = {Sex.FEMALE: template("woman"), Sex.MALE: template("man")}


def record_text(
    assessment: Assessment | AnswersOnly,
    pseudonym: str,
    saver: str,
    day: date,
    age: ApparentAge | None = None,
) -> str:
    """Only what stands on the page and counted: who, result, suggestion, reason, answers.

    How old the face looks comes last but the name, with what it is not.
    """
    lines = [*_lines(assessment, pseudonym.strip(), day)]
    if isinstance(assessment, Assessment) and (beside := age_beside(assessment, age)):
        lines.append(say(together((answer_words(beside), WHAT_IT_IS_NOT))))
    if saver.strip():
        lines.append(say("Entered by {name}.", name=AsTyped(saver.strip())))
    return "\n".join(lines)


def _lines(assessment: Assessment | AnswersOnly, pseudonym: str, day: date) -> Iterator[str]:
    patient, referral = assessment.patient, assessment.referral
    of = AsTyped(f", {pseudonym}" if pseudonym else "")
    yield say(
        "Face2Bone, {day}{of}: {who}, {age} years, {height} cm, {weight} kg.",
        day=day.isoformat(),
        of=of,
        who=WHO[patient.sex],
        age=f"{patient.age_years:g}",
        height=two_decimals(patient.height_cm),
        weight=two_decimals(patient.weight_kg),
    )
    read = study_named(assessment.bundle.study).ready().modality
    yield say("{what}: {found}", what=read.title, found=_photo(assessment))
    if isinstance(assessment, Assessment) and assessment.photos_words:
        yield say(assessment.photos_words)
    if isinstance(assessment, Assessment):
        yield from _beside(assessment.located)
    suggested = message("Suggestion: {urgency}", urgency=as_sentence(referral.urgency.label))
    yield say(together((suggested, *referral.actions)))
    yield say("Reason: {reason}", reason=first_reason(referral))
    yield say("Red flags ticked: {flags}.", flags=flag_words(patient.red_flags))
    yield say("Risk factors ticked: {factors}.", factors=factor_words(patient.risk_factors))
    if referral.frax is not None:
        yield say(
            "FRAX entered, 10 years: major fracture {major}%, hip fracture {hip}% ({bmd}).",
            major=f"{referral.frax.major_percent:g}",
            hip=f"{referral.frax.hip_percent:g}",
            bmd=WITH_BMD[referral.frax.with_bmd],
        )
    yield say(
        "Guideline: {title}. {notice}",
        title=referral.guideline_title,
        notice=notice_of(assessment.bundle.status),
    )


def _beside(located: LocatedSubject) -> Iterator[str]:
    """Which one of two it is, and what was measured on the picture by a rule."""
    yield from map(say, located.told)
    for one in located.measures:
        value = message("{value} ({unit}).", value=f"{one.value or 0.0:.2f}", unit=one.unit)
        found = one.why_not if one.value is None else value
        yield say("{what}: {found}", what=one.name, found=found)
    yield from dict.fromkeys(say(one.meaning) for one in located.measures)


def _photo(assessment: Assessment | AnswersOnly) -> str:
    """The classes named with their probabilities; where none is named, that."""
    if isinstance(assessment, AnswersOnly):
        return message("no result. {why}", why=assessment.why)
    prediction = assessment.prediction
    if not shown(prediction) or not assessment.referral.class_headline_shown:
        return template("no class is named for this patient.")
    classes = assessment.bundle.classes
    shares = dict(zip(classes, map(float, prediction.probabilities), strict=True))
    return message(
        "{result}.", result=result_words((classes[k] for k in prediction.prediction_set), shares)
    )


def result_words(possible: Iterable[str], shares: Mapping[str, float]) -> str:
    """The classes that remain possible, and every probability."""
    numbers = tuple(
        message("{name} {value}", name=name, value=f"{share:.0%}") for name, share in shares.items()
    )
    return message("{named} ({shares})", named=either(possible), shares=numbers)


def flag_words(ticked: Iterable[RedFlag]) -> str:
    """The red flags that were ticked, in the order in which they are asked."""
    chosen = set(ticked)
    words = [q.words for flag, q in load_questions().red_flags.items() if flag in chosen]
    return message("{words}", words=tuple(words)) if words else template("none")


def factor_words(ticked: Iterable[RiskFactor]) -> str:
    """The risk factors that were ticked, in the order in which they are asked."""
    chosen = set(ticked)
    words = [q.words for factor, q in load_questions().risk_factors.items() if factor in chosen]
    return message("{words}", words=tuple(words)) if words else template("none")
