"""Several faces in one photo: the patient's is asked for, taken or chosen, and that is said."""

import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from face2bone.records import Records, saved_assessments
from tests.dashboard.acts import SECONDS, done, named, opened, text
from tests.dashboard.review.test_save_step import fill
from tests.dashboard.test_same_patient import headings, jpeg, said, typed, uploaded

ASKED = "**Which face is the patient?**"


@pytest.fixture
def page(records: Records, tiny_model: object) -> AppTest:
    return AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS).run()


def people(*sizes: int) -> bytes:
    """Drawn faces of these sizes in pixels side by side, as a file."""
    pixels = np.full((max(sizes), sum(sizes), 3), 150, np.uint8)
    left = 0
    for number, size in enumerate(sizes):
        face = Image.open(io.BytesIO(jpeg(number))).convert("RGB").resize((size, size))
        pixels[:size, left : left + size] = np.asarray(face)
        left += size
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


@pytest.mark.slow
def test_of_two_faces_the_patient_is_asked_for(page: AppTest) -> None:
    app = done(typed(uploaded(page, people(400, 400), "two.png")))
    assert ASKED in text(app)
    assert "Until you have said so there is no result" in text(app)
    assert headings(app) == ["Photo", "Red flags"]
    assert said(app), "the answers have a suggestion of their own"
    named(app.button, "face_2").click().run()
    assert headings(done(app)) == ["Photo", "Result of the photo", "Red flags"]
    assert "Face 2 was chosen." in text(app)
    first = opened(app, "How far to trust it")
    assert not first.exception
    named(app.button, "face_1").click().run()
    assert "Face 1 was chosen." in text(done(app))


@pytest.mark.slow
def test_what_is_saved_says_which_face(page: AppTest, records: Records) -> None:
    app = done(typed(uploaded(page, people(400, 400), "two.png")))
    named(app.button, "face_2").click().run()
    fill(done(app))
    named(app.button, "face_1").click().run()
    assert not named(app.checkbox, "consent").value, "given for another face"
    fill(done(app)).button(key="save_assessment").click().run()
    (kept,) = saved_assessments(records, "P-0412")
    assert kept.document is not None
    assert [one.chosen for one in kept.document.photos] == [1]
    assert "Face 1, counted from the left" in kept.document.photos_words


@pytest.mark.slow
def test_the_one_by_far_largest_is_taken_and_that_is_said(page: AppTest) -> None:
    app = done(typed(uploaded(page, people(300, 720), "two.png")))
    assert "Face 2 is by far the largest and was taken as the patient's" in text(app)
    assert "Result of the photo" in headings(app)


@pytest.mark.slow
def test_the_choice_holds_for_that_photo_of_that_patient(page: AppTest) -> None:
    app = done(typed(uploaded(page, people(400, 400), "two.png")))
    named(app.button, "face_2").click().run()
    app.button(key="new_patient").click().run()
    app = done(typed(uploaded(app, people(400, 400), "two.png")))
    assert "Until you have said so" in text(app)
