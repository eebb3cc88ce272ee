"""Several photos of one patient: who joins, who replaces, what they say, and none outlives them."""

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.review.kept_picture import KeptPicture
from face2bone.dashboard.review.review_case import ReviewCase
from face2bone.drawn.face.samples import unusable_photo
from face2bone.errors import PhotoUnreadable
from face2bone.records import Records, saved_assessments
from tests.dashboard.acts import SECONDS, done, named, text
from tests.dashboard.review.photos import TYPED, WOMAN, hashes, photo, taken
from tests.dashboard.review.test_save_step import fill
from tests.dashboard.test_same_patient import headings, png, said, typed, uploaded

MOST = 3  # photos of one patient together


def test_another_photo_of_the_patient_joins_the_first(review_case: ReviewCase) -> None:
    first = taken(review_case, 10)
    box, subject = review_case.box_key("upload"), review_case.subject
    review_case.add_photo(MOST)
    assert review_case.box_key("upload") != box, "an empty box"
    assert hashes(*review_case.photos) == hashes(first)
    assert review_case.subject == subject, "the answer stays until there is another photo"
    second = taken(review_case, 20)
    assert hashes(*review_case.photos) == hashes(first, second)
    assert not review_case.unsure, "whose it is was said before it was given"
    assert review_case.subject != subject


def test_a_file_that_takes_its_place_asks_whose_it_is(review_case: ReviewCase) -> None:
    """The next patient's photo dropped into the same box is not one more of this patient."""
    first = taken(review_case, 10)
    review_case.add_photo(MOST)
    taken(review_case, 20)
    third = taken(review_case, 30, typed=not TYPED)
    assert review_case.unsure, "though nothing was typed: the first photo may be another's"
    assert hashes(*review_case.photos) == hashes(first, third)
    review_case.another_patient()
    assert hashes(*review_case.photos) == hashes(third)


def test_three_photos_are_the_most(review_case: ReviewCase) -> None:
    for shade in (10, 20, 30):
        taken(review_case, shade)
        review_case.add_photo(MOST)
    assert len(review_case.photos) == 3
    assert not review_case.adding


def test_a_refused_file_adds_nothing_and_takes_nothing_away(review_case: ReviewCase) -> None:
    first = taken(review_case, 10)
    review_case.add_photo(MOST)
    broken = PhotoUnreadable("The file is damaged. Give another.")

    def refuse() -> KeptPicture:
        raise broken

    review_case.take("broken", refuse, TYPED)
    assert hashes(*review_case.photos) == hashes(first)
    assert str(review_case.refusal) == str(broken)
    assert not review_case.unsure
    review_case.empty()
    assert (hashes(*review_case.photos), review_case.refusal) == (hashes(first), None)
    second = taken(review_case, 20)
    assert hashes(*review_case.photos) == hashes(first, second), "the next one is added"


def test_a_photo_taken_away_leaves_the_others_and_their_results(review_case: ReviewCase) -> None:
    first = taken(review_case, 10)
    review_case.add_photo(MOST)
    second = taken(review_case, 20)
    keys = [("located", one.sha256, "bundle") for one in (first, second)]
    for key in keys:
        review_case.results[key] = "found"
    review_case.empty()
    assert hashes(*review_case.photos) == hashes(first)
    assert list(review_case.results) == keys[:1]
    taken(review_case, 30)
    assert review_case.unsure, "nobody has said that this one is of the same patient"


@pytest.mark.parametrize("gone", [0, 1])
def test_each_of_several_photos_can_be_removed(review_case: ReviewCase, gone: int) -> None:
    first = taken(review_case, 10)
    review_case.add_photo(MOST)
    photos = (first, taken(review_case, 20))
    review_case.drop_photo(photos[gone].sha256)
    assert hashes(*review_case.photos) == hashes(photos[1 - gone])
    assert review_case.photo is photos[1 - gone]


@pytest.mark.parametrize("how", ["new_patient", "another_patient", "choose"])
def test_the_next_patient_has_none_of_the_photos_and_choices(
    review_case: ReviewCase, how: str
) -> None:
    first = taken(review_case, 10)
    review_case.choose_subject(first.sha256, 2, None)
    review_case.add_photo(MOST)
    second = taken(review_case, 20)
    review_case.results["located", first.sha256, "bundle"] = "found"
    review_case.add_photo(MOST)
    if how == "choose":
        review_case.choose(photo(99), WOMAN)
    else:
        getattr(review_case, how)()
    left = hashes(*review_case.photos)
    assert first.sha256 not in left
    assert (second.sha256 in left) == (how == "another_patient")
    assert review_case.results == {}
    assert review_case.chosen_subjects == {}
    assert not review_case.adding


def test_another_face_in_the_photo_is_another_subject_with_boxes_of_its_own(
    review_case: ReviewCase,
) -> None:
    first = taken(review_case, 10)
    subjects = [review_case.subject]
    boxes = [review_case.photo_key("consent", first.sha256)]
    for number in (1, 2):
        review_case.choose_subject(first.sha256, number, None)
        subjects.append(review_case.subject)
        boxes.append(review_case.photo_key("consent", first.sha256))
    assert len(set(subjects)) == len(set(boxes)) == 3


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
