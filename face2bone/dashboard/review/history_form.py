"""The further questions: what the published scores ask beyond the tick boxes.

Every one may stay unanswered, which is not "no"; a score that needs it then says so.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Final

import streamlit as st

from face2bone.dashboard.common.language import say, speaker
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
from face2bone.words import message, template

MOST_FRACTURES: Final = 6
YES, NO, NONE = template("Yes"), template("No"), template("None")
NOT_ANSWERED: Final = template("Not answered")
WORDS: Final[dict[Enum, str]] = {
    Ethnicity.WHITE: template("White"),
    Ethnicity.INDIAN: template("Indian"),
    Ethnicity.PAKISTANI: template("Pakistani"),
    Ethnicity.BANGLADESHI: template("Bangladeshi"),
    Ethnicity.OTHER_ASIAN: template("Other Asian"),
    Ethnicity.BLACK_CARIBBEAN: template("Black Caribbean"),
    Ethnicity.BLACK_AFRICAN: template("Black African"),
    Ethnicity.CHINESE: template("Chinese"),
    Ethnicity.OTHER: template("Other"),
    Oestrogen.NEVER: template("Never"),
    Oestrogen.PAST: template("In the past"),
    Oestrogen.CURRENT: template("Now"),
    FractureSite.HIP: template("Hip"),
    FractureSite.SPINE: template("Spine"),
    FractureSite.WRIST: template("Wrist"),
    FractureSite.SHOULDER: template("Shoulder"),
    FractureSite.RIB: template("Rib"),
    FractureSite.OTHER: template("Other"),
    Smoking.NEVER: template("Never"),
    Smoking.FORMER: template("Stopped"),
    Smoking.LIGHT: template("Fewer than 10 a day"),
    Smoking.MODERATE: template("10 to 19 a day"),
    Smoking.HEAVY: template("20 or more a day"),
    Alcohol.NONE: template("None"),
    Alcohol.UNDER_1: template("Less than 1 unit a day"),
    Alcohol.FROM_1_TO_2: template("1 to 2 units a day"),
    Alcohol.FROM_3_TO_6: template("3 to 6 units a day"),
    Alcohol.FROM_7_TO_9: template("7 to 9 units a day"),
    Alcohol.OVER_9: template("More than 9 units a day"),
    ParentHipFracture.NEITHER: template("Neither parent"),
    ParentHipFracture.MOTHER: template("Mother"),
    ParentHipFracture.FATHER: template("Father"),
    ParentHipFracture.BOTH: template("Both"),
    Condition.CANCER: template("Cancer"),
    Condition.ASTHMA_OR_COPD: template("Asthma or COPD"),
    Condition.CARDIOVASCULAR: template("Heart attack, angina, stroke or TIA"),
    Condition.DEMENTIA: template("Dementia"),
    Condition.ENDOCRINE: template("Overactive thyroid, hyperparathyroidism or Cushing's"),
    Condition.EPILEPSY: template("Epilepsy, or taking anticonvulsants"),
    Condition.LIVER: template("Chronic liver disease"),
    Condition.LUPUS: template("Lupus"),
    Condition.MALABSORPTION: template(
        "Crohn's, ulcerative colitis, coeliac or other malabsorption"
    ),
    Condition.PARKINSONS: template("Parkinson's disease"),
    Condition.RENAL: template("Chronic kidney disease"),
    Condition.DIABETES_TYPE_1: template("Diabetes, type 1"),
    Condition.DIABETES_TYPE_2: template("Diabetes, type 2"),
    Prescription.ANTIDEPRESSANT: template("Antidepressant"),
    Prescription.CORTICOSTEROID: template("Corticosteroid tablets"),
}

ASKED: Final = {
    "ethnicity": template("Ethnic group (as QFracture asks)"),
    "smoking": template("Cigarettes"),
    "alcohol": template("Alcohol"),
    "care_home": template("Lives in a care or nursing home"),
    "rises_with_arms": template("Needs the arms to rise from a chair"),
    "oestrogen": template("Oestrogen after menopause (HRT)"),
    "hormones_six_months": template("Pill or oestrogen for 6 months or longer, ever"),
    "parent_hip_fracture": template("Hip fracture of a parent"),
    "parent_osteoporosis": template("A parent with osteoporosis"),
    "conditions": template("Diagnoses"),
    "prescriptions": template("Prescribed twice or more in the last 6 months"),
    "fractures": template("Fractures in adult life after a fall from standing height or less"),
}
"""Each question by the name of its answer in ``History``, in the order in which it is asked."""


def history_form(patient: Patient) -> None:
    """Every further question, in two columns."""
    st.caption(
        say(
            "All optional: *Scores* says which answer each score needs. "
            "Not answered does not count as No."
        )
    )
    left, right = st.columns(2)
    with left:
        _choice("ethnicity", Ethnicity)
        _choice("smoking", Smoking)
        _choice("alcohol", Alcohol)
        _yes_no("care_home")
        _yes_no("rises_with_arms")
    with right:
        if patient.sex is Sex.FEMALE:
            _choice("oestrogen", Oestrogen)
            _yes_no("hormones_six_months")
        _choice("parent_hip_fracture", ParentHipFracture)
        _yes_no("parent_osteoporosis")
        _some_of("conditions", Condition)
        _some_of("prescriptions", Prescription)
    _fractures()
    _measured()


def answer_label(member: Enum) -> str:
    """An answer as it stands in the form's list."""
    return WORDS[member]


