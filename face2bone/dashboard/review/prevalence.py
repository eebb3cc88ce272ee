"""How far to trust the result: the same photo under another population's base rates."""

from typing import Final

import streamlit as st

from face2bone.assess import Assessor
from face2bone.bone import CLASS_LABELS, BoneClass
from face2bone.clinical.base_rates import (
    BaseRate,
    BaseRates,
    WhatIf,
    load_base_rates,
    own_rate,
)
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.common.language import say, speaker
from face2bone.dashboard.common.number_field import number_field
from face2bone.errors import PatientError
from face2bone.patient import Patient
from face2bone.runtime import Prediction
from face2bone.typed import Quantity
from face2bone.words import message, template, together

COHORT: Final = "cohort"
OWN: Final = "own"
OWN_FIELDS: Final = {
    "own_osteoporosis": (
        Quantity(template("Osteoporosis, % of the people you see"), 0.0, 100.0),
        15.0,
    ),
    "own_low_bone_mass": (
        Quantity(template("Low bone mass, % of the people you see"), 0.0, 100.0),
        40.0,
    ),
}
CAVEAT: Final = template(
    "This assumes that pictures of each class look the same there as in the training cohort. "
    "Other cameras, ages and ancestries break that, so it is a what-if and not a result; the "
    "result above does not change."
)


def what_if_control(prediction: Prediction, patient: Patient, assessor: Assessor) -> None:
    """Choose a setting, and see what its base rates would do to the number of 100 people."""
    table = load_base_rates()
    fitting = table.fitting(patient)
    st.markdown(say("**What if the base rates were those of another setting?**"))
    chosen = st.selectbox(
        say("Setting"),
        [COHORT, *fitting, OWN],
        format_func=speaker(lambda key: _words(key, fitting)),
        key=session.review_case().patient_key("setting"),
        persist_state="session",
        help=say("Populations this patient belongs to by sex and age, or figures of your own."),
    )
    try:
        rate = _own() if chosen == OWN else fitting.get(chosen)
        if rate is None and chosen != OWN:
            st.caption(
                say("The result uses this population. Choose another to see what would change.")
            )
        elif rate is not None:
            _show(assessor.what_if(prediction, rate), prediction, assessor, table)
    except PatientError as error:
        elements.refusal(error)


def of_hundred(count: int) -> str:
    """So many of 100, never as a certainty."""
    if 0 < count < 100:
        return message("about {count}", count=count)
    return template("more than 99") if count else template("fewer than 1")


def _words(key: str, fitting: dict[str, BaseRate]) -> str:
    if key in fitting:
        return fitting[key].setting
    own = template("My own figures")
    return own if key == OWN else template("The training cohort's, as in the result")


def _own() -> BaseRate | None:
    shares = []
    for column, (name, (quantity, usual)) in zip(st.columns(2), OWN_FIELDS.items(), strict=True):
        with column:
            shares.append(number_field(quantity, name, usual).value)
    osteoporosis, low_bone_mass = shares
    if osteoporosis is None or low_bone_mass is None:
        st.caption(say("Both shares are needed."))
        return None
    return own_rate(osteoporosis, low_bone_mass)


def _show(found: WhatIf, prediction: Prediction, assessor: Assessor, table: BaseRates) -> None:
    result, there = st.columns(2, gap="large")
    with result:
        st.markdown(say("As in the result"))
        share = float(prediction.probabilities[BoneClass.OSTEOPOROSIS])
        elements.drawing(charts.icon_array(round(100 * share), "osteoporosis"))
    with there:
        st.markdown(say("**What if**"))
        elements.drawing(charts.icon_array(found.per_hundred, "osteoporosis"))
    st.markdown(
        say(
            "**What if:** of 100 people like this in the setting “{setting}”, "
            "**{of_hundred}** have osteoporosis on DXA; of all people there, {base} of "
            "100.",
            setting=found.rate.setting,
            of_hundred=of_hundred(found.per_hundred),
            base=round(100 * found.base_rates[BoneClass.OSTEOPOROSIS]),
        )
    )
    st.caption(say(together(_remarks(found, assessor, table))))


def _remarks(found: WhatIf, assessor: Assessor, table: BaseRates) -> list[str]:
    remarks: list[str] = [CAVEAT]
    if found.predictive is not None and found.predictive.positive == found.predictive.positive:
        remarks.append(
            message(
                "Of 100 people there in whom the model finds osteoporosis, about {count} have it, "
                "if its sensitivity and specificity are those of the test patients.",
                count=round(100 * found.predictive.positive),
            )
        )
    if found.rate.low_bone_mass is None:
        remarks.append(
            message(
                "The publication gives osteoporosis only; the others are split between {first} and "
                "{second} as in the training cohort.",
                first=CLASS_LABELS[0],
                second=CLASS_LABELS[1],
            )
        )
    if assessor.bundle.card.status == "demo":
        remarks.append(template("With this demonstration model only the arithmetic is shown."))
    return [*remarks, message("Base rate: {source}", source=table.citation(found.rate))]
