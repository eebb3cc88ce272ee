"""The Follow-up page: who waits for a DXA result, entering results, and the model's record here."""

import tempfile
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from face2bone.bone import CLASS_LABELS, BoneClass
from face2bone.calibration.site_recalibration import FAULT_LEVEL
from face2bone.clock import in_words
from face2bone.cohort.manifest import DXA_SITES
from face2bone.dashboard.common import elements, session
from face2bone.dashboard.common.charts import PLAIN
from face2bone.dashboard.common.session import SAVER
from face2bone.dashboard.follow_up import follow_up_charts
from face2bone.dashboard.follow_up.dxa_form import dxa_form
from face2bone.dashboard.follow_up.dxa_results import SAID, say_and_start_over
from face2bone.dashboard.review.save_step import shared_records
from face2bone.errors import Face2BoneError, ImportRefused
from face2bone.evaluation.monitoring import FALSE_ALARMS, HORIZON, MINIMUM, ObservedGroup
from face2bone.records import (
    ClinicReport,
    StoredAssessment,
    clinic_report,
    import_dxa,
    kept_assessments,
    waiting,
)
from face2bone.records.clinic import LOOK_EVERY
from face2bone.records.dxa_table import ASSESSMENT_ID, COLUMNS, REASON
from face2bone.records.followup import SENT_TO_DXA

REPORT: Final = "follow_up_report"


def follow_up() -> None:
    """Draw the page; a database or bundle that cannot be used is one sentence."""
    st.title("Follow-up: what DXA found")
    try:
        assessor = session.assessor()
        elements.banner(assessor.bundle.card.status)
        if said := st.session_state.pop(SAID, ""):
            st.success(said, icon=":material/check:")
        kept = kept_assessments(shared_records())
        _results_in(kept)
        _record(_report(kept, assessor.facts.sha256), assessor.bundle.card.status)
    except Face2BoneError as error:
        elements.refusal(error)


def _report(kept: tuple[StoredAssessment, ...], bundle_sha256: str) -> ClinicReport:
    """The report, made again only when a record or the model has changed; in this session only."""
    known = st.session_state.get(REPORT)
    if known is None or known[0] != (kept, bundle_sha256):
        known = ((kept, bundle_sha256), clinic_report(kept, bundle_sha256))
        st.session_state[REPORT] = known
    report: ClinicReport = known[1]
    return report


def _results_in(kept: tuple[StoredAssessment, ...]) -> None:
    elements.step(1, "Waiting for DXA", "Sent to DXA and without a result, the oldest first.")
    open_ones = waiting(kept)
    st.markdown(f"**{len(open_ones)}** of {len(kept)} saved assessments wait for a DXA result.")
    st.caption(f"Those whose decision was “{SENT_TO_DXA[0]}” or “{SENT_TO_DXA[1]}”.")
    if open_ones:
        st.dataframe(_waiting_table(open_ones), hide_index=True, width="stretch", height=210)
    elements.step(2, "Results", "T-scores by site and date; the lowest decides the class.")
    st.text_input("Your name or initials", key=SAVER, persist_state="session")
    one, table = st.columns(2, gap="large")
    with one:
        st.markdown("**One patient**")
        dxa_form(kept)
    with table:
        _import_table()


def _waiting_table(open_ones: tuple[StoredAssessment, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient": [one.patient_id for one in open_ones],
            "assessed on": [in_words(one.saved_at) for one in open_ones],
            "sex": [one.sex for one in open_ones],
            "age": [f"{one.age_years:g}" for one in open_ones],
            "decision": [one.decision for one in open_ones],
            "assessment": [one.assessment_id for one in open_ones],
        }
    )


def _import_table() -> None:
    st.markdown("**A table from the DXA department**")
    st.caption(
        f"CSV with the columns {', '.join(COLUMNS)} (sites: {', '.join(DXA_SITES)}; days as "
        f"2026-01-31), {ASSESSMENT_ID} where a patient has several assessments, and {REASON} where "
        "a row corrects a result that is kept."
    )
    file = st.file_uploader(
        "Table of DXA results (CSV)", type=["csv", "tsv", "txt"], key="dxa_table"
    )
    if file is not None and st.button("Take in the table", key="take_in"):
        _take_in(file.getvalue())


