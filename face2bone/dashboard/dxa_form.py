"""Entering one patient's DXA result on the Follow-up page.

Whose result it is, is in the key of every field and in what the button does: fields filled in for
one patient are gone from the page when another is chosen, and a press of the button drawn for
one can never keep anything for another.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

import streamlit as st

from face2bone.cohort.manifest import DXA_SITES, T_SCORE_RANGE
from face2bone.dashboard import show
from face2bone.dashboard.number_field import Typed, number_field
from face2bone.dashboard.save_step import SAVER, shared_records
from face2bone.errors import Face2BoneError
from face2bone.records import DxaResult, KeptAssessment, enter_dxa
from face2bone.typed_number import Quantity

SITE_WORDS: Final = {
    "lumbar_spine": "Lumbar spine",
    "femoral_neck": "Femoral neck",
    "total_hip": "Total hip",
    "one_third_radius": "One-third radius",
    "lowest": "Lowest of several sites",
}
SAID: Final = "follow_up_said"
ROUND: Final = "dxa_round"


def dxa_form(kept: tuple[KeptAssessment, ...]) -> None:
    """Choose an assessment, then enter its T-scores; those who wait are offered first."""
    by_id = {one.assessment_id: one for one in sorted(kept, key=lambda one: bool(one.results))}
    chosen = st.selectbox(
        "Assessment",
        list(by_id),
        format_func=lambda i: _named(by_id[i]),
        index=None,
        key=f"dxa_assessment_{_round()}",
    )
    if chosen is None:
        st.caption("Choose whose result it is; the fields for it then appear here.")
    else:
        _enter(by_id[chosen])


def say_and_start_over(said: str) -> None:
    """Draw the page anew with this above it, nobody chosen and every field empty."""
    st.session_state[SAID] = said
    st.session_state[ROUND] = _round() + 1
    st.rerun()


def _round() -> int:
    """How many results were kept on this page: each begins with a form of its own."""
    return int(st.session_state.get(ROUND, 0))


def _named(one: KeptAssessment) -> str:
    state = "has a result" if one.results else "waiting"
    return f"{one.patient_id}, {one.saved_on} ({state})"


def _enter(one: KeptAssessment) -> None:
    own = f"{one.assessment_id}_{_round()}"
    with st.form(f"enter_dxa_{own}", border=False, enter_to_submit=False):
        measured_on = st.date_input(
            "Measured on",
            value=datetime.now(UTC).date(),
            format="YYYY-MM-DD",
            key=f"dxa_day_{own}",
        )
        scores = {
            site: number_field(
                Quantity(f"T-score, {SITE_WORDS[site].lower()}", *T_SCORE_RANGE), f"t_{site}_{own}"
            )
            for site in DXA_SITES
        }
        if st.form_submit_button(f"Keep result for {one.patient_id}", key=f"keep_dxa_{own}"):
            _keep(one, measured_on, scores)


def _keep(one: KeptAssessment, measured_on: date, scores: Mapping[str, Typed]) -> None:
    if any(score.refused for score in scores.values()):
        st.warning("Nothing was kept. Correct the T-score marked above, and press again.")
        return
    results = [
        DxaResult(site, score.value, measured_on)
        for site, score in scores.items()
        if score.value is not None
    ]
    try:
        enter_dxa(shared_records(), one.assessment_id, results, st.session_state[SAVER].strip())
    except Face2BoneError as error:
        show.refusal(error)
        return
    say_and_start_over(f"The DXA result of {one.patient_id} is kept.")
