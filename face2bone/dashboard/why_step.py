"""Step 5 of Review: which regions and which concepts the result rests on."""

import numpy as np
import streamlit as st

from face2bone.assess import Explanation, LocatedFace
from face2bone.bone import CLASS_LABELS
from face2bone.dashboard import charts, session, show
from face2bone.explain.shapley import fill_agreement
from face2bone.report.pictures import concept_png, overlay_png
from face2bone.runtime import Prediction

CONCEPTS_SHOWN = 4


def why_step(found: LocatedFace, prediction: Prediction) -> Explanation:
    """Region attributions as named bars and on the face, then concept cards."""
    show.step(
        5,
        "Why",
        "What the model's answer rests on in this photo. It explains the model, not the bone.",
    )
    explanation = _explanation(found)
    k = st.segmented_control(
        "Class explained",
        range(len(CLASS_LABELS)),
        default=int(prediction.probabilities.argmax()),
        format_func=lambda i: CLASS_LABELS[i],
        key="explained_class",
    )
    k = int(prediction.probabilities.argmax()) if k is None else int(k)
    _regions(found, explanation, k)
    _concepts(found, explanation, k)
    return explanation


def _explanation(found: LocatedFace) -> Explanation:
    bar = st.empty()

    def progress(step: str, fraction: float) -> None:
        text = "1,024 combinations of regions, twice" if step == "regions" else "Concepts"
        bar.progress(min(max(fraction, 0.0), 1.0), text=f"{text} …")

    explanation = session.explanation(found, progress)
    bar.empty()
    return explanation


def _regions(found: LocatedFace, explanation: Explanation, k: int) -> None:
    blurred = explanation.regions[0]
    bars, face = st.columns([3, 2], gap="large")
    with bars:
        st.plotly_chart(charts.region_bars(blurred, k), config=charts.PLAIN, key="regions")
    with face:
        values = np.asarray(blurred.values[:, k], dtype=np.float64)
        alt = f"The crop tinted by what speaks for {CLASS_LABELS[k]}"
        show.picture(overlay_png(found.aligned, values), alt, width=260)
        agreement = fill_agreement(*explanation.regions)[k]
        st.caption(
            "Exact Shapley values over all 1,024 combinations; left is the patient's left. "
            f"Rank agreement between two ways of hiding a region: {agreement:.2f} (1 is perfect)."
        )


def _concepts(found: LocatedFace, explanation: Explanation, k: int) -> None:
    concepts = explanation.concepts
    bank = session.assessor().bundle.concepts
    st.subheader("Concepts")
    st.caption(
        "Patterns the network reuses across drawn faces. Importance: how much the class depends "
        "on it. Presence: how much of it is in this photo. Location: where it sits here."
    )
    order = np.argsort(-concepts.importance[:, k])[:CONCEPTS_SHOWN]
    for column, i in zip(st.columns(len(order)), order, strict=True):
        with column, st.container(border=True):
            st.markdown(f"**{concepts.names[i]}**")
            alt = f"Where {concepts.names[i]} sits in this photo"
            show.picture(concept_png(found.aligned, concepts.location[i]), alt)
            st.markdown(
                f"Importance {concepts.importance[i, k]:.2f} · presence {concepts.presence[i]:.2f}"
            )
            st.caption(bank.description[i])
