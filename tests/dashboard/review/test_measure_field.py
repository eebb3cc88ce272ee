"""Height and weight in the visitor's units: converted to look at, never read otherwise."""

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.common.language import LANGUAGE
from face2bone.dashboard.review.measure_field import US_UNITS
from face2bone.dashboard.review.review_case import ReviewCase
from tests.dashboard.acts import SECONDS, named
from tests.dashboard.test_same_patient import jpeg, png, typed, uploaded

KG_OF_150_LB = 68.0388555


def form() -> None:
    import streamlit as st

    from face2bone.dashboard.common import session
    from face2bone.dashboard.review.patient_form import patient_form

    session.forget_left()
    st.session_state["patient"] = patient_form()


@pytest.fixture
def app() -> AppTest:
    """The form, everything typed but the weight."""
    page = AppTest.from_function(form, default_timeout=SECONDS).run()
    for name, text in (("age", "67"), ("height", "158")):
        named(page.text_input, name).set_value(text).run()
    named(page.selectbox, "sex").select_index(0).run()
    return page


def turned(app: AppTest, units: str) -> AppTest:
    app.toggle(key=US_UNITS).set_value(units == "us").run()
    assert not app.exception
    return app


def weighed(app: AppTest, text: str) -> AppTest:
    named(app.text_input, "weight").set_value(text).run()
    assert not app.exception
    return app


def boxes(app: AppTest) -> dict[str, str]:
    return {box.label: box.value for box in app.text_input}


def test_the_page_asks_in_cm_and_kg_until_other_units_are_chosen(app: AppTest) -> None:
    assert app.toggle(key=US_UNITS).value is False
    assert boxes(app) == {"Age (years)": "67", "Height (cm)": "158", "Weight (kg)": ""}
    assert boxes(turned(app, "us")) == {
        "Age (years)": "67",
        "Height (in)": "62.2",
        "Weight (lb)": "",
    }


def test_an_address_can_begin_with_inches_and_pounds() -> None:
    page = AppTest.from_function(form, default_timeout=SECONDS)
    page.query_params[US_UNITS] = "true"
    assert list(boxes(page.run())) == ["Age (years)", "Height (in)", "Weight (lb)"]


def test_150_lb_are_150_lb_after_a_look_in_kg(app: AppTest) -> None:
    app = weighed(turned(app, "us"), "150")
    before = app.session_state["patient"]
    assert before.weight_kg == KG_OF_150_LB
    assert before.height_cm == 158, "typed in cm and only shown in inches"
    for _ in range(3):
        assert boxes(turned(app, "metric"))["Weight (kg)"] == "68"
        assert app.session_state["patient"] == before
        assert boxes(turned(app, "us"))["Weight (lb)"] == "150"
        assert app.session_state["patient"] == before


def test_what_is_changed_in_the_other_unit_counts_as_typed_there(app: AppTest) -> None:
    app = weighed(turned(weighed(turned(app, "us"), "150"), "metric"), "70")
    assert app.session_state["patient"].weight_kg == 70
    assert boxes(turned(app, "us"))["Weight (lb)"] == "154.3", "not the 150 of before"
    assert app.session_state["patient"].weight_kg == 70
    assert boxes(turned(app, "metric"))["Weight (kg)"] == "70"


def test_typing_and_turning_at_once_reads_it_in_the_unit_it_was_typed_in(app: AppTest) -> None:
    named(app.text_input, "weight").set_value("70")
    app = turned(app, "us")
    assert app.session_state["patient"].weight_kg == 70
    assert boxes(app)["Weight (lb)"] == "154.3"


def test_a_refusal_is_in_the_unit_shown(app: AppTest) -> None:
    app = weighed(app, "700")
    assert app.session_state["patient"] is None
    (refused,) = app.error
    assert refused.value.startswith("Weight: 700 is not between 25 and 300 kg.")
    (refused,) = turned(app, "us").error
    assert refused.value.startswith("Weight: 1543.2 is not between 55.2 and 661.3 lb.")
    assert app.session_state["patient"] is None
    assert not weighed(app, "150,5").error
    assert app.session_state["patient"].weight_kg == pytest.approx(68.2657, abs=1e-4)


def test_nothing_is_left_once_a_field_is_emptied(app: AppTest) -> None:
    app = weighed(turned(weighed(app, "70"), "us"), "")
    assert app.session_state["patient"] is None
    assert boxes(turned(app, "metric"))["Weight (kg)"] == ""
    assert app.session_state["patient"] is None


def test_feet_and_inches(app: AppTest) -> None:
    app = weighed(turned(app, "us"), "150")
    named(app.text_input, "height").set_value("5'6\"").run()
    assert app.session_state["patient"].height_cm == 167.64
    assert boxes(turned(app, "metric"))["Height (cm)"] == "167.6"
    assert boxes(turned(app, "us"))["Height (in)"] == "5'6\""


def test_units_in_chinese(app: AppTest) -> None:
    app.session_state[LANGUAGE] = "zh"
    app = turned(app.run(), "us")
    assert list(boxes(app)) == ["年龄（岁）", "身高（英寸）", "体重（磅）"]


@pytest.fixture
def page(tiny_model: object) -> AppTest:
    return AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS).run()


def test_units_stay_and_what_was_typed_goes_with_the_patient(page: AppTest) -> None:
    page = weighed(turned(page, "us"), "150")
    page.button(key="new_patient").click().run()
    assert boxes(page)["Weight (lb)"] == ""
    page.button(key="sample_0").click().run()
    shown = boxes(page)
    given = page.session_state["review_case"].given
    assert float(shown["Weight (lb)"]) == pytest.approx(given.weight_kg / 0.45359237, abs=0.051)
    fields = page.session_state["review_case"].fields
    assert fields["weight"].written.read_in(fields["weight"].asked) == given.weight_kg
    page.button(key="new_patient").click().run()
    assert (boxes(page)["Height (in)"], boxes(page)["Weight (lb)"]) == ("", "")


def test_a_weight_typed_in_pounds_asks_whose_it_is_when_the_photo_changes(page: AppTest) -> None:
    page = uploaded(page, jpeg(0))
    page = weighed(turned(page, "us"), "150")
    page = uploaded(page, jpeg(1), "other.jpg")
    assert any("Is this the same patient?" in w.value for w in page.warning)
    page.button(key="another_patient").click().run()
    assert boxes(page)["Weight (lb)"] == ""
    assert ReviewCase().fields == {}


def test_report_and_record_are_in_kg(page: AppTest) -> None:
    page = typed(uploaded(page, png(0), "photo.png"))
    page = weighed(turned(page, "us"), "150")
    assert "158 cm, 68.04 kg" in "\n".join(code.value for code in page.code)
