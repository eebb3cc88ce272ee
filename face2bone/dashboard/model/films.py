"""The Model page's study, and of a demonstration on films what was measured and what was missed."""

import streamlit as st

from face2bone.bundle import Bundle, BundleCard, bundle_hash
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.offered import Offered, offered
from face2bone.report.model.known_figures import KNOWN_FIGURES


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
