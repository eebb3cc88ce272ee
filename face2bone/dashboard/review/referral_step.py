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
from face2bone.dashboard.common.language import say, speaker
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
from face2bone.words import message, template

BOXES: Final = {
    Urgency.URGENT: st.error,
    Urgency.SPECIALIST: st.warning,
    Urgency.DXA: st.warning,
    Urgency.DXA_IF_RISK_FACTOR: st.info,
    Urgency.ROUTINE: st.success,
}
SOURCES_PAGE: Final = "sources"  # beside Review; opens in another tab, so that the patient stays
TOPIC_WORDS: Final[Mapping[Topic, str]] = {
    "calcium": template("calcium"),
    "vitamin_d": template("vitamin D"),
    "exercise": template("exercise"),
    "falls": template("falls"),
}
CHANGE_WORDS: Final = {
    "red flag": template("a red flag"),
    "risk factor": template("a risk factor"),
    "answer": template("the answer"),
    "age": template("age"),
    "weight": template("weight"),
    "FRAX": template("a FRAX result (10 years, without BMD) of"),
    "picture": template("the {picture}"),
}
NOTHING_ASKS: Final = template("Nothing entered so far asks for DXA.")


def suggestion(answers: Answers, referral: Referral | None) -> None:
    """The suggestion, what to do and the first reason for it.

    While an answer is refused there is no ``referral``, and the refusals stand in its place.
    """
    if referral is None:
        _refusals(answers)
        return
    BOXES[referral.urgency](say("## Suggestion: {urgency}", urgency=referral.urgency.label))
    _list(referral.actions)
    st.markdown(say("**Reason:** {reason}", reason=first_reason(referral)))
    _unverified(referral)
    more = len(referral.reasons) - 1
    st.caption(
        say(
            "Based on your answers; the {picture} can add a referral, never remove one.",
            picture=session.noun(),
        )
        + (" " + say("All reasons: *What changes it*.") if more else "")
        + " "
        + say("{guideline}. The clinician decides.", guideline=referral.guideline_title)
    )


def first_reason(referral: Referral) -> str:
    """The first of the reasons that ask for what is suggested; or that none asks for anything."""
    if referral.urgency is Urgency.ROUTINE:
        return NOTHING_ASKS
    return next(r.text for r in referral.reasons if r.urgency is referral.urgency)


def red_flags() -> None:
    """The boxes whose tick asks for an urgent review."""
    flags = {flag.value: q for flag, q in load_questions().red_flags.items()}
    # One stop for the keyboard, where a "?" beside each box would be seven on the way to Save.
    meanings = "\n".join(f"- **{say(q.label)}**: {say(q.help)}" for q in flags.values() if q.help)
    st.header(say("Red flags"), anchor=False, help=meanings)
    _boxes(FLAG, flags, helped=False)


def risk_factors(answers: Answers) -> None:
    """Every other question, the clinician's own FRAX result and the guideline."""
    asked = load_questions()
    factors, others = st.columns(2, gap="large")
    with factors:
        st.markdown(say("**Risk factors**, in the order of the FRAX form"))
        _boxes(FACTOR, {f.value: q for f, q in asked.risk_factors.items() if q.frax})
    with others:
        st.markdown(say("**Also asked**"))
        _boxes(FACTOR, {f.value: q for f, q in asked.risk_factors.items() if not q.frax})
        _frax_entry()
        _guideline()
    further = say("Further answers for the scores (optional)")
    elements.folded(further, "further_answers", lambda: history_form(answers.patient))
    st.button(
        say("Clear all answers"),
        on_click=session.review_case().clear_answers,
        key="clear_answers",
        help=say("Red flags, risk factors, FRAX and the further answers."),
    )


def reasons_and_changes(referral: Referral) -> None:
    """Every reason with its source, what the picture changed, and what would change it."""
    reasons, changes = st.columns(2, gap="large")
    with reasons:
        st.markdown(say("**Reasons**"))
        for reason in referral.reasons:
            _reason(reason)
        _what_it_changed(referral)
    with changes:
        _changes(referral)
        topics = say("Advice on calcium, vitamin D, exercise and falls")
        elements.folded(topics, "advice", lambda: _advice(referral))
    st.caption(
        say(
            "Guideline: {guideline}. {note} Rules common to all: pathway {version}.",
            guideline=referral.guideline_title,
            note=referral.guideline_note,
            version=referral.pathway_version,
        )
    )


