"""The Model page's sections on other networks, the network's parts, and age, sex and build."""

from typing import Final

import streamlit as st

from face2bone.bundle import Bundle
from face2bone.comparison import record as comparisons
from face2bone.comparison import tables
from face2bone.dashboard.common import elements
from face2bone.dashboard.common.language import say
from face2bone.errors import EvaluationError
from face2bone.evaluation.added_value import record as added_values
from face2bone.evaluation.added_value import words
from face2bone.words import template, together

HEADINGS: Final[dict[comparisons.Kind, str]] = {
    "comparison": template("Against what?"),
    "ablation": template("What does each part bring?"),
}
HOW_TO: Final[dict[comparisons.Kind, str]] = {
    "comparison": "face2bone compare MANIFEST --out DIR --attach BUNDLE",
    "ablation": "face2bone ablate MANIFEST --out DIR --attach BUNDLE",
}
HOW_TO_ASK_MORE: Final = "face2bone added-value BUNDLE MANIFEST --out DIR --attach"
MEANINGS: Final[dict[comparisons.Kind, str]] = {
    "comparison": template(
        "Every network was made as large in multiply-adds, started from nothing and was trained, "
        "tuned and tested on the same patients, so the table compares designs; it does not say "
        "how good the loaded bundle is."
    ),
    "ablation": template(
        "Each row is the same network with one part removed, or replaced by an ordinary block with "
        "as many parameters. A part is worth keeping only if it beats that control. FSA and SSAM "
        "are our reconstruction of modules the study only names."
    ),
}
MORE_THAN_AGE: Final = template(
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
    st.header(say(HEADINGS[kind]))
    if found is None:
        st.info(say("Not asked yet: `{how_to}` does it.", how_to=HOW_TO[kind]))
        return
    st.markdown(say(MEANINGS[kind]))
    st.caption(
        say(
            "{cohort} In brackets: 95% intervals over patients and seeds.",
            cohort=found.account.cohort,
        )
    )
    elements.table(tables.FIGURE_HEAD, tables.figure_lines(found.rows, found.account.seeds))
    with st.expander(
        say("Face2Bone minus each row, on the same patients"), key=f"{kind}_differences"
    ):
        st.markdown(say(tables.DIFFERENCES))
        elements.table(tables.DIFFERENCE_HEAD, tables.difference_lines(found.rows))
    with st.expander(say("Cost of each network, and how this table was made"), key=f"{kind}_costs"):
        elements.table(tables.COST_HEAD, tables.cost_lines(found.rows))
        st.markdown(say(tables.introduction(found.account)))


def added_value(bundle: Bundle) -> None:
    """What the face adds to age, sex, height and weight, when it was asked."""
    try:
        kept = added_values.attached(bundle)
    except EvaluationError as error:
        elements.refusal(error)
        return
    st.header(say("Is it more than age?"))
    if kept is None:
        st.info(say("Not asked yet: `{how_to_ask_more}` does it.", how_to_ask_more=HOW_TO_ASK_MORE))
        return
    st.markdown(say(together((MORE_THAN_AGE, words.verdict(kept.found)))))
    elements.table(words.SCORE_HEAD, words.score_lines(kept.found))
    st.markdown(
        say("What the network reads besides bone. {reading}", reading=words.reading(kept.found))
    )
    st.caption(say(kept.about))
