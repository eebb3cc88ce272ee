"""The scores of a cohort on the page: filters, distributions, the table, and files to take away."""

from collections.abc import Callable
from typing import Final

import pandas as pd
import streamlit as st

from face2bone.assessment import BundleFacts
from face2bone.dashboard.cohort import cohort_charts, jobs
from face2bone.dashboard.common import elements, plots
from face2bone.dashboard.common.downloads import for_who_may
from face2bone.dashboard.common.grid import grid
from face2bone.dashboard.common.language import say, speaker
from face2bone.roles import Permission
from face2bone.scoring.journal import SCORED
from face2bone.scoring.results import (
    CSV,
    LEFT_OUT,
    PARQUET,
    Filters,
    Scores,
    as_csv,
    as_parquet,
    filtered,
    probability_columns,
    scores,
)
from face2bone.words import template

SHOWN: Final = ("row", "patient_id", "photo", "most_probable", "prediction_set", "unlike_training")
NAMES: Final = {
    "row": template("Row"),
    "patient_id": template("Patient"),
    "photo": template("Picture"),
    "most_probable": template("Most probable"),
    "prediction_set": template("Possible classes"),
    "unlike_training": template("Unlike training"),
    "photo_remarks": template("Remarks on the photo"),
    "reason": template("Reason"),
}
GIVEN: Final = ("Row", "Patient", "Picture")


def results(work: jobs.Work) -> None:
    """Everything that is done so far; nothing before the first row."""
    rows = work.rows()
    if not rows:
        return
    found = scores(work.listed, rows, work.facts)
    with st.container():
        _downloads(found, len(work.listed))
    scored = found.table[found.table["outcome"] == SCORED]
    if len(scored):
        st.header(say("Distributions"))
        _distributions(scored, found.facts)
        st.header(say("Scores"))
        _table(found)
    if len(found.rejected):
        st.header(say("Rejected pictures"))
        st.caption(say("These have no score. The reason says what to do."))
        rejected = found.rejected.rename(columns=NAMES)
        grid(elements.said(rejected, GIVEN, found.messages), "cohort_rejected")


def _downloads(found: Scores, total: int) -> None:
    done = len(found.table)
    so_far, notice, buttons = elements.places(3)  # what is said of a part goes, and moves no button
    if done < total:
        so_far.caption(
            say(
                "The files hold the {done} of {total} pictures that are done so far.",
                done=done,
                total=total,
            )
        )
    notice.caption(say("Every row says: {notice}", notice=found.table["notice"].iloc[0]))
    with buttons, st.container(horizontal=True):
        _download(say("Download CSV"), lambda: as_csv(found.table), CSV, "text/csv")
        _download(say("Download Parquet"), lambda: as_parquet(found.table), PARQUET,
                  "application/vnd.apache.parquet")  # fmt: skip
        if len(found.rejected):
            _download(
                say("Download rejected"), lambda: as_csv(found.rejected), LEFT_OUT, "text/csv"
            )


def _download(label: str, make: Callable[[], bytes], name: str, mime: str) -> None:
    for_who_may(Permission.SCORE, label, make, name, mime, f"cohort_{name}")


def _distributions(scored: pd.DataFrame, facts: BundleFacts) -> None:
    left, right = st.columns(2, gap="large")
    gravest = facts.classes[-1]
    with left:
        plots.plot(
            cohort_charts.probabilities(scored, facts),
            "cohort_p",
            say("Histogram of the probability of {gravest}", gravest=gravest),
        )
        st.caption(say("How many pictures have which probability of {gravest}.", gravest=gravest))
    with right:
        plots.plot(
            cohort_charts.classes(scored, facts),
            "cohort_k",
            say("Pictures by their most probable class"),
        )
        unlike = int((scored["unlike_training"] == "yes").sum())
        st.caption(
            say(
                "How many pictures have each class as the most probable; hatched, those "
                "unlike the pictures that the model was trained on ({unlike} of {scored}).",
                unlike=unlike,
                scored=len(scored),
            )
        )


def _table(found: Scores) -> None:
    filters = _filters(found)
    rows = filtered(found, filters)
    st.caption(
        say(
            "{rows} of {scored} scored pictures.",
            rows=len(rows),
            scored=int((found.table["outcome"] == SCORED).sum()),
        )
    )
    if rows.empty:
        st.info(say("No picture passes these filters. Widen one of them."))
        return
    columns = probability_columns(found.facts)
    shown = rows[[*SHOWN[:4], *columns, *SHOWN[4:], "photo_remarks"]]
    grid(
        elements.said(shown.rename(columns=NAMES), GIVEN, found.messages),
        "cohort_scores",
        column_config={
            name: st.column_config.ProgressColumn(
                say(label), min_value=0.0, max_value=1.0, format="%.2f", width=120
            )
            for name, label in zip(columns, found.facts.classes, strict=True)
        },
    )


def _filters(found: Scores) -> Filters:
    classes = found.facts.classes
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(say("Patient or picture contains"), key="cohort_text", width=220)
        chosen = st.multiselect(
            say("Most probable class"),
            classes,
            format_func=speaker(),
            placeholder=say("Choose"),
            key="cohort_class",
            width=260,
        )
        unlike = st.selectbox(
            say(template("Unlike training")),
            [template("all"), template("no"), template("yes")],
            format_func=speaker(),
            key="cohort_unlike",
            width=140,
        )
        least = st.slider(
            say("P({name}), at least", name=classes[-1]),
            0.0,
            1.0,
            0.0,
            0.05,
            key="cohort_least",
            width=260,
        )
    return Filters(
        outcomes=(SCORED,),
        most_probable=tuple(chosen),
        unlike_training=() if unlike == "all" else (str(unlike),),
        least=least,
        text=text.strip(),
    )