def _refusals(answers: Answers) -> None:
    st.warning(
        say(
            "**No suggestion yet.** An answer cannot be used. Result, suggestion, scores "
            "and report wait until it is corrected."
        ),
        icon=":material/block:",
    )
    for refusal in answers.refusals:
        elements.refusal(refusal)


def _boxes(prefix: str, questions: Mapping[str, Question], helped: bool = True) -> None:
    for name, question in questions.items():
        st.checkbox(
            say(question.label),
            help=say(question.help) if helped and question.help else None,
            key=answer_key(f"{prefix}{name}"),
            persist_state="session",
        )


def _frax_entry() -> None:
    st.markdown(say("**Your own FRAX result**, if you have one"))
    st.caption(
        say(
            "FRAX is not calculated here. The official calculator is at "
            "[{calculator}]({calculator}). The link leaves this page; no patient data are sent.",
            calculator=CALCULATOR,
        )
    )
    typed = []
    for column, (name, quantity) in zip(st.columns(2), FRAX_FIELDS.items(), strict=True):
        with column:
            typed.append(number_field(quantity, answer_key(name)).value)
    if typed.count(None) == 1:
        st.caption(say("Both figures are needed: one alone is not used."))
    st.checkbox(
        say("Computed with femoral-neck BMD"), key=answer_key(f"{FRAX}bmd"), persist_state="session"
    )


def _guideline() -> None:
    st.selectbox(
        say("Guideline"),
        GUIDELINES,
        index=GUIDELINES.index(get_settings().guideline),
        format_func=speaker(lambda guideline: load_guideline(guideline).title),
        help=say(
            "The choice holds for every patient until you change it. A site sets its own with "
            "FACE2BONE_GUIDELINE."
        ),
        key=GUIDELINE,
        persist_state="session",
    )


def _advice(referral: Referral) -> None:
    for line in referral.advice:
        st.markdown(f"- {say(line.text)}")
        st.caption(unmarked(line.source))


def _unverified(referral: Referral) -> None:
    """One badge for all that rests on a publication nobody read for it; the page explains."""
    rules = sorted({r.order for r in referral.reasons if not r.verified})
    topics = [TOPIC_WORDS[line.topic] for line in referral.advice if not line.verified]
    named = [say("rule {number}", number=number) for number in rules]
    named += [say("advice on {topics}", topics=tuple(topics))] if topics else []
    if named:
        st.markdown(
            say(
                ":orange-badge[Unverified: {named}] [What this means]({page})",
                named="; ".join(named),
                page=SOURCES_PAGE,
            )
        )


def _list(actions: tuple[str, ...]) -> None:
    st.markdown("\n".join(f"- {say(action)}" for action in actions))


def _reason(reason: Reason) -> None:
    st.markdown(f"- {say(reason.text)}")
    st.caption(
        say(
            "Rule {order}, {version}. {source}",
            order=reason.order,
            version=reason.version,
            source=unmarked(reason.source),
        )
    )


def _what_it_changed(referral: Referral) -> None:
    picture = session.noun()
    st.markdown(say("**What the {picture} changed**", picture=picture))
    sides = (
        (
            say("Without the {picture}", picture=picture),
            referral.urgency_without_picture,
            referral.actions_without_picture,
        ),
        (say("With the {picture}", picture=picture), referral.urgency, referral.actions),
    )
    for column, (title, urgency, actions) in zip(st.columns(2), sides, strict=True):
        with column, st.container(border=True):
            st.markdown(f"{title}  \n**{say(urgency.label)}**")
            _list(actions)
    st.caption(say(referral.picture_effect))


def _changes(referral: Referral) -> None:
    st.markdown(say("**What would change the suggestion**"))
    st.caption(say("Each by itself, with every other answer as it is."))
    for raises, title in (
        (True, say("Would raise it")),
        (False, say("Would lower it")),
    ):
        changes = [change for change in referral.changes if change.raises is raises]
        if changes:
            st.markdown(f"**{title}**")
            st.markdown("\n".join(f"- {_change(change)}" for change in changes))
    if not referral.changes:
        st.markdown(say("No single answer would."))


def _change(change: Change) -> str:
    facts = change.any_of
    which = facts[0] if len(facts) == 1 else message("any one of: {facts}", facts=tuple(facts))
    kind = say(CHANGE_WORDS[change.kind], picture=session.noun())
    return say(
        "to *{urgency}*: {kind}, {which}", urgency=change.urgency.label, kind=kind, which=which
    )
