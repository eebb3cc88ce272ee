"""Several photos of one patient: who joins, who replaces, and that none outlives the patient."""

import pytest

from face2bone.dashboard.review.review_case import ReviewCase
from face2bone.errors import PhotoUnreadable
from face2bone.modalities.photo import Photo
from tests.dashboard.review.photos import TYPED, WOMAN, hashes, photo, taken

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

    def refuse() -> Photo:
        raise broken

    review_case.take("broken", refuse, TYPED)
    assert (hashes(*review_case.photos), review_case.refusal) == (hashes(first), broken)
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
