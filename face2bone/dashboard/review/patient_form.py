"""Who the picture on Review is of: the required details, the pseudonym, and who is at the desk."""

from typing import Final

import streamlit as st

from face2bone.body_units import HEIGHT, WEIGHT
from face2bone.dashboard.common import elements, session
from face2bone.dashboard.common.language import say, speaker
from face2bone.dashboard.common.number_field import number_field
from face2bone.dashboard.common.saver import saver_field
from face2bone.dashboard.review.answers import MENOPAUSE_WORDS, PSEUDONYM
from face2bone.dashboard.review.measure_field import measure_field, units_switch
from face2bone.patient import AGE_RANGE, Menopause, Patient, Sex
from face2bone.typed import Quantity
from face2bone.words import plural, template

AGE: Final = Quantity(template("Age"), *AGE_RANGE, "years")
MOST_CHARACTERS: Final = 80
SEX_WORDS: Final = {Sex.FEMALE: template("Female"), Sex.MALE: template("Male")}


def patient_form() -> Patient | None:
    """The required details; None while one is missing."""
    fields, below = elements.places(2)
    with below:  # drawn first: the fields go by it
        units_switch()
    with fields:
        first, second = st.columns(2)
    with first:
        key = session.review_case().patient_key("age")
        age = number_field(AGE, key, _given("age_years")).value
        height = measure_field("height", HEIGHT, _given("height_cm"))
    with second:
        sex = _sex()
        weight = measure_field("weight", WEIGHT, _given("weight_kg"))
    menopause = _menopause(sex)
    if age is None or height is None or weight is None or sex is None:
        st.caption(say("Age, sex, height and weight are required."))
        return None
    return Patient(age, sex, height, weight, menopause)


def _given(field: str) -> float | None:
    """What a sample patient brings."""
    given = session.review_case().given
    return None if given is None else float(getattr(given, field))


def _sex() -> Sex | None:
    review_case, sexes = session.review_case(), list(Sex)
    return st.selectbox(
        say("Sex"),
        sexes,
        index=None if review_case.given is None else sexes.index(review_case.given.sex),
        placeholder=say("Choose"),
        format_func=speaker(lambda sex: SEX_WORDS[sex]),
        key=review_case.patient_key("sex"),
        persist_state="session",
        required=True,  # a box that can be emptied has one more stop for Tab
    )


def _menopause(sex: Sex | None) -> Menopause:
    if sex is not Sex.FEMALE:
        return Menopause.UNKNOWN
    review_case, statuses = session.review_case(), list(MENOPAUSE_WORDS)
    chosen = st.selectbox(
        say("Menopausal status"),
        statuses,
        index=0 if review_case.given is None else statuses.index(review_case.given.menopause),
        format_func=speaker(lambda status: MENOPAUSE_WORDS[status]),
        key=review_case.patient_key("menopause"),
        persist_state="session",
    )
    return chosen or Menopause.UNKNOWN


def pseudonym_and_saver() -> None:
    """Typed once, for the report, the text for the record and saving."""
    pseudonym, saver = st.columns(2)
    pseudonym.text_input(
        say("Pseudonym"),
        key=session.review_case().patient_key(PSEUDONYM),
        max_chars=MOST_CHARACTERS,
        persist_state="session",
        placeholder=say("never a name"),  # no "?": each is a stop of the Tab key on the way to Save
    )
    with saver:
        saver_field(say("Your initials"), max_chars=MOST_CHARACTERS)
    _saved_before()


def _saved_before() -> None:
    """What is saved of earlier visits, in a window of its own: it is not the patient at hand."""
    review_case = session.review_case()
    typed = str(st.session_state.get(review_case.patient_key(PSEUDONYM)) or "").strip()
    count = 0
    if typed or review_case.looks_back:
        # Libraries that no visitor waits for who has no use for them.
        from face2bone.dashboard.review import saved_view

        count = saved_view.count(typed)
        if review_case.looks_back:
            saved_view.window(typed)
    st.button(
        say(plural("{count} saved assessment", "{count} saved assessments", count))
        if count
        else say("Find saved assessments"),
        key="look_back",
        icon=":material/history:",
        on_click=review_case.look_back,
        width="stretch",
        help=say("Opens what was saved, to read it. The patient on this page stays as it is."),
    )
