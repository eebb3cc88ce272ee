"""The Follow-up page: who waits for a DXA result, entering results, and the model's record here."""

from typing import Final

import pandas as pd
import streamlit as st

from face2bone.bone import CLASS_LABELS, BoneClass
from face2bone.calibration.site_recalibration import FAULT_LEVEL
from face2bone.clock import in_words
from face2bone.cohort.manifest_schema import DXA_SITES
from face2bone.cohort_explanations.groups import FEWEST
from face2bone.dashboard.common import elements, plots, records_desk, session, uploads
from face2bone.dashboard.common.grid import grid
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.common.saver import saver, saver_field
from face2bone.dashboard.common.sign_in import page_for, user
from face2bone.dashboard.follow_up import follow_up_charts
from face2bone.dashboard.follow_up.broken_glass import one_patient
from face2bone.dashboard.follow_up.dxa_form import dxa_form
from face2bone.dashboard.follow_up.dxa_results import SAID, say_and_start_over
from face2bone.errors import Face2BoneError, ImportRefused
from face2bone.evaluation.monitoring import FALSE_ALARMS, HORIZON, MINIMUM, ObservedGroup
from face2bone.records import (
    ClinicReport,
    StoredAssessment,
    clinic_report,
    waiting,
)
from face2bone.records.clinic import LOOK_EVERY
from face2bone.records.dxa_table import ASSESSMENT_ID, COLUMNS, REASON
from face2bone.records.followup import SENT_TO_DXA
from face2bone.roles import Permission
from face2bone.tabular.given import GivenBytes
from face2bone.words import message, plural, template, together

TABLE_MEGABYTES: Final = 8
REPORT: Final = "follow_up_report"


@page_for(Permission.FIGURES)
def follow_up() -> None:
    """Draw the page; a database or bundle that cannot be used is one sentence."""
    st.title(say("Follow-up: what DXA found"))
    try:
        assessor = session.assessor()
        elements.banner(assessor.bundle.card.status)
        with st.container():  # when it goes, no field below moves
            if said := st.session_state.pop(SAID, ""):
                st.success(say(said), icon=":material/check:")
        kept = records_desk.all_kept()
        names = user().may(Permission.OPEN)
        if names:
            _results_in(kept)
        else:
            one_patient()
        report = _report(kept, assessor.facts.sha256, 1 if names else FEWEST)
        _record(report, assessor.bundle.card.status, names)
    except Face2BoneError as error:
        elements.refusal(error)


def _report(kept: tuple[StoredAssessment, ...], bundle_sha256: str, fewest: int) -> ClinicReport:
    """The report, made again only when a record or the model has changed; in this session only."""
    known, asked = st.session_state.get(REPORT), (kept, bundle_sha256, fewest)
    if known is None or known[0] != asked:
        known = (asked, clinic_report(kept, bundle_sha256, fewest=fewest))
        st.session_state[REPORT] = known
    report: ClinicReport = known[1]
    return report


def _results_in(kept: tuple[StoredAssessment, ...]) -> None:
    elements.step(1, say("Waiting for DXA"), say("Referred for DXA, no result yet. Oldest first."))
    open_ones = waiting(kept)
    st.markdown(
        say(
            "**{open_ones}** of {kept} saved assessments wait for a DXA result.",
            open_ones=len(open_ones),
            kept=len(kept),
        )
    )
    decisions = tuple(message("“{decision}”", decision=one) for one in SENT_TO_DXA)
    st.caption(say("Assessments whose decision was one of: {decisions}.", decisions=decisions))
    with st.container():
        if open_ones:
            grid(elements.said(_waiting_table(open_ones), ("patient",)), "waiting")
    elements.step(
        2, say("Results"), say("T-scores by site and date; the lowest decides the class.")
    )
    saver_field(say("Your name or initials"))
    one, table = st.columns(2, gap="large")
    with one:
        st.markdown(say("**One patient**"))
        dxa_form(kept)
    with table:
        if user().may(Permission.IMPORT):
            _import_table()


def _waiting_table(open_ones: tuple[StoredAssessment, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            template("patient"): [one.patient_id for one in open_ones],
            template("assessed on"): [in_words(one.saved_at) for one in open_ones],
            template("sex"): [one.sex for one in open_ones],
            template("age"): [f"{one.age_years:g}" for one in open_ones],
            template("decision"): [one.decision for one in open_ones],
        }
    )


def _import_table() -> None:
    st.markdown(say("**A table from the DXA department**"))
    st.caption(
        say(
            "CSV with the columns {columns} (sites: {dxa_sites}; days as 2026-01-31), "
            "{assessment_id} (from an export) where a patient has several assessments, "
            "and {reason} where a row corrects a result that is kept.",
            columns=", ".join(COLUMNS),
            dxa_sites=", ".join(DXA_SITES),
            assessment_id=ASSESSMENT_ID,
            reason=REASON,
        )
    )
    file = st.file_uploader(
        say("Table of DXA results (CSV)"),
        type=["csv", "tsv", "txt"],
        key="dxa_table",
        max_upload_size=TABLE_MEGABYTES,
    )
    if file is not None and st.button(say("Import the table"), key="take_in"):
        _take_in(file.name, file.getvalue())


