"""One saved assessment as it was saved: every word from its document, nothing computed anew.

Answers are shown in the words of the form they were given in.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, Final

import numpy as np
import streamlit as st

from face2bone.apparent_age import WHAT_IT_IS_NOT
from face2bone.body_units import two_decimals
from face2bone.clinical.frax import WITH_BMD
from face2bone.clinical.pathway import Urgency
from face2bone.dashboard.common import charts, elements
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.review.answers import MENOPAUSE_WORDS, SITES, T_SCORE, Z_SCORE, bone_score
from face2bone.dashboard.review.history_form import ASKED, NO, NONE, YES, answer_label
from face2bone.dashboard.review.record_text import factor_words, flag_words
from face2bone.dashboard.review.referral_step import BOXES, NOTHING_ASKS
from face2bone.dashboard.review.result_step import either
from face2bone.history import Fracture, History
from face2bone.history_file import parse_history
from face2bone.patient import Menopause, RedFlag, RiskFactor
from face2bone.records import DxaEntry, SavedAssessment
from face2bone.report.apparent_age import answer_words, gap_words
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.document_parts import PatientPart
from face2bone.words import AsTyped, message, template, together

LINE: Final = template("{question}: {answer}")


def further_answers(patient: PatientPart) -> Iterator[str]:
    """A sentence each for menopause and for every further question that was answered."""
    if patient.sex == "F":
        status = MENOPAUSE_WORDS[Menopause(patient.menopause)]
        yield message(LINE, question=template("Menopausal status"), answer=status)
    history = parse_history(patient.history)
    for name, question in ASKED.items():
        answer = getattr(history, name)
        if answer is not None:  # an empty list is the answer "none"
            yield message(LINE, question=question, answer=_words(answer))
    yield from _scores(history)


def _scores(history: History) -> Iterator[str]:
    """Of a DXA already measured, standard deviations."""
    for prefix, scores in ((T_SCORE, history.t_scores), (Z_SCORE, history.z_scores)):
        for site in SITES:
            score = getattr(scores, site)
            if score is not None:
                yield message(LINE, question=bone_score(prefix, site).title, answer=f"{score:g}")


def _words(answer: Any) -> str:
    if isinstance(answer, bool):
        return YES if answer else NO
    if isinstance(answer, Enum):
        return answer_label(answer)
    return message("{words}", words=tuple(_listed(answer))) if answer else NONE


def _listed(answers: Any) -> Iterator[str]:
    """Fractures in the order they were listed, diagnoses and medicines as the form has them."""
    for one in answers if isinstance(answers, tuple) else sorted(answers, key=_place):
        if isinstance(one, Fracture):
            site, age = answer_label(one.site), f"{one.age_years:g}"
            yield message("{site} at {age} years", site=site, age=age)
        else:
            yield answer_label(one)


def _place(answer: Enum) -> int:
    return list(type(answer)).index(answer)


SEX_WORDS: Final = {"F": template("woman"), "M": template("man")}
NO_CLASS: Final = template("no class named")
NO_RESULT: Final = template("no result of a photo")


def result_in_short(one: SavedAssessment) -> str:
    """The classes that remained possible, as named when it was saved."""
    if one.facts.probabilities is None:
        return NO_RESULT
    if not one.facts.referral.class_headline_shown:
        return NO_CLASS
    if one.document is None:
        shares = one.facts.probabilities
        return message("most probable {name}", name=max(shares, key=shares.__getitem__))
    return either(one.document.prediction_set)


def saved_page(one: SavedAssessment, results: Sequence[DxaEntry]) -> None:
    """Who, result, suggestion with its reason, decision, answers, DXA results and the model."""
    result, suggestion = st.columns(2, gap="medium")
    with result:
        _result(one)
    with suggestion:
        _suggestion(one)
    if one.document is not None:
        _answers(one.document)
        _age(one.document)
    for entry in results:
        if entry.counts:
            st.text(say("DXA, {words}", words=_dxa_words(entry)))
    if one.document is not None:
        _sources(one.document, one.consent_by)


def _result(one: SavedAssessment) -> None:
    st.markdown(say("**{name}**: {who}", name=literal(one.patient_id), who=_who(one)))
    st.markdown(say("**Result of the photo then:** {result}", result=result_in_short(one)))
    shares = one.facts.probabilities
    if shares is not None and one.facts.referral.class_headline_shown:
        names = one.facts.classes
        values = np.array([shares[name] for name in names])
        elements.drawing(charts.probability_bars(names, values))
    if one.document is not None and one.document.no_result:
        st.caption(say(one.document.as_made(one.document.no_result)))


def _who(one: SavedAssessment) -> str:
    who, age = SEX_WORDS[one.facts.patient.sex], f"{one.facts.patient.age_years:g}"
    if one.document is None:
        return message("{who}, {age} years", who=who, age=age)
    patient = one.document.patient
    return message(
        "{who}, {age} years, {height} cm, {weight} kg",
        who=who,
        age=age,
        height=two_decimals(patient.height_cm),
        weight=two_decimals(patient.weight_kg),
    )


def _suggestion(one: SavedAssessment) -> None:
    urgency = one.facts.referral.urgency
    box = {known.label: BOXES[known] for known in Urgency}.get(urgency, st.info)
    box(say("**Suggested then:** {urgency}", urgency=urgency))
    if one.document is not None:
        st.markdown(say("**Reason:** {reason}", reason=_first_reason(one.document)))
        for action in one.document.referral.actions:
            st.markdown(f"- {say(one.document.as_made(action))}")
    # Typed by somebody, so not to be read as Markdown.
    name = AsTyped(one.saved_by)
    lines = [say("Decision of {saved_by}: {decision}", saved_by=name, decision=one.decision)]
    if one.reason:
        lines.append(say("Reason given: {reason}", reason=AsTyped(one.reason)))
    st.text("\n".join(lines))


def _first_reason(document: AssessmentDocument) -> str:
    referral = document.referral
    if referral.urgency_level == Urgency.ROUTINE.name.lower():
        return NOTHING_ASKS
    said = next(r.text for r in referral.reasons if r.urgency == referral.urgency)
    return document.as_made(said)


def _answers(document: AssessmentDocument) -> None:
    patient, frax = document.patient, document.frax
    lines = [
        "- " + say("Red flags ticked: {flags}", flags=flag_words(map(RedFlag, patient.red_flags))),
        "- "
        + say(
            "Risk factors ticked: {factors}",
            factors=factor_words(map(RiskFactor, patient.risk_factors)),
        ),
    ]
    if frax is not None:
        lines.append(
            "- "
            + say(
                "FRAX entered, 10 years: major fracture {major}%, hip fracture {hip}% ({bmd})",
                major=f"{frax.major_percent:g}",
                hip=f"{frax.hip_percent:g}",
                bmd=WITH_BMD[frax.with_bmd],
            )
        )
    lines += ["- " + say(line) for line in further_answers(patient)]
    st.markdown("\n".join(lines))


def _age(document: AssessmentDocument) -> None:
    """How old the face looked, quietly: it was no part of the result or the suggestion."""
    age = document.apparent_age
    if age is not None:
        words = filter(None, (answer_words(age), gap_words(age), WHAT_IT_IS_NOT))
        limits = map(document.as_made, age.limits)
        st.caption(say(together(words)), help=say(together(limits)))


def _dxa_words(entry: DxaEntry) -> str:
    name = AsTyped(entry.entered_by)
    return message("{result}; entered by {name}", result=entry.result.words, name=name)


def _sources(document: AssessmentDocument, consent_by: str) -> None:
    model = document.bundle
    st.caption(
        say(
            "{title}. Model: {name} {version}, status {status}. {notice} Consent given "
            "by: {consent_by}.",
            title=document.referral.guideline.title,
            name=literal(model.name),
            version=literal(model.version),
            status=model.status,
            notice=document.notice,
            consent_by=consent_by,
        )
    )
