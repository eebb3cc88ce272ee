"""The details of a patient: nobody until all are there, and nobody else's afterwards."""

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.common import session
from face2bone.patient import Menopause, Patient, Sex
from tests.dashboard.acts import SECONDS, named

SAMPLE = Patient(71, Sex.FEMALE, 160, 58, Menopause.POST)
TYPED = (("age", "67"), ("height", "158"), ("weight", "52"))


def form() -> None:
    import streamlit as st

    from face2bone.dashboard.common import session
    from face2bone.dashboard.review.patient_form import patient_form

    session.forget_left()
    st.session_state["patient"] = patient_form()


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(form, default_timeout=SECONDS).run()


def patient(app: AppTest) -> Patient | None:
    assert not app.exception
    found: Patient | None = app.session_state["patient"]
    return found


def chosen(app: AppTest, name: str, index: int) -> AppTest:
    return named(app.selectbox, name).select_index(index).run()


@pytest.mark.parametrize("missing", [name for name, _ in TYPED])
def test_there_is_nobody_while_a_detail_is_missing(app: AppTest, missing: str) -> None:
    chosen(app, "sex", 0)
    for name, text in TYPED:
        if name != missing:
            named(app.text_input, name).set_value(text).run()
    assert patient(app) is None
    assert "Age, sex, height and weight are required." in [c.value for c in app.caption]
    named(app.text_input, missing).set_value(dict(TYPED)[missing]).run()
    assert patient(app) == Patient(67, Sex.FEMALE, 158, 52)


def test_menopause_is_asked_of_women_and_counts_for_no_man(app: AppTest) -> None:
    for name, text in TYPED:
        named(app.text_input, name).set_value(text).run()
    assert len(app.selectbox) == 1
    chosen(chosen(app, "sex", 0), "menopause", 1)
    woman = patient(app)
    assert woman is not None
    assert woman.menopause is not Menopause.UNKNOWN
    chosen(app, "sex", 1)
    assert len(app.selectbox) == 1
    assert patient(app) == Patient(67, Sex.MALE, 158, 52)


def test_a_sample_brings_all_and_the_next_patient_none_of_it(app: AppTest) -> None:
    case = app.session_state[session.REVIEW_CASE]
    case.choose(None, SAMPLE)
    assert patient(app.run()) == SAMPLE
    case.new_patient()
    assert patient(app.run()) is None
    assert not any(field.value for field in app.text_input)
    assert [box.value for box in app.selectbox] == [None]
