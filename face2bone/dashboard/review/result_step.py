"""Steps 3 and 4 of Review: the calibrated result, and how far to trust it."""

import streamlit as st

from face2bone.assess import Assessor
from face2bone.bone import CLASS_LABELS, BoneClass
from face2bone.calibration import ReliabilityTable
from face2bone.clinical.referral import Referral
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.review.prevalence import of_hundred, what_if_control
from face2bone.patient import Patient
from face2bone.runtime import Prediction


def result_step(prediction: Prediction, referral: Referral, assessor: Assessor) -> None:
    """The three probabilities beside their base rate, and the prediction set.

    Of a photo out of domain there is one sentence, and a button that shows the rest: see
    ``shown``.
    """
    elements.step(3, "Result", "Probabilities after calibration. DXA decides, not a photo.")
    domain, headline = elements.places(2)
    with domain:
        _domain(prediction)
    if not shown(prediction):
        return
    with headline:
        _headline(prediction, referral)
    bars, people = st.columns(2, gap="large")
    with bars:
        elements.drawing(charts.probability_bars(prediction.probabilities))
    with people:
        if referral.class_headline_shown:
            _people(prediction, assessor)
        else:
            st.caption(
                "How many of 100 people like this have osteoporosis is not shown: nobody like "
                "this was measured, or the classes are not defined for this patient."
            )


def shown(prediction: Prediction) -> bool:
    """Whether the photo's numbers may stand on the page: out of domain only when asked for."""
    review_case = session.review_case()
    return (
        not prediction.out_of_domain.is_outside or review_case.shown_outside == review_case.subject
    )


def _domain(prediction: Prediction) -> None:
    domain = prediction.out_of_domain
    if not domain.is_outside:
        return
    asked = shown(prediction)
    st.warning(
        "**Out of domain.** This photo is unlike the faces the model was trained on "
        f"(distance {domain.distance:.1f}, limit {domain.threshold:.1f}), "
        + (
            "so the numbers below must not be used for this person."
            if asked
            else "so the model has no result for this person; the suggestion rests on the answers."
        ),
        icon=":material/report:",
    )
    if not asked:
        st.button(
            "Show anyway (for research)",
            key="show_outside",
            on_click=session.review_case().show_outside,
        )


def _headline(prediction: Prediction, referral: Referral) -> None:
    if not referral.class_headline_shown:
        st.info(
            "No class headline for this patient. "
            + ("Step 6 says why." if not prediction.out_of_domain.is_outside else "See above."),
            icon=":material/info:",
        )
        return
    names = [CLASS_LABELS[k] for k in prediction.prediction_set]
    if len(names) == len(CLASS_LABELS):
        st.info("The model abstains: all three classes remain possible.", icon=":material/help:")
        return
    st.markdown(f"### {' or '.join(names).capitalize()}")
    st.caption("The set of classes that holds the true one in 90 of 100 patients of each class.")


def _people(prediction: Prediction, assessor: Assessor) -> None:
    card = assessor.bundle.card
    share = float(prediction.probabilities[BoneClass.OSTEOPOROSIS])
    base = card.class_fractions[BoneClass.OSTEOPOROSIS]
    elements.drawing(charts.icon_array(round(100 * share), "osteoporosis"))
    st.caption(
        f"Of 100 people like this in the training cohort's setting ({card.cohort}), "
        f"{of_hundred(round(100 * share))} have osteoporosis on DXA; of all people there, "
        f"{round(100 * base)} of 100."
    )


def trust_step(
    prediction: Prediction, referral: Referral, patient: Patient, assessor: Assessor
) -> None:
    """The reliability curve with this patient's bin, the base rate, changeable, and the status."""
    elements.step(
        4, "How far to trust it", "How often this bundle was right when it was this sure."
    )
    table: ReliabilityTable = assessor.bundle.reliability
    confidence = float(prediction.probabilities.max())
    curve, facts = st.columns(2, gap="large")
    with curve:
        elements.drawing(charts.reliability_curve(table, confidence))
    with facts:
        if prediction.out_of_domain.is_outside:
            st.warning("None of this was measured on photos like this one.")
        _facts(assessor, charts.bin_count(table, confidence))
    if referral.class_headline_shown:
        what_if_control(prediction, patient, assessor)


def _facts(assessor: Assessor, count: int) -> None:
    card = assessor.bundle.card
    st.markdown(
        f"- {count} measured patients fell into this patient's bin; "
        f"{'few: read the point with care' if count < 30 else 'the point rests on these'}.\n"
        f"- Measured on {int(assessor.bundle.reliability.counts.sum())} patients kept out of "
        f"training. Training cohort: {card.cohort}.\n"
        f"- Base rates in the training cohort: "
        + ", ".join(
            f"{name} {fraction:.0%}"
            for name, fraction in zip(CLASS_LABELS, card.class_fractions, strict=True)
        )
        + ".\n"
        f"- Bundle: {card.name} {card.version}, status **{card.status}**, "
        f"hash `{assessor.facts.sha256[:12]}`."
    )
