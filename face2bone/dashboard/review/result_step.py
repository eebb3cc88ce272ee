"""The calibrated result in words and bars, and behind a tab how far to trust it."""

from collections.abc import Iterable
from typing import Final

import streamlit as st

from face2bone.assess import Assessor
from face2bone.assessment import LocatedSubject
from face2bone.bone import BoneClass
from face2bone.calibration import ReliabilityTable
from face2bone.clinical.referral import Referral
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.review.layout import is_full
from face2bone.dashboard.review.prevalence import of_hundred, what_if_control
from face2bone.patient import Patient
from face2bone.runtime import Prediction
from face2bone.words import message, template, together

UNLIKE: Final = template(
    "**This {picture} is unlike the {picture}s the model was trained on.** The numbers below must "
    "not be used for this person."
)
UNLIKE_AND_HIDDEN: Final = template(
    "**This {picture} is unlike the {picture}s the model was trained on.** The model has no result "
    "for this person; the suggestion rests on the answers."
)
NOT_MEASURED: Final = template("{name}: not measured. {why}")
FEW: Final = 30  # patients; a share of fewer is hardly one
MODEL_PAGE: Final = "model"


def result_step(prediction: Prediction, referral: Referral) -> None:
    """The interval of classes in words and the three probabilities.

    Of a photo out of domain there is one sentence, and a button that shows the rest: see
    ``shown``.
    """
    st.header(say("Result of the {picture}", picture=session.noun()), anchor=False)
    domain, headline, bars = elements.places(3)
    with domain:
        _domain(prediction)
    if not shown(prediction):
        return
    with headline:
        _headline(prediction, referral)
    with bars:
        elements.drawing(charts.probability_bars(session.classes(), prediction.probabilities))


def measures(found: LocatedSubject) -> None:
    """What was measured on the picture by a rule, beside the model and below its answer."""
    for one in found.measures:
        told = say(NOT_MEASURED, name=one.name, why=one.why_not)
        if one.value is not None:
            told = say("{name}: **{value}**", name=one.name, value=f"{one.value:.2f}")
        st.caption(told, help=say(together(filter(None, [one.meaning, one.detail]))))


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
        say(UNLIKE if asked else UNLIKE_AND_HIDDEN, picture=session.noun()),
        icon=":material/report:",
    )
    if not asked and is_full():
        st.button(
            say("Show anyway (for research)"),
            key="show_outside",
            on_click=session.review_case().show_outside,
        )


def result_in_words(prediction: Prediction, referral: Referral) -> str:
    """The classes that remain possible; that none is named, where none is."""
    if not shown(prediction) or not referral.class_headline_shown:
        return say("no class is named for this patient")
    return say(either(session.classes()[k] for k in prediction.prediction_set))


def either(names: Iterable[str]) -> str:
    """The names as those of which one is true."""
    said = ""
    for name in names:
        said = message("{first} or {second}", first=said, second=name) if said else name
    return said


def _headline(prediction: Prediction, referral: Referral) -> None:
    if not referral.class_headline_shown:
        outside = prediction.out_of_domain.is_outside
        st.info(
            say("No class is named for this patient.")
            + " "
            + (say("See above.") if outside else say("*What changes it* says why.")),
            icon=":material/info:",
        )
        return
    names = [session.classes()[k] for k in prediction.prediction_set]
    if len(names) == len(session.classes()):
        st.info(
            say("**No clear result.** Normal, osteopenia and osteoporosis all remain possible."),
            icon=":material/help:",
        )
        return
    words = say(either(names))
    st.subheader(words[:1].upper() + words[1:], anchor=False)
    st.caption(
        say("The diagnosis needs DXA."),
        help=say(
            "In 90 of 100 test patients of each class, what is named here held the class that "
            "{method} found. The bars are probabilities after calibration.",
            method=_method(),
        ),
    )


def trust_step(
    prediction: Prediction, referral: Referral, patient: Patient, assessor: Assessor
) -> None:
    """The reliability curve with this patient's bin, the base rate, changeable, and the status."""
    st.caption(say("How often this model was right when it was this sure."))
    table: ReliabilityTable = assessor.bundle.reliability
    confidence = float(prediction.probabilities.max())
    curve, facts = st.columns(2, gap="large")
    with curve:
        elements.drawing(charts.reliability_curve(table, confidence))
    with facts:
        if prediction.out_of_domain.is_outside:
            domain = prediction.out_of_domain
            st.warning(
                say(
                    "None of this was measured on a {picture} like this one (distance "
                    "{distance}, limit {limit}).",
                    picture=session.noun(),
                    distance=f"{domain.distance:.1f}",
                    limit=f"{domain.threshold:.1f}",
                )
            )
        _facts(assessor, charts.bin_count(table, confidence))
        _people(prediction, referral, assessor)
    if referral.class_headline_shown:
        what_if_control(prediction, patient, assessor)


def _method() -> str:
    """How the bone of those was measured who trained the model at hand."""
    return session.assessor_at_hand().bundle.card.reference_method.label


def _facts(assessor: Assessor, count: int) -> None:
    card = assessor.bundle.card
    few = say(" Few: read the point with care.") if count < FEW else ""
    st.markdown(
        say(
            "- Based on {count} test patients with a similar probability.{few}\n- Tested "
            "on {tested} patients who were kept out of training. Trained on {trained_on}.\n- "
            "In the training cohort: ",
            count=count,
            few=few,
            tested=int(assessor.bundle.reliability.counts.sum()),
            trained_on=session.trained_on(),
        )
        + ", ".join(
            f"{say(name)} {fraction:.0%}"
            for name, fraction in zip(card.labels, card.class_fractions, strict=True)
        )
        + say(
            ".\n- Model: {name} {version}, status **{status}**. [More about it]({page})",
            name=literal(card.name),
            version=literal(card.version),
            status=card.status,
            page=MODEL_PAGE,
        )
    )


def _people(prediction: Prediction, referral: Referral, assessor: Assessor) -> None:
    if not referral.class_headline_shown:
        st.caption(
            say(
                "How many of 100 people like this have osteoporosis is not shown: nobody like "
                "this was measured, or the classes are not defined for this patient."
            )
        )
        return
    card = assessor.bundle.card
    share = round(100 * float(prediction.probabilities[BoneClass.OSTEOPOROSIS]))
    base = card.class_fractions[BoneClass.OSTEOPOROSIS]
    elements.drawing(charts.icon_array(share, "osteoporosis"))
    st.caption(
        say(
            "Of 100 people like this in the training cohort's setting, {of_hundred} have "
            "osteoporosis on {method}; of all people there, {base} of 100.",
            of_hundred=of_hundred(share),
            method=_method(),
            base=round(100 * base),
        )
    )
