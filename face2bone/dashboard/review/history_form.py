"""The further questions: what the published scores ask beyond the tick boxes.

Every one may stay unanswered, which is not "no"; a score that needs it then says so.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Final

import streamlit as st

from face2bone.dashboard.common.number_field import number_field
from face2bone.dashboard.review.answers import (
    HISTORY,
    NONE_OF_THEM,
    SITES,
    SOME,
    T_SCORE,
    Z_SCORE,
    answer_key,
    bone_score,
    fracture_age,
)
from face2bone.history import (
    Alcohol,
    Condition,
    Ethnicity,
    FractureSite,
    Oestrogen,
    ParentHipFracture,
    Prescription,
    Smoking,
)
from face2bone.patient import Patient, Sex

MOST_FRACTURES: Final = 6
NOT_ANSWERED: Final = "Not answered"
WORDS: Final[dict[Enum, str]] = {
    Smoking.NEVER: "Never",
    Smoking.FORMER: "Stopped",
    Smoking.LIGHT: "Fewer than 10 a day",
    Smoking.MODERATE: "10 to 19 a day",
    Smoking.HEAVY: "20 or more a day",
    Alcohol.NONE: "None",
    Alcohol.UNDER_1: "Less than 1 unit a day",
    Alcohol.FROM_1_TO_2: "1 to 2 units a day",
    Alcohol.FROM_3_TO_6: "3 to 6 units a day",
    Alcohol.FROM_7_TO_9: "7 to 9 units a day",
    Alcohol.OVER_9: "More than 9 units a day",
    ParentHipFracture.NEITHER: "Neither parent",
    ParentHipFracture.MOTHER: "Mother",
    ParentHipFracture.FATHER: "Father",
    ParentHipFracture.BOTH: "Both",
    Condition.ASTHMA_OR_COPD: "Asthma or COPD",
    Condition.CARDIOVASCULAR: "Heart attack, angina, stroke or TIA",
    Condition.ENDOCRINE: "Overactive thyroid, hyperparathyroidism or Cushing's",
    Condition.EPILEPSY: "Epilepsy, or taking anticonvulsants",
    Condition.LIVER: "Chronic liver disease",
    Condition.MALABSORPTION: "Crohn's, ulcerative colitis, coeliac or other malabsorption",
    Condition.PARKINSONS: "Parkinson's disease",
    Condition.RENAL: "Chronic kidney disease",
    Condition.DIABETES_TYPE_1: "Diabetes, type 1",
    Condition.DIABETES_TYPE_2: "Diabetes, type 2",
    Prescription.CORTICOSTEROID: "Corticosteroid tablets",
}


def history_form(patient: Patient) -> None:
    """Every further question, in two columns."""
    st.caption(
        "All optional: *Scores* says which answer each score needs. "
        "Not answered does not count as No."
    )
    left, right = st.columns(2)
    with left:
        _choice("Ethnic group (as QFracture asks)", "ethnicity", Ethnicity)
        _choice("Cigarettes", "smoking", Smoking)
        _choice("Alcohol", "alcohol", Alcohol)
        _yes_no("Lives in a care or nursing home", "care_home")
        _yes_no("Needs the arms to rise from a chair", "rises_with_arms")
    with right:
        if patient.sex is Sex.FEMALE:
            _choice("Oestrogen after menopause (HRT)", "oestrogen", Oestrogen)
            _yes_no("Pill or oestrogen for 6 months or longer, ever", "hormones_six_months")
        _choice("Hip fracture of a parent", "parent_hip_fracture", ParentHipFracture)
        _yes_no("A parent with osteoporosis", "parent_osteoporosis")
        _some_of("Diagnoses", "conditions", Condition)
        _some_of("Prescribed twice or more in the last 6 months", "prescriptions", Prescription)
    _fractures()
    _measured()


def _label(member: Any) -> str:
    return WORDS.get(member, str(member.value).replace("_", " ").capitalize())


def _select(
    label: str, name: str, options: Sequence[Any], words: Callable[[Any], str] = _label
) -> Any:
    return st.selectbox(
        label,
        list(options),
        index=None,
        placeholder=NOT_ANSWERED,
        format_func=words,
        key=answer_key(name),
        persist_state="session",
    )


def _choice(label: str, name: str, kind: type[Enum]) -> None:
    _select(label, f"{HISTORY}{name}", list(kind))


def _yes_no(label: str, name: str) -> None:
    _select(label, f"{HISTORY}{name}", [True, False], lambda yes: "Yes" if yes else "No")


def _any(label: str, name: str) -> bool:
    """Ask whether there is anything to list; the answer "none" is an answer."""
    words = {NONE_OF_THEM: "None", SOME: "Yes, as listed"}
    return bool(_select(label, f"{HISTORY}{name}_any", list(words), lambda a: words[a]) == SOME)


def _some_of(label: str, name: str, kind: type[Enum]) -> None:
    if _any(label, name):
        st.multiselect(
            f"{label}: which",
            list(kind),
            format_func=_label,
            key=answer_key(f"{HISTORY}{name}"),
            persist_state="session",
        )


def _fractures() -> None:
    if not _any("Fractures in adult life after a fall from standing height or less", "fractures"):
        return
    count = st.selectbox(
        "How many",
        range(1, MOST_FRACTURES + 1),
        key=answer_key(f"{HISTORY}fractures_count"),
        persist_state="session",
    )
    for i in range(int(count)):
        site, age = st.columns(2)
        with site:
            _select(f"Site of fracture {i + 1}", f"{HISTORY}fracture_{i}_site", list(FractureSite))
        with age:
            number_field(fracture_age(i), answer_key(f"{HISTORY}fracture_{i}_age"))
    st.caption("The list counts once every fracture in it has a site and an age.")


def _measured() -> None:
    st.markdown("**DXA already measured** (standard deviations)")
    for column, site in zip(st.columns(len(SITES)), SITES, strict=True):
        with column:
            for prefix in (T_SCORE, Z_SCORE):
                number_field(bone_score(prefix, site), answer_key(f"{prefix}{site}"))
