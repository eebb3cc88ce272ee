"""Explore, the table: every patient with the model's doubts, filtered and sorted."""

import base64
import math
from typing import Final

import pandas as pd
import streamlit as st

from face2bone.bone import t_score_text
from face2bone.cohort_explanations.table import AGREEMENTS, MEASURES, Explored, Filters
from face2bone.dashboard.common import elements
from face2bone.dashboard.common.grid import grid
from face2bone.dashboard.common.language import say, speaker
from face2bone.words import template

PAGE: Final = 25  # rows; each carries a picture
SORTS: Final = {
    "error": template("Error, largest first"),
    "uncertainty": template("Uncertainty, largest first"),
    "disagreement": template("Disagreement with OSTA, largest first"),
    "age_years": template("Age, oldest first"),
    "p_osteoporosis": template("Probability of osteoporosis, largest first"),
}
NOT_GIVEN: Final = template("not given")
NO_PICTURE: Final = (
    "data:image/svg+xml;base64,"
    + base64.b64encode(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" '
        b'fill="#7b8a93" fill-opacity="0.3"/></svg>'
    ).decode()
)
SEXES: Final = {"F": template("women"), "M": template("men")}
PERSONS: Final = {"F": template("woman"), "M": template("man")}
MEANINGS: Final = template("""
- **Error**: ranked probability score against the measured class, 0 (sure and right) to 1 (sure and
  wrong by two classes).
- **Uncertainty**: 1 minus the largest of the three probabilities.
- **OSTA**: weight and age only; it suggests DXA at -1 or below. It was derived in Asian women; the
  cohort does not say who is, so it stands beside every woman of 50 and over and nobody else.
- **Face and OSTA**: who points to osteoporosis, the face by its most probable class, OSTA by its
  cut-off. **Disagreement** is how far apart the two rank this woman among the cohort's, 0 to 1.
""")


def browse(cohort: Explored) -> None:
    """Filters, the order, and one page of the table."""
    st.header(say("Patients"))
    filters = _filters(cohort)
    by = st.selectbox(
        say("Sort by"),
        list(SORTS),
        format_func=speaker(lambda name: SORTS[name]),
        key="explore_sort",
    )
    rows = cohort.rows(filters, by)
    if rows.empty:
        st.info(say("No patient passes these filters. Widen one of them."))
        return
    pages = math.ceil(len(rows) / PAGE)
    page = 1
    if pages > 1:
        page = st.selectbox(
            say("Page, of {pages}", pages=pages), range(1, pages + 1), key="explore_page"
        )
    shown = rows.iloc[(page - 1) * PAGE : page * PAGE]
    st.caption(say("{rows} of {all} photos.", rows=len(rows), all=len(cohort.table)))
    _table(shown)
    with st.expander(say("What the columns mean"), key="explore_columns"):
        st.markdown(say(MEANINGS))


def _filters(cohort: Explored) -> Filters:
    table = cohort.table
    with st.expander(say("Filters"), expanded=True, key="explore_filters"):
        first, second, third = st.columns(3, gap="medium")
        with first:
            classes = st.multiselect(
                say("Measured class"),
                cohort.layout.labels,
                format_func=speaker(),
                placeholder=say("Choose"),
                key="explore_class",
            )
            predicted = st.multiselect(
                say("Most probable class"),
                cohort.layout.labels,
                format_func=speaker(),
                placeholder=say("Choose"),
                key="explore_said",
            )
        with second:
            sexes = st.multiselect(
                say("Sex"),
                list(SEXES),
                format_func=speaker(lambda sex: SEXES[sex]),
                placeholder=say("Choose"),
                key="explore_sex",
            )
            agreements = st.multiselect(
                say("Face and OSTA"),
                AGREEMENTS,
                format_func=speaker(),
                placeholder=say("Choose"),
                key="explore_osta",
            )
        with third:
            ages = _ages(table["age_years"])
            error = st.slider(say("Error, at least"), 0.0, 1.0, 0.0, 0.05, key="explore_error")
            doubt = st.slider(
                say("Uncertainty, at least"), 0.0, 0.65, 0.0, 0.05, key="explore_doubt"
            )
    return Filters(
        tuple(classes), tuple(predicted), tuple(sexes), ages, error, doubt, tuple(agreements)
    )


def _ages(years: pd.Series) -> tuple[float, float]:
    low, high = int(years.min()), int(years.max())
    if low == high:
        return float(low), float(high)
    chosen = st.slider(say("Age in years"), low, high, (low, high), key="explore_age")
    return float(chosen[0]), float(chosen[1])


def _table(rows: pd.DataFrame) -> None:
    grid(
        elements.said(display(rows), ("picture", "patient", "pseudonym")),
        "explore_table",
        pictures=(say("picture"),),
        row_height=64,
        column_config={
            say("picture"): st.column_config.ImageColumn(say("Face"), width="small"),
            "p_osteoporosis": st.column_config.ProgressColumn(
                say("P(osteoporosis)"), width="medium", min_value=0.0, max_value=1.0, format="%.2f"
            ),
        },
    )


def display(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as they are read: words instead of codes, pictures as data URIs or nothing."""
    columns = {
        template("picture"): [data_uri(picture) for picture in rows["thumbnail"]],
        template("patient"): [f"#{i + 1}" for i in rows.index],
        template("sex"): rows["sex"].map(PERSONS),
        template("age"): rows["age_years"].round(0).astype(int),
        template("T-score"): [_t_score(score) for score in rows["t_score"]],
        template("measured"): rows["bone_mass_class"],
        template("most probable"): rows["predicted_class"],
        "p_osteoporosis": rows["p_osteoporosis"],
        **{name: [_number(value) for value in rows[name]] for name in MEASURES},
        "OSTA": [_number(value, 0) for value in rows["osta"]],
        template("points to osteoporosis"): rows["agreement"],
        template("unlike training"): rows["outside"].map(
            {True: template("yes"), False: template("no")}
        ),
        template("pseudonym"): rows["patient_id"],
    }
    return pd.DataFrame(columns)


def _number(value: float, decimals: int = 2) -> str:
    """As text: Streamlit writes None where a number is not given."""
    return NOT_GIVEN if math.isnan(value) else f"{value:.{decimals}f}".replace("-", "−")


def data_uri(picture: object) -> str:
    """A kept thumbnail inside the page itself; a grey field where none is kept."""
    if not isinstance(picture, bytes):
        return NO_PICTURE
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"


def label(cohort: Explored, row: int) -> str:
    """One patient in a list to choose from."""
    said = cohort.table.loc[row]
    return say(
        "#{number}: {person}, {age}, {bone_mass}",
        number=row + 1,
        person=PERSONS[str(said["sex"])],
        age=int(said["age_years"]),
        bone_mass=str(said["bone_mass_class"]),
    )


def _t_score(score: float | None) -> str:
    if score is None or math.isnan(score):
        return NOT_GIVEN
    return t_score_text(score).replace("-", "−")
