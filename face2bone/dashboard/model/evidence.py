"""The Model page's sections on other networks, the network's parts, and age, sex and build.

And of a demonstration on films what was measured and what was missed.
"""

from typing import Final

import streamlit as st

from face2bone.bundle import Bundle, BundleCard, bundle_hash
from face2bone.comparison import record as comparisons
from face2bone.comparison import tables
from face2bone.dashboard.common import elements
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.offered import Offered, offered
from face2bone.errors import EvaluationError
from face2bone.evaluation.added_value import record as added_values
from face2bone.evaluation.added_value import words
from face2bone.report.model.known_figures import KNOWN_FIGURES
from face2bone.studies.face2bone import FACE2BONE
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
        "as many parameters. A part is worth keeping only if it beats that control."
    ),
}
OURS: Final = template("FSA and SSAM are our reconstruction of modules the study only names.")
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
    meaning = (MEANINGS[kind], OURS) if _names_ours(bundle, kind) else (MEANINGS[kind],)
    st.markdown(say(together(meaning)))
    st.caption(
        say(
            "{cohort} In brackets: 95% intervals over patients and seeds.",
            cohort=found.account.cohort,
        )
    )
    elements.table(tables.FIGURE_HEAD, tables.figure_lines(found.rows, found.account.seeds))
    with st.expander(
        say("{network} minus each row, on the same patients", network=found.account.compared),
        key=f"{kind}_differences",
    ):
        st.markdown(say(tables.about_differences(found.account)))
        elements.table(tables.DIFFERENCE_HEAD, tables.difference_lines(found.rows))
    with st.expander(say("Cost of each network, and how this table was made"), key=f"{kind}_costs"):
        elements.table(tables.COST_HEAD, tables.cost_lines(found.rows))
        st.markdown(say(tables.introduction(found.account)))


def _names_ours(bundle: Bundle, kind: comparisons.Kind) -> bool:
    return kind == "ablation" and bundle.card.study == FACE2BONE.id


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


def chosen_study() -> Offered:
    """Whose model the page is about; the patient on Review stays as they are."""
    studies = {one.study.id: one for one in offered()}
    if len(studies) < 2:
        return next(iter(studies.values()))
    chosen = st.segmented_control(
        say("Model for pictures of"),
        list(studies),
        default=next(iter(studies)),
        format_func=lambda study: say(studies[study].modality.subject).capitalize(),
        key="model_study",
        required=True,
        persist_state="session",
    )
    return studies[chosen]


def own_test(card: BundleCard) -> None:
    """What the card says of the patients kept out of its training, where nothing more is kept."""
    test = card.results.get("test")
    if not isinstance(test, dict) or not {"n", "accuracy", "macro_auc"} <= test.keys():
        return
    st.markdown(
        say(
            "On {count} patients kept out of training: accuracy {accuracy}, AUC over the classes "
            "{auc}. So few say little.",
            count=f"{test['n']}",
            accuracy=f"{test['accuracy']:.3f}",
            auc=f"{test['macro_auc']:.3f}",
        )
    )


def known_figures(bundle: Bundle) -> None:
    """What was measured of a demonstration apart from its evaluation, and what missed its floor."""
    known = KNOWN_FIGURES.get(bundle_hash(bundle))
    if known is None:
        return
    st.header(say("What was measured, and what was missed"))
    st.markdown("\n".join(f"- {say(line)}" for line in known.measured))
    st.warning("\n".join(f"- {say(line)}" for line in known.missed), icon=":material/flag:")
    st.caption(say("Commands and more figures: {where}.", where=known.where))
