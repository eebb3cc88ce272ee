"""The Model page's sections on other networks, the network's parts, and age, sex and build."""

from typing import Final

import streamlit as st

from face2bone.bundle import Bundle
from face2bone.comparison import record as comparisons
from face2bone.comparison import tables
from face2bone.dashboard.common import elements
from face2bone.errors import EvaluationError
from face2bone.evaluation.added_value import record as added_values
from face2bone.evaluation.added_value import words

HEADINGS: Final[dict[comparisons.Kind, str]] = {
    "comparison": "Against what?",
    "ablation": "What does each part bring?",
}
HOW_TO: Final[dict[comparisons.Kind, str]] = {
    "comparison": "face2bone compare MANIFEST --out DIR --attach BUNDLE",
    "ablation": "face2bone ablate MANIFEST --out DIR --attach BUNDLE",
}
HOW_TO_ASK_MORE: Final = "face2bone added-value BUNDLE MANIFEST --out DIR --attach"
MEANINGS: Final[dict[comparisons.Kind, str]] = {
    "comparison": (
        "Every network was made as large in multiply-adds, started from nothing and was trained, "
        "tuned and tested on the same patients, so the table compares designs; it does not say "
        "how good the loaded bundle is."
    ),
    "ablation": (
        "The same network with a part left out, or with an ordinary block of as many parameters "
        "in its place: only what beats its control earns its place. FSA and SSAM are our "
        "reconstruction of modules the study only names."
    ),
}
MORE_THAN_AGE: Final = (
    "A face shows age, sex and build, and bone follows all three. What is left is the gain: two "
    "models of the same patients, one without and one with the face, each tested on patients it "
    "was not fitted to."
)


def comparison(bundle: Bundle, kind: comparisons.Kind) -> None:
    """One table of designs, when it was kept beside the bundle."""
    try:
        found = comparisons.attached(bundle.root, kind)
    except EvaluationError as error:
        elements.refusal(error)
        return
    st.header(HEADINGS[kind], divider="gray")
    if found is None:
        st.info(f"Not asked yet: `{HOW_TO[kind]}` does it.")
        return
    st.markdown(MEANINGS[kind])
    st.caption(f"{found.account.cohort} In brackets: 95% intervals over patients and seeds.")
    elements.table(tables.FIGURE_HEAD, tables.figure_lines(found.rows, found.account.seeds))
    with st.expander("Face2Bone minus each row, on the same patients", key=f"{kind}_differences"):
        st.markdown(tables.DIFFERENCES)
        elements.table(tables.DIFFERENCE_HEAD, tables.difference_lines(found.rows))
    with st.expander("What each network costs, and how this was made", key=f"{kind}_costs"):
        elements.table(tables.COST_HEAD, tables.cost_lines(found.rows))
        st.markdown(tables.introduction(found.account))


def added_value(bundle: Bundle) -> None:
    """What the face adds to age, sex, height and weight, when it was asked."""
    try:
        kept = added_values.attached(bundle)
    except EvaluationError as error:
        elements.refusal(error)
        return
    st.header("Is it more than age?", divider="gray")
    if kept is None:
        st.info(f"Not asked yet: `{HOW_TO_ASK_MORE}` does it.")
        return
    st.markdown(f"{MORE_THAN_AGE} {words.verdict(kept.found)}")
    elements.table(words.SCORE_HEAD, words.score_lines(kept.found))
    st.markdown(f"What the network reads besides bone. {words.reading(kept.found)}")
    st.caption(kept.about)