def _take_in(name: str, data: bytes) -> None:
    try:
        table = GivenBytes(uploads.name_of(name, "table.csv"), data)
        count = records_desk.take_in(table, saver())
    except ImportRefused as error:
        st.error(literal(say(error.summary)), icon=":material/error:")
        st.text("\n".join(map(say, error.problems)))
        return
    except Face2BoneError as error:
        elements.refusal(error)
        return
    say_and_start_over(plural("1 DXA result imported.", "{count} DXA results imported.", count))


def _record(report: ClinicReport, status: str, names: bool) -> None:
    first = 3 if names else 2
    elements.step(
        first,
        say("Observed against predicted"),
        say("What DXA found here, beside what the model said."),
    )
    st.markdown(
        say(
            "**{counted}** results are counted: each patient's first assessment by the current "
            "model that named a class. Not counted: {left_out} other results of this "
            "model and {other_bundles} of other models.",
            counted=report.counted,
            left_out=report.left_out,
            other_bundles=report.other_bundles,
        )
    )
    if not names:
        st.caption(
            say(
                "Groups of fewer than {fewest} patients are left out, and another one where theirs "
                "would follow from it. Figures change once {fewest} more results have come.",
                fewest=FEWEST,
            )
        )
    if report.counted < FEWEST and (report.groups or not names):
        st.info(
            say(
                "The comparison is drawn from {fewest} results on. Fewer are too few to compare.",
                fewest=FEWEST,
            ),
            icon=":material/info:",
        )
    elif report.groups:
        plots.plot(
            follow_up_charts.observed_bars(report.groups[0]),
            "observed",
            say(
                "Share of each class that DXA found beside the share predicted; in the table below"
            ),
        )
        grid(elements.said(_groups_table(report.groups)), "observed_groups")
    elements.step(
        first + 1,
        say("Is the model still right here?"),
        say("A running chart, one step a result."),
    )
    _chart(report)
    elements.step(
        first + 2,
        say("Recalibration"),
        say("Checked every {look_every} results against a written rule.", look_every=LOOK_EVERY),
    )
    _recalibration(report, status)


def _groups_table(groups: tuple[ObservedGroup, ...]) -> pd.DataFrame:
    k = BoneClass.OSTEOPOROSIS
    return pd.DataFrame(
        {
            template("group"): [
                message("{what}: {group}", what=g.dimension, group=g.name) for g in groups
            ],
            template("patients"): [g.patients for g in groups],
            message("{name} found", name=CLASS_LABELS[k]): [g.observed[k] for g in groups],
            template("predicted"): [f"{g.predicted[k]:.1f}" for g in groups],
            template("found, share (95%)"): [
                message(
                    "{value} ({low} to {high})",
                    value=f"{g.observed[k] / g.patients:.0%}",
                    low=f"{g.low[k]:.0%}",
                    high=f"{g.high[k]:.0%}",
                )
                for g in groups
            ],
            template("predicted, share"): [f"{g.predicted[k] / g.patients:.0%}" for g in groups],
        }
    )


def _chart(report: ClinicReport) -> None:
    if report.chart is None:
        st.info(
            say("The chart starts at {minimum} results that count.", minimum=MINIMUM),
            icon=":material/info:",
        )
        return
    box = st.info if report.chart.alarm is None else st.warning
    box(say(report.chart.verdict), icon=":material/monitoring:")
    plots.plot(
        follow_up_charts.running_chart(report.chart),
        "running",
        say("Running evidence that osteoporosis here is more, or less, common than stated"),
    )
    st.caption(
        say(
            "Each line adds up evidence that the odds of osteoporosis here are twice, or "
            "half, what the model says, and falls back to zero while there is none. The "
            "limit is set by simulation so that a model that is right crosses it in "
            "{false_alarms} of clinics within {horizon} results.",
            false_alarms=f"{FALSE_ALARMS:.0%}",
            horizon=HORIZON,
        )
    )


def _recalibration(report: ClinicReport, status: str) -> None:
    found = report.recalibration
    if found is None:
        st.info(
            say("The first check is at {look_every} results that count.", look_every=LOOK_EVERY),
            icon=":material/info:",
        )
        return
    if found.evidence is not None:
        before, after = st.columns(2)
        before.metric(say("Ranked probability score, as is"), f"{found.evidence.rps_before:.4f}")
        after.metric(say("Recalibrated"), f"{found.evidence.rps_after:.4f}")
        st.caption(
            say(
                "Lower is better; each patient is scored by a map that had not seen them, "
                "from the first {look} results. That the probabilities as they are fit these "
                "results has p = {fault_p}; below {fault_level} counts as a fault.",
                look=len(report.look),
                fault_p=f"{found.evidence.fault_p:.2g}",
                fault_level=f"{FAULT_LEVEL}",
            )
        )
    if not found.passes:
        st.info(say(together((template("Not offered."), *found.reasons))), icon=":material/info:")
    elif status == "demo":
        st.warning(
            say(
                "The rule passes, and this is a demo model, trained on drawn faces: no clinic's "
                "results can make it a validated one. Train a model on patients first."
            ),
            icon=":material/report:",
        )
    else:
        st.success(
            say(
                "Offered. `face2bone follow-up-results results.csv` writes these results, and "
                "`face2bone recalibrate` makes a locally validated model of them."
            ),
            icon=":material/check:",
        )
