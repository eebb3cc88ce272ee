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
from face2bone.dashboard.common.number_field import number_field
from face2bone.errors import PatientError
from face2bone.patient import Patient
from face2bone.runtime import Prediction
from face2bone.typed_number import Quantity

COHORT: Final = "cohort"
OWN: Final = "own"
OWN_FIELDS: Final = {
    "own_osteoporosis": (Quantity("Osteoporosis, % of the people you see", 0.0, 100.0), 15.0),
    "own_low_bone_mass": (Quantity("Low bone mass, % of the people you see", 0.0, 100.0), 40.0),
}
CAVEAT: Final = (
    "This assumes that faces of each class look the same there as in the training cohort. "
    "Other cameras, ages and ancestries break that, so it is a what-if and not a result; the "
    "result above does not change."
)


def what_if_control(prediction: Prediction, patient: Patient, assessor: Assessor) -> None:
    """Choose a setting, and see what its base rates would do to the number of 100 people."""
    table = load_base_rates()
    fitting = table.fitting(patient)
    st.markdown("**What if the base rates were those of another setting?**")
    chosen = st.selectbox(
        "Setting",
        [COHORT, *fitting, OWN],
        format_func=lambda key: _words(key, fitting),
        key=session.review_case().patient_key("setting"),
        persist_state="session",
        help="Populations this patient belongs to by sex and age, or figures of your own.",
    )
    try:
        rate = _own() if chosen == OWN else fitting.get(chosen)
        if rate is None and chosen != OWN:
            st.caption("The result uses this population. Choose another to see what would change.")
        elif rate is not None:
            _show(assessor.what_if(prediction, rate), prediction, assessor, table)
    except PatientError as error:
        elements.refusal(error)


def of_hundred(count: int) -> str:
    """So many of 100, never as a certainty."""
    if 0 < count < 100:
        return f"about {count}"
    return "more than 99" if count else "fewer than 1"


def _words(key: str, fitting: dict[str, BaseRate]) -> str:
    if key in fitting:
        return fitting[key].setting
    return "My own figures" if key == OWN else "The training cohort's, as in the result"


def _own() -> BaseRate | None:
    shares = []
    for column, (name, (quantity, usual)) in zip(st.columns(2), OWN_FIELDS.items(), strict=True):
        with column:
            shares.append(number_field(quantity, name, usual).value)
    osteoporosis, low_bone_mass = shares
    if osteoporosis is None or low_bone_mass is None:
        st.caption("Both shares are needed.")
        return None
    return own_rate(osteoporosis, low_bone_mass)


def _show(found: WhatIf, prediction: Prediction, assessor: Assessor, table: BaseRates) -> None:
    result, there = st.columns(2, gap="large")
    with result:
        st.markdown("As in the result")
        share = float(prediction.probabilities[BoneClass.OSTEOPOROSIS])
        elements.drawing(charts.icon_array(round(100 * share), "osteoporosis"))
    with there:
        st.markdown("**What if**")
        elements.drawing(charts.icon_array(found.per_hundred, "osteoporosis"))
    st.markdown(
        f"**What if:** of 100 people like this in the setting “{found.rate.setting}”, "
        f"**{of_hundred(found.per_hundred)}** have osteoporosis on DXA; of all people there, "
        f"{round(100 * found.base_rates[BoneClass.OSTEOPOROSIS])} of 100."
    )
    st.caption(" ".join(_remarks(found, assessor, table)))


def _remarks(found: WhatIf, assessor: Assessor, table: BaseRates) -> list[str]:
    remarks = [CAVEAT]
    if found.predictive is not None and found.predictive.positive == found.predictive.positive:
        remarks.append(
            f"Of 100 people there in whom the model finds osteoporosis, about "
            f"{round(100 * found.predictive.positive)} have it, if its sensitivity and "
            "specificity are those of the test patients."
        )
    if found.rate.low_bone_mass is None:
        remarks.append(
            "The publication gives osteoporosis only; the others are split between "
            f"{CLASS_LABELS[0]} and {CLASS_LABELS[1]} as in the training cohort."
        )
    if assessor.bundle.card.status == "demo":
        remarks.append("With this demonstration model only the arithmetic is shown.")
    return [*remarks, f"Base rate: {table.citation(found.rate)}"]
