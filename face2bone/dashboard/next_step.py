"""Step 6 of Review: risk factors, the computed score, the suggestion and its reasons."""

from dataclasses import replace

import streamlit as st

from face2bone.clinical.ost import ost
from face2bone.clinical.pathway import Urgency
from face2bone.clinical.questions import load_questions
from face2bone.clinical.referral import Referral
from face2bone.dashboard import show
from face2bone.patient import Patient, RedFlag, RiskFactor

BOXES = {
    Urgency.URGENT: st.error,
    Urgency.SPECIALIST: st.warning,
    Urgency.DXA: st.warning,
    Urgency.DXA_IF_RISK_FACTOR: st.info,
    Urgency.ROUTINE: st.success,
}


def asked_patient(patient: Patient) -> Patient:
    """The patient with the answers given in step 6 so far, also before it is drawn."""
    chosen = st.session_state
    flags = frozenset(f for f in RedFlag if chosen.get(f"flag_{f.value}"))
    factors = frozenset(f for f in RiskFactor if chosen.get(f"factor_{f.value}"))
    return replace(patient, red_flags=flags, risk_factors=factors)


def next_step(patient: Patient, referral: Referral) -> None:
    """Questions on the left, the suggestion with every reason on the right."""
    show.step(6, "What next", "The suggestion is right without the face; the face may only add.")
    questions, answer = st.columns([2, 3], gap="large")
    with questions:
        _questions()
        _score(patient)
    with answer:
        _suggestion(referral)


def _questions() -> None:
    st.markdown("**Red flags**")
    for flag, question in load_questions().red_flags.items():
        st.checkbox(question.label, help=question.help, key=f"flag_{flag.value}")
    st.markdown("**Risk factors**")
    for factor, asked in load_questions().risk_factors.items():
        st.checkbox(asked.label, help=asked.help, key=f"factor_{factor.value}")


def _score(patient: Patient) -> None:
    score = ost(patient)
    st.markdown(f"**{score.title}**: {score.words}. {score.cutoff}. From age and weight alone.")


def _suggestion(referral: Referral) -> None:
    BOXES[referral.urgency](f"**Suggestion: {referral.urgency.label}**")
    for action in referral.actions:
        st.markdown(f"- {action}")
    st.markdown("**Reasons**")
    for reason in referral.reasons:
        st.markdown(f"- {reason.text}")
        st.caption(f"Rule {reason.order}, {reason.source}")
    st.markdown("**What the face changed**")
    without, with_face = st.columns(2)
    without.metric("Without the face", referral.urgency_without_face.label)
    with_face.metric("With the face", referral.urgency.label)
    st.caption(referral.face_effect)
    st.caption(f"Pathway version {referral.pathway_version}. The clinician decides.")