def _select(
    label: str, name: str, options: Sequence[Any], words: Callable[[Any], str] = answer_label
) -> Any:
    return st.selectbox(
        say(label),
        list(options),
        index=None,
        placeholder=say(NOT_ANSWERED),
        format_func=speaker(lambda one: words(one)),
        key=answer_key(name),
        persist_state="session",
    )


def _choice(name: str, kind: type[Enum]) -> None:
    _select(ASKED[name], f"{HISTORY}{name}", list(kind))


def _yes_no(name: str) -> None:
    _select(ASKED[name], f"{HISTORY}{name}", [True, False], lambda yes: YES if yes else NO)


def _any(name: str) -> bool:
    """Ask whether there is anything to list; the answer "none" is an answer."""
    words, key = {NONE_OF_THEM: NONE, SOME: template("Yes, as listed")}, f"{HISTORY}{name}_any"
    return bool(_select(ASKED[name], key, list(words), lambda a: words[a]) == SOME)


def _some_of(name: str, kind: type[Enum]) -> None:
    if _any(name):
        st.multiselect(
            say("{label}: which", label=ASKED[name]),
            list(kind),
            format_func=speaker(lambda one: answer_label(one)),
            key=answer_key(f"{HISTORY}{name}"),
            persist_state="session",
        )


def _fractures() -> None:
    if not _any("fractures"):
        return
    count = st.selectbox(
        say("How many"),
        range(1, MOST_FRACTURES + 1),
        key=answer_key(f"{HISTORY}fractures_count"),
        persist_state="session",
    )
    for i in range(int(count)):
        site, age = st.columns(2)
        with site:
            _select(
                message("Site of fracture {number}", number=i + 1),
                f"{HISTORY}fracture_{i}_site",
                list(FractureSite),
            )
        with age:
            number_field(fracture_age(i), answer_key(f"{HISTORY}fracture_{i}_age"))
    st.caption(say("The list counts once every fracture in it has a site and an age."))


def _measured() -> None:
    st.markdown(say("**DXA already measured** (standard deviations)"))
    for column, site in zip(st.columns(len(SITES)), SITES, strict=True):
        with column:
            for prefix in (T_SCORE, Z_SCORE):
                number_field(bone_score(prefix, site), answer_key(f"{prefix}{site}"))
