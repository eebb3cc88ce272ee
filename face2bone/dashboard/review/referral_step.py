"""The suggestion with its reason, the questions behind it, and what would change it."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from face2bone.clinical.frax import CALCULATOR
from face2bone.clinical.guideline import GUIDELINES, Topic, load_guideline
from face2bone.clinical.pathway import Urgency
from face2bone.clinical.questions import Question, load_questions
from face2bone.clinical.reasons import Reason
from face2bone.clinical.referral import Referral
from face2bone.clinical.source import unmarked
from face2bone.clinical.what_if import Change
from face2bone.dashboard.common import elements, session
from face2bone.dashboard.common.number_field import number_field
from face2bone.dashboard.review.answers import (
    FACTOR,
    FLAG,
    FRAX,
    FRAX_FIELDS,
    GUIDELINE,
    Answers,
    answer_key,
)
from face2bone.dashboard.review.history_form import history_form
from face2bone.settings import get_settings

BOXES: Final = {
    Urgency.URGENT: st.error,
    Urgency.SPECIALIST: st.warning,
    Urgency.DXA: st.warning,
    Urgency.DXA_IF_RISK_FACTOR: st.info,
    Urgency.ROUTINE: st.success,
}
SOURCES_PAGE: Final = "sources"  # beside Review; opens in another tab, so that the patient stays
TOPIC_WORDS: Final[Mapping[Topic, str]] = {
    "calcium": "calcium",
    "vitamin_d": "vitamin D",
    "exercise": "exercise",
    "falls": "falls",
}
CHANGE_WORDS: Final = {
    "red flag": "a red flag",
    "risk factor": "a risk factor",
    "answer": "the answer",
    "age": "age",
    "weight": "weight",
    "FRAX": "a FRAX result (10 years, without BMD) of",
    "photo": "the photo",
}
NOTHING_ASKS: Final = "Nothing entered so far asks for DXA."


def suggestion(answers: Answers, referral: Referral | None) -> None:
    """The suggestion, what to do and the first reason for it.

    While an answer is refused there is no ``referral``, and the refusals stand in its place.
    """
    if referral is None:
        _refusals(answers)
        return
    BOXES[referral.urgency](f"## Suggestion: {referral.urgency.label}")
    _list(referral.actions)
    st.markdown(f"**Reason:** {first_reason(referral)}")
    _unverified(referral)
    more = len(referral.reasons) - 1
    st.caption(
        "Based on your answers; the photo can add a referral, never remove one. "
        + ("All reasons: *What changes it*. " if more else "")
        + f"{referral.guideline_title}. The clinician decides."
    )


def first_reason(referral: Referral) -> str:
    """The first of the reasons that ask for what is suggested; or that none asks for anything."""
    if referral.urgency is Urgency.ROUTINE:
        return NOTHING_ASKS
    return next(r.text for r in referral.reasons if r.urgency is referral.urgency)


def red_flags() -> None:
    """The boxes whose tick asks for an urgent review."""
    st.header("Red flags", anchor=False)
    _boxes(FLAG, {flag.value: q for flag, q in load_questions().red_flags.items()})


def risk_factors(answers: Answers) -> None:
    """Every other question, the clinician's own FRAX result and the guideline."""
    asked = load_questions()
    factors, others = st.columns(2, gap="large")
    with factors:
        st.markdown("**Risk factors**, in the order of the FRAX form")
        _boxes(FACTOR, {f.value: q for f, q in asked.risk_factors.items() if q.frax})
    with others:
        st.markdown("**Also asked**")
        _boxes(FACTOR, {f.value: q for f, q in asked.risk_factors.items() if not q.frax})
        _frax_entry()
        _guideline()
    further = "Further answers for the scores (optional)"
    elements.folded(further, "further_answers", lambda: history_form(answers.patient))
    st.button(
        "Clear all answers",
        on_click=session.review_case().clear_answers,
        key="clear_answers",
        help="Red flags, risk factors, FRAX and the further answers.",
    )


