"""The calibrated result in words and bars, and behind a tab how far to trust it."""

from typing import Final

import streamlit as st

from face2bone.assess import Assessor
from face2bone.bone import BoneClass
from face2bone.calibration import ReliabilityTable
from face2bone.clinical.referral import Referral
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.review.prevalence import of_hundred, what_if_control
from face2bone.patient import Patient
from face2bone.runtime import Prediction

FEW: Final = 30  # patients; a share of fewer is hardly one
MODEL_PAGE: Final = "model"


def result_step(prediction: Prediction, referral: Referral) -> None:
    """The interval of classes in words and the three probabilities.

    Of a photo out of domain there is one sentence, and a button that shows the rest: see
    ``shown``.
    """
    st.header("Result of the photo", anchor=False)
    domain, headline, bars = elements.places(3)
    with domain:
        _domain(prediction)
    if not shown(prediction):
        return
    with headline:
        _headline(prediction, referral)
    with bars:
        elements.drawing(charts.probability_bars(session.classes(), prediction.probabilities))


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
        "**This photo is unlike the photos the model was trained on.** "
        + (
            "The numbers below must not be used for this person."
            if asked
            else "The model has no result for this person; the suggestion rests on the answers."
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
        outside = prediction.out_of_domain.is_outside
        st.info(
            "No class is named for this patient. "
            + ("See above." if outside else "*What changes it* says why."),
            icon=":material/info:",
        )
        return
    names = [session.classes()[k] for k in prediction.prediction_set]
    if len(names) == len(session.classes()):
        st.info(
            "**No clear result.** Normal, osteopenia and osteoporosis all remain possible.",
            icon=":material/help:",
        )
        return
    st.subheader(" or ".join(names).capitalize(), anchor=False)
    st.caption(
        "DXA decides, not a photo.",
        help="In 90 of 100 test patients of each class, what is named here held the class that "
        "DXA found. The bars are probabilities after calibration.",
    )


def trust_step(
    prediction: Prediction, referral: Referral, patient: Patient, assessor: Assessor
) -> None:
    """The reliability curve with this patient's bin, the base rate, changeable, and the status."""
    st.caption("How often this model was right when it was this sure.")
    table: ReliabilityTable = assessor.bundle.reliability
    confidence = float(prediction.probabilities.max())
    curve, facts = st.columns(2, gap="large")
    with curve:
        elements.drawing(charts.reliability_curve(table, confidence))
    with facts:
        if prediction.out_of_domain.is_outside:
            domain = prediction.out_of_domain
            st.warning(
                "None of this was measured on photos like this one (distance "
                f"{domain.distance:.1f}, limit {domain.threshold:.1f})."
            )
        _facts(assessor, charts.bin_count(table, confidence))
        _people(prediction, referral, assessor)
    if referral.class_headline_shown:
        what_if_control(prediction, patient, assessor)


def _facts(assessor: Assessor, count: int) -> None:
    card = assessor.bundle.card
    few = " Few: read the point with care." if count < FEW else ""
    st.markdown(
        f"- Based on {count} test patients with a similar probability.{few}\n"
        f"- Tested on {int(assessor.bundle.reliability.counts.sum())} patients who were kept out "
        f"of training. Trained on {card.faces}.\n"
        f"- In the training cohort: "
        + ", ".join(
            f"{name} {fraction:.0%}"
            for name, fraction in zip(card.labels, card.class_fractions, strict=True)
        )
        + ".\n"
        f"- Model: {card.name} {card.version}, status **{card.status}**. "
        f"[More about it]({MODEL_PAGE})"
    )


def _people(prediction: Prediction, referral: Referral, assessor: Assessor) -> None:
    if not referral.class_headline_shown:
        st.caption(
            "How many of 100 people like this have osteoporosis is not shown: nobody like "
            "this was measured, or the classes are not defined for this patient."
        )
        return
    card = assessor.bundle.card
    share = round(100 * float(prediction.probabilities[BoneClass.OSTEOPOROSIS]))
    base = card.class_fractions[BoneClass.OSTEOPOROSIS]
    elements.drawing(charts.icon_array(share, "osteoporosis"))
    st.caption(
        "Of 100 people like this in the training cohort's setting, "
        f"{of_hundred(share)} have osteoporosis on DXA; of all people there, "
        f"{round(100 * base)} of 100."
    )
