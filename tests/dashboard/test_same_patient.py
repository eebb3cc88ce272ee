"""A page about one patient: another photo asks whose the details are, and a button clears all."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from face2bone.drawn.face.samples import sample_patients
from tests.dashboard.acts import SECONDS, at_records, named

DETAILS = {"age": "67", "height": "158", "weight": "52"}
NAMED_BY_HAND = "P-001"


def jpeg(number: int) -> bytes:
    """A drawn face as a file that a visitor has."""
    return sample_patients()[number].photo_bytes()


def png(number: int) -> bytes:
    """The same face in another file."""
    buffer = io.BytesIO()
    Image.open(io.BytesIO(jpeg(number))).save(buffer, format="PNG")
    return buffer.getvalue()


@pytest.fixture
def page(tiny_model: object) -> AppTest:
    return AppTest.from_file("../../pages/review.py", default_timeout=SECONDS).run()


@pytest.fixture
def first(page: AppTest) -> AppTest:
    """A patient with a photo, all details and a red flag."""
    return ticked(typed(uploaded(page, jpeg(0))))


def source(app: AppTest) -> Any:
    """Where the picture comes from."""
    return named(app.button_group, "photo_source")


def uploaded(app: AppTest, photo: bytes, name: str = "photo.jpg") -> AppTest:
    if source(app).value != "Upload":
        source(app).set_value("Upload").run()
    named(app.file_uploader, "upload").set_value((name, photo, "image/jpeg")).run()
    assert not app.exception
    return app


def typed(app: AppTest) -> AppTest:
    for name, value in DETAILS.items():
        named(app.text_input, name).set_value(value).run()
    named(app.selectbox, "sex").select_index(0).run()
    assert not app.exception
    return app


def ticked(app: AppTest) -> AppTest:
    named(app.checkbox, "flag_height_loss").check().run()
    assert "urgent" in said(app)
    return app


def said(app: AppTest) -> str:
    """The suggestion, or nothing."""
    assert not app.exception
    boxes = [*app.success, *app.info, *app.warning, *app.error]
    return "".join(box.value for box in boxes if "Suggestion:" in box.value)


def keys(app: AppTest) -> set[str | None]:
    assert not app.exception
    return {button.key for button in app.button}


def ages(app: AppTest) -> list[object]:
    return [named(app.text_input, name).value for name in DETAILS]


def headings(app: AppTest) -> list[str]:
    return [h.value for h in app.header]


@pytest.mark.slow
def test_a_second_photo_has_no_result_until_it_is_said_whose_it_is(first: AppTest) -> None:
    app = uploaded(first, jpeg(1), "other.jpg")
    assert any("Is this the same patient?" in w.value for w in app.warning)
    assert headings(app) == ["Photo"]
    assert said(app) == ""
    assert not at_records(app)
    assert not app.get("download_button")


@pytest.mark.slow
def test_yes_keeps_the_details_and_answers(first: AppTest) -> None:
    app = uploaded(first, jpeg(1), "other.jpg")
    app.button(key="same_patient").click().run()
    assert ages(app) == list(DETAILS.values())
    assert "urgent" in said(app)
    assert "same_patient" not in keys(app)


@pytest.mark.slow
def test_no_clears_them_and_keeps_the_photo(first: AppTest) -> None:
    app = uploaded(first, jpeg(1), "other.jpg")
    photo = app.session_state["review_case"].photo
    app.button(key="another_patient").click().run()
    assert app.session_state["review_case"].photo is photo
    assert ages(app) == ["", "", ""]
    assert said(app) == ""
    assert "urgent" not in said(typed(app))
    assert not named(app.checkbox, "flag_height_loss").value


@pytest.mark.slow
def test_the_same_picture_in_the_same_file_again_asks_nothing(first: AppTest) -> None:
    app = uploaded(first, jpeg(0), "again.jpg")
    assert "urgent" in said(app)
    assert "same_patient" not in keys(app)


@pytest.mark.slow
def test_a_second_file_that_cannot_be_read_asks_too(first: AppTest) -> None:
    app = uploaded(first, b"not a photo at all", "broken.jpg")
    assert said(app) == ""
    assert "same_patient" in keys(app)


@pytest.mark.slow
def test_a_new_patient_begins_with_an_empty_page(first: AppTest) -> None:
    old = ("age_0", "flag_height_loss_0_0")
    assert all(key in first.session_state for key in old)
    first.button(key="new_patient").click().run()
    assert headings(first) == []
    assert ages(first) == ["", "", ""]
    assert named(first.file_uploader, "upload").value is None
    assert not any(key in first.session_state for key in old), "nor kept out of sight"
    assert "urgent" not in said(typed(first))


@pytest.mark.slow
def test_details_typed_after_a_sample_was_looked_at_stay_for_the_photo(page: AppTest) -> None:
    page.button(key="sample_0").click().run()
    source(page).set_value("Upload").run()
    assert headings(page) == [], "no result of the sample under an empty box"
    assert ages(page) == ["", "", ""]
    app = uploaded(typed(page), png(1), "photo.png")
    assert ages(app) == list(DETAILS.values())
    assert "same_patient" not in keys(app)
    assert said(app)


@pytest.mark.slow
def test_two_patients_after_each_other_share_no_key(first: AppTest) -> None:
    """Whatever a widget about a patient is called, the next patient's is called otherwise."""
    before = {w.key for w in [*first.checkbox, *first.text_input]}
    uploaded(first, jpeg(1), "other.jpg").button(key="another_patient").click().run()
    after = {w.key for w in [*first.checkbox, *first.text_input]}
    kept = {key for key in before & after if key is not None}
    assert kept <= {"saver_name"}
    assert np.all([key.split("_")[-1] != "0" for key in after if key and key.startswith("flag_")])