def reasons_and_changes(referral: Referral) -> None:
    """Every reason with its source, what the photo changed, and what would change it."""
    reasons, changes = st.columns(2, gap="large")
    with reasons:
        st.markdown("**Reasons**")
        for reason in referral.reasons:
            _reason(reason)
        _face(referral)
    with changes:
        _changes(referral)
        topics = "Advice on calcium, vitamin D, exercise and falls"
        elements.folded(topics, "advice", lambda: _advice(referral))
    st.caption(
        f"Guideline: {referral.guideline_title}. {referral.guideline_note} "
        f"Rules common to all: pathway {referral.pathway_version}."
    )


def _refusals(answers: Answers) -> None:
    st.warning(
        "**No suggestion yet.** An answer cannot be used. Result, suggestion, scores and report "
        "wait until it is corrected.",
        icon=":material/block:",
    )
    for refusal in answers.refusals:
        elements.refusal(refusal)


def _boxes(prefix: str, questions: Mapping[str, Question]) -> None:
    for name, question in questions.items():
        st.checkbox(
            question.label,
            help=question.help,
            key=answer_key(f"{prefix}{name}"),
            persist_state="session",
        )


def _frax_entry() -> None:
    st.markdown("**Your own FRAX result**, if you have one")
    st.caption(
        f"FRAX is not computed here. The official calculator: [{CALCULATOR}]({CALCULATOR}); "
        "following the link leaves this page, and nothing is sent along."
    )
    typed = []
    for column, (name, quantity) in zip(st.columns(2), FRAX_FIELDS.items(), strict=True):
        with column:
            typed.append(number_field(quantity, answer_key(name)).value)
    if typed.count(None) == 1:
        st.caption("Both figures are needed: one alone is not used.")
    st.checkbox(
        "Computed with femoral-neck BMD", key=answer_key(f"{FRAX}bmd"), persist_state="session"
    )


def _guideline() -> None:
    st.selectbox(
        "Guideline",
        GUIDELINES,
        index=GUIDELINES.index(get_settings().guideline),
        format_func=lambda guideline: load_guideline(guideline).title,
        help="The site's own is set by FACE2BONE_GUIDELINE.",
        key=GUIDELINE,
        persist_state="session",
    )


def _advice(referral: Referral) -> None:
    for line in referral.advice:
        st.markdown(f"- {line.text}")
        st.caption(unmarked(line.source))


def _unverified(referral: Referral) -> None:
    """One badge for all that rests on a publication nobody read for it; the page explains."""
    rules = sorted({r.order for r in referral.reasons if not r.verified})
    topics = [TOPIC_WORDS[line.topic] for line in referral.advice if not line.verified]
    named = [f"rule {number}" for number in rules]
    named += [f"advice on {', '.join(topics)}"] if topics else []
    if named:
        st.markdown(
            f":orange-badge[Unverified: {'; '.join(named)}] [What this means]({SOURCES_PAGE})"
        )


def _list(actions: tuple[str, ...]) -> None:
    st.markdown("\n".join(f"- {action}" for action in actions))


def _reason(reason: Reason) -> None:
    st.markdown(f"- {reason.text}")
    st.caption(f"Rule {reason.order}, {reason.version}. {unmarked(reason.source)}")


def _face(referral: Referral) -> None:
    st.markdown("**What the photo changed**")
    sides = (
        ("Without the photo", referral.urgency_without_face, referral.actions_without_face),
        ("With the photo", referral.urgency, referral.actions),
    )
    for column, (title, urgency, actions) in zip(st.columns(2), sides, strict=True):
        with column, st.container(border=True):
            st.markdown(f"{title}  \n**{urgency.label}**")
            _list(actions)
    st.caption(referral.face_effect)


def _changes(referral: Referral) -> None:
    st.markdown("**What would change the suggestion**")
    st.caption("Each by itself, with every other answer as it is.")
    for raises, title in ((True, "Would raise it"), (False, "Would lower it")):
        changes = [change for change in referral.changes if change.raises is raises]
        if changes:
            st.markdown(f"**{title}**")
            st.markdown("\n".join(f"- {_change(change)}" for change in changes))
    if not referral.changes:
        st.markdown("No single answer would.")


def _change(change: Change) -> str:
    facts = change.any_of
    which = facts[0] if len(facts) == 1 else "any one of: " + "; ".join(facts)
    return f"to *{change.urgency.label}*: {CHANGE_WORDS[change.kind]}, {which}"
