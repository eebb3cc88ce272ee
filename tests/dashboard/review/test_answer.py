"""Several photos of one patient, and several faces in one photo."""

import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from face2bone.drawn.face.samples import unusable_photo
from face2bone.records import Records, saved_assessments
from tests.dashboard.acts import SECONDS, done, named, opened
from tests.dashboard.review.test_save_step import fill
from tests.dashboard.test_same_patient import headings, jpeg, png, said, typed, uploaded

ASKED = "**Which face is the patient?**"


@pytest.fixture
def page(records: Records, tiny_model: object) -> AppTest:
    return AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS).run()


@pytest.fixture
def two(page: AppTest) -> AppTest:
    """A patient with two photos."""
    return another(done(typed(uploaded(page, png(0), "one.png"))), png(1))


def another(app: AppTest, photo: bytes, name: str = "two.png") -> AppTest:
    app.button(key="add_photo").click().run()
    return done(uploaded(app, photo, name))


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


def text(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(e.value) for e in (*app.markdown, *app.caption))


def test_a_second_photo_joins_and_nobody_is_asked_whose_it_is(two: AppTest) -> None:
    assert "same_patient" not in {button.key for button in two.button}
    assert "2 of 2 photos could be used. The result is that of photo 1" in text(two)
    assert "on average, from " in text(two)
    assert "**Photo 1:** gives the result." in text(two)
    assert "**Photo 2:** counted." in text(two)
    assert headings(two) == ["Photo", "Result of the photo", "Red flags"]


def test_a_photo_that_cannot_be_used_is_said_not_to_count(page: AppTest) -> None:
    app = another(done(typed(uploaded(page, png(0), "one.png"))), unusable_photo(), "bad.jpg")
    assert "Of 2 photos only photo 1 could be used." in text(app)
    assert "**Photo 2:** not counted. The photo cannot be assessed." in text(app)
    assert said(app)


def test_what_is_saved_says_which_photos_counted(two: AppTest, records: Records) -> None:
    fill(two).button(key="save_assessment").click().run()
    assert not two.exception
    (kept,) = saved_assessments(records, "P-0412")
    assert kept.document is not None
    first, second = kept.document.photos
    assert (first.answers, second.answers) == (True, False)
    assert first.counts
    assert second.counts
    assert first.photo_sha256 == kept.document.photo_sha256
    given = {one.sha256 for one in two.session_state["review_case"].photos}
    assert not given & {first.photo_sha256, second.photo_sha256}, "salted like the first"
    assert "2 of 2 photos could be used" in kept.document.photos_words
    shares = [one.probabilities["osteoporosis"] for one in (first, second) if one.probabilities]
    assert f"from {min(shares):.0%} to {max(shares):.0%}" in kept.document.photos_words


@pytest.mark.slow
def test_a_removed_photo_counts_no_more(two: AppTest) -> None:
    review_case = two.session_state["review_case"]
    drop = f"drop_{review_case.photos[0].sha256[:8]}"
    named(two.button, drop).click().run()
    assert len(review_case.photos) == 1
    assert "photos could be used" not in text(done(two))
    assert said(two)


@pytest.mark.slow
def test_a_new_patient_has_none_of_them(two: AppTest) -> None:
    two.button(key="new_patient").click().run()
    assert two.session_state["review_case"].photos == ()
    app = done(typed(uploaded(two, png(2), "next.png")))
    assert "photos could be used" not in text(app)


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
