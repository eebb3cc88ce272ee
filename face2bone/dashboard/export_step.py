"""The end of step 6 of Review: the assessment as files to take away."""

import streamlit as st

from face2bone.assess import Assessment, Assessor, Explanation, LocatedFace
from face2bone.clinical.referral import Referral
from face2bone.patient import Patient
from face2bone.report.assessment_json import to_json
from face2bone.runtime import Prediction


def export(
    patient: Patient,
    found: LocatedFace,
    prediction: Prediction,
    explanation: Explanation,
    referral: Referral,
    assessor: Assessor,
) -> None:
    """Offer the assessment as JSON, without the photo."""
    assessment = Assessment(patient, found, prediction, explanation, referral, assessor.facts)
    st.download_button(
        "Download as JSON (without the photo)",
        lambda: to_json(assessment),  # made when asked for: nothing waits in a public store
        file_name="assessment.json",
        mime="application/json",
        key="download_json",
        on_click="ignore",
    )
