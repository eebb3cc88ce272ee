"""Back from a look at another page: the photo, its source and what was typed are as they were."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.acts import SECONDS, done, explained, in_full, named, opened
from tests.dashboard.test_same_patient import (
    headings,
    jpeg,
    png,
    said,
    source,
    ticked,
    typed,
    uploaded,
)

STILL = "The photo shown is still at hand."


@pytest.fixture
def app(tiny_model: object) -> AppTest:
    page = AppTest.from_file("../../streamlit_app.py", default_timeout=SECONDS)
    return in_full(page).run()


def looked_away(app: AppTest) -> AppTest:
    assert app.switch_page("pages/about.py").run().title[0].value != "Review"
    return done(app.switch_page("pages/review.py").run())


@pytest.mark.slow
def test_an_uploaded_photo_is_at_hand_and_its_source_still_chosen(app: AppTest) -> None:
    ticked(typed(uploaded(app, jpeg(0))))
    photo, steps = app.session_state["review_case"].photo, headings(done(app))
    back = looked_away(app)
    for _ in range(2):  # nor does the empty box take it away when the page is drawn again
        assert source(back).value == "Upload"
        assert back.session_state["review_case"].photo is photo
        assert headings(back) == steps
        assert "urgent" in said(back)
        assert any(STILL in caption.value for caption in back.caption)
        back = done(back.run())


@pytest.mark.slow
def test_the_next_patients_photo_goes_where_the_last_ones_went(app: AppTest) -> None:
    typed(uploaded(app, jpeg(0)))
    back = looked_away(app)
    back.button(key="new_patient").click().run()
    assert source(back).value == "Upload"
    assert headings(back) == []
    assert said(typed(uploaded(back, jpeg(1), "other.jpg")))
    assert "same_patient" not in {button.key for button in back.button}


@pytest.mark.slow
def test_another_photo_after_it_asks_whose_the_details_are(app: AppTest) -> None:
    typed(uploaded(app, jpeg(0)))
    back = uploaded(looked_away(app), jpeg(1), "other.jpg")
    assert "same_patient" in {button.key for button in back.button}
    assert said(back) == ""


def test_a_file_that_was_refused_is_not_told_beside_an_empty_box(app: AppTest) -> None:
    typed(uploaded(app, b"not a photo at all", "broken.jpg"))
    assert app.session_state["review_case"].refusal is not None
    assert looked_away(app).session_state["review_case"].refusal is None


@pytest.mark.slow
def test_what_was_typed_for_report_and_records_is_there_again(app: AppTest) -> None:
    done(typed(uploaded(app, png(0))))
    named(app.text_input, "pseudonym").set_value("P-001")
    for name in ("consent", "report_crop"):
        named(app.checkbox, name).check()
    named(app.selectbox, "report_language").select_index(1).run()
    back = looked_away(app)
    assert named(back.text_input, "pseudonym").value == "P-001"
    assert all(named(back.checkbox, n).value for n in ("consent", "report_crop"))
    assert named(back.selectbox, "report_language").index == 1
    back.button(key="new_patient").click().run()
    done(typed(uploaded(back, png(0), "next.png")))
    assert named(back.text_input, "pseudonym").value == ""
    assert not named(back.checkbox, "consent").value
    assert not named(back.checkbox, "report_crop").value


@pytest.mark.slow
def test_the_tab_the_setting_and_the_class_explained_are_those_that_were_chosen(
    app: AppTest,
) -> None:
    done(typed(uploaded(app, png(0))))
    opened(app, "How far to trust it")
    named(app.selectbox, "setting").set_value("us_women_60s").run()
    explained(app)
    named(app.button_group, "explained_class").set_value(0).run()
    back = looked_away(app)
    assert named(back.button_group, "explained_class").value == 0, "its tab is open again"
    back = looked_away(opened(back, "How far to trust it"))
    assert named(back.selectbox, "setting").value == "us_women_60s"


def test_the_next_patient_begins_with_the_first_tab_and_setting(app: AppTest) -> None:
    done(typed(uploaded(app, png(0))))
    opened(app, "How far to trust it")
    named(app.selectbox, "setting").set_value("us_women_60s").run()
    app.button(key="new_patient").click().run()
    app = done(typed(uploaded(app, png(0))))
    assert any(box.key.startswith("factor_") for box in app.checkbox)
    opened(app, "How far to trust it")
    assert named(app.selectbox, "setting").value == "cohort"
