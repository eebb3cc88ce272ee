"""Explore, the table: every patient with the model's doubts, filtered and sorted."""

import base64
import math
from typing import Final

import pandas as pd
import streamlit as st

from face2bone.bone import t_score_text
from face2bone.cohort_explanations.table import AGREEMENTS, MEASURES, Explored, Filters

PAGE: Final = 25  # rows; each carries a picture
SORTS: Final = {
    "error": "Error, largest first",
    "uncertainty": "Uncertainty, largest first",
    "disagreement": "Disagreement with OSTA, largest first",
    "age_years": "Age, oldest first",
    "p_osteoporosis": "Probability of osteoporosis, largest first",
}
SEXES: Final = {"F": "women", "M": "men"}
MEANINGS: Final = """
- **Error**: ranked probability score against the measured class, 0 (sure and right) to 1 (sure and
  wrong by two classes).
- **Uncertainty**: 1 minus the largest of the three probabilities.
- **OSTA**: weight and age only; it suggests DXA at -1 or below. It was derived in Asian women; the
  cohort does not say who is, so it stands beside every woman of 50 and over and nobody else.
- **Face and OSTA**: who points to osteoporosis, the face by its most probable class, OSTA by its
  cut-off. **Disagreement** is how far apart the two rank this woman among the cohort's, 0 to 1.
"""


def browse(cohort: Explored) -> None:
    """Filters, the order, and one page of the table."""
    st.header("Patients", divider="gray")
    filters = _filters(cohort)
    by = st.selectbox(
        "Sort by", list(SORTS), format_func=lambda name: SORTS[name], key="explore_sort"
    )
    rows = cohort.rows(filters, by)
    if rows.empty:
        st.info("No patient passes these filters. Widen one of them.")
        return
    pages = math.ceil(len(rows) / PAGE)
    page = 1
    if pages > 1:
        page = st.selectbox(f"Page, of {pages}", range(1, pages + 1), key="explore_page")
    shown = rows.iloc[(page - 1) * PAGE : page * PAGE]
    st.caption(f"{len(rows)} of {len(cohort.table)} photos.")
    _table(shown)
    with st.expander("What the columns mean", key="explore_columns"):
        st.markdown(MEANINGS)


def _filters(cohort: Explored) -> Filters:
    table = cohort.table
    with st.expander("Filters", expanded=True, key="explore_filters"):
        first, second, third = st.columns(3, gap="medium")
        with first:
            classes = st.multiselect("Measured class", cohort.layout.labels, key="explore_class")
            predicted = st.multiselect(
                "Most probable class", cohort.layout.labels, key="explore_said"
            )
        with second:
            sexes = st.multiselect(
                "Sex", list(SEXES), format_func=lambda sex: SEXES[sex], key="explore_sex"
            )
            agreements = st.multiselect("Face and OSTA", AGREEMENTS, key="explore_osta")
        with third:
            ages = _ages(table["age_years"])
            error = st.slider("Error, at least", 0.0, 1.0, 0.0, 0.05, key="explore_error")
            doubt = st.slider("Uncertainty, at least", 0.0, 0.65, 0.0, 0.05, key="explore_doubt")
    return Filters(
        tuple(classes), tuple(predicted), tuple(sexes), ages, error, doubt, tuple(agreements)
    )


def _ages(years: pd.Series) -> tuple[float, float]:
    low, high = int(years.min()), int(years.max())
    if low == high:
        return float(low), float(high)
    chosen = st.slider("Age in years", low, high, (low, high), key="explore_age")
    return float(chosen[0]), float(chosen[1])


def _table(rows: pd.DataFrame) -> None:
    st.dataframe(
        display(rows),
        hide_index=True,
        row_height=64,
        column_config={
            "picture": st.column_config.ImageColumn("Face", width="small"),
            "p_osteoporosis": st.column_config.ProgressColumn(
                "P(osteoporosis)", width="medium", min_value=0.0, max_value=1.0, format="%.2f"
            ),
            **{name: st.column_config.NumberColumn(name, format="%.2f") for name in MEASURES},
        },
        key="explore_table",
    )


def display(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as they are read: words instead of codes, pictures as data URIs or nothing."""
    columns = {
        "picture": [data_uri(picture) for picture in rows["thumbnail"]],
        "patient": [f"#{i + 1}" for i in rows.index],
        "sex": rows["sex"].map({"F": "woman", "M": "man"}),
        "age": rows["age_years"].round(0).astype(int),
        "T-score": [_t_score(score) for score in rows["t_score"]],
        "measured": rows["bone_mass_class"],
        "most probable": rows["predicted_class"],
        "p_osteoporosis": rows["p_osteoporosis"],
        **{name: rows[name] for name in MEASURES},
        "OSTA": rows["osta"],
        "points to osteoporosis": rows["agreement"],
        "unlike training": rows["outside"].map({True: "yes", False: "no"}),
        "pseudonym": rows["patient_id"],
    }
    return pd.DataFrame(columns)


def data_uri(picture: object) -> str | None:
    """A kept thumbnail inside the page itself; None where none is kept."""
    if not isinstance(picture, bytes):
        return None
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"


def label(cohort: Explored, row: int) -> str:
    """One patient in a list to choose from."""
    said = cohort.table.loc[row]
    person = "woman" if said["sex"] == "F" else "man"
    return f"#{row + 1}: {person}, {int(said['age_years'])}, {said['bone_mass_class']}"


def _t_score(score: float | None) -> str:
    if score is None or math.isnan(score):
        return "not given"
    return t_score_text(score).replace("-", "−")