def _take_in(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"  # never the name that came with the upload
        path.write_bytes(data)
        try:
            count = import_dxa(shared_records(), path, st.session_state[SAVER].strip())
        except ImportRefused as error:
            st.error(error.summary, icon=":material/error:")
            st.text("\n".join(error.problems))
            return
        except Face2BoneError as error:
            elements.refusal(error)
            return
    say_and_start_over(f"{count} DXA results imported.")


def _record(report: ClinicReport, status: str) -> None:
    elements.step(
        3, "Observed against predicted", "What DXA found here, beside what the model said."
    )
    st.markdown(
        f"**{report.counted}** results count for the model in use: each person's first assessment "
        f"that offered a class. {report.left_out} results of this model and "
        f"{report.other_bundles} of other models do not count."
    )
    if report.groups:
        st.plotly_chart(
            follow_up_charts.observed_bars(report.groups[0]), config=PLAIN, key="observed"
        )
        st.dataframe(_groups_table(report.groups), hide_index=True, width="stretch")
    elements.step(4, "Is the model still right here?", "A running chart, one step a result.")
    _chart(report)
    elements.step(5, "Recalibration", f"Asked every {LOOK_EVERY} results, by a written rule.")
    _recalibration(report, status)


def _groups_table(groups: tuple[ObservedGroup, ...]) -> pd.DataFrame:
    k = BoneClass.OSTEOPOROSIS
    return pd.DataFrame(
        {
            "group": [f"{g.dimension}: {g.name}" for g in groups],
            "patients": [g.patients for g in groups],
            f"{CLASS_LABELS[k]} found": [g.observed[k] for g in groups],
            "predicted": [f"{g.predicted[k]:.1f}" for g in groups],
            "found, share (95%)": [
                f"{g.observed[k] / g.patients:.0%} ({g.low[k]:.0%} to {g.high[k]:.0%})"
                for g in groups
            ],
            "predicted, share": [f"{g.predicted[k] / g.patients:.0%}" for g in groups],
        }
    )


def _chart(report: ClinicReport) -> None:
    if report.chart is None:
        st.info(f"The chart starts at {MINIMUM} results that count.", icon=":material/info:")
        return
    box = st.info if report.chart.alarm is None else st.warning
    box(report.chart.verdict, icon=":material/monitoring:")
    st.plotly_chart(follow_up_charts.running_chart(report.chart), config=PLAIN, key="running")
    st.caption(
        "Each line adds up evidence that the odds of osteoporosis here are twice, or half, what "
        "the model says, and falls back to zero while there is none. The limit is set by "
        f"simulation so that a model that is right crosses it in {FALSE_ALARMS:.0%} of clinics "
        f"within {HORIZON} results."
    )


def _recalibration(report: ClinicReport, status: str) -> None:
    found = report.recalibration
    if found is None:
        st.info(f"The first look is at {LOOK_EVERY} results that count.", icon=":material/info:")
        return
    if found.evidence is not None:
        before, after = st.columns(2)
        before.metric("Ranked probability score, as is", f"{found.evidence.rps_before:.4f}")
        after.metric("Recalibrated", f"{found.evidence.rps_after:.4f}")
        st.caption(
            f"Lower is better; each patient is scored by a map that had not seen them, from the "
            f"first {len(report.look)} results. That the probabilities as they are fit these "
            f"results has p = {found.evidence.fault_p:.2g}; below {FAULT_LEVEL} counts as a fault."
        )
    if not found.passes:
        st.info("Not offered. " + " ".join(found.reasons), icon=":material/info:")
    elif status == "demo":
        st.warning(
            "The rule passes, and this is a demo model, trained on drawn faces: no clinic's "
            "results can make it a validated one. Train a model on patients first.",
            icon=":material/report:",
        )
    else:
        st.success(
            "Offered. `face2bone follow-up-results results.csv` writes these results, and "
            "`face2bone recalibrate` makes a locally validated model of them.",
            icon=":material/check:",
        )
