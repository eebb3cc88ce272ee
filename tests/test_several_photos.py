"""Which of several photos answers, and what is said of how far they agree."""

from collections.abc import Sequence

import numpy as np
import pytest

from face2bone.runtime import OodVerdict, Prediction
from face2bone.several_photos import PhotoSeen, best_photo, photos_words

INSIDE = OodVerdict(0.5, 1.0, False)


def predicted(osteoporosis: float) -> Prediction:
    shares = np.array([(1 - osteoporosis) / 2, (1 - osteoporosis) / 2, osteoporosis])
    return Prediction(shares, (2,), INSIDE, np.log(shares).astype(np.float32), "torch")


def usable(osteoporosis: float, warnings: int = 0, chosen: int = 0) -> PhotoSeen:
    return PhotoSeen(f"{osteoporosis}", chosen, predicted(osteoporosis), "", warnings)


NOT = PhotoSeen("not", 0, None, "The photo is blurred.", 0)


@pytest.mark.parametrize(
    ("seen", "best"),
    [
        ([usable(0.2), usable(0.6)], 0),  # of equals the first
        ([usable(0.2, warnings=1), usable(0.6)], 1),
        ([usable(0.2, warnings=2), NOT, usable(0.6, warnings=1)], 2),
        ([NOT, usable(0.6, warnings=3)], 1),  # whatever its warnings
        ([NOT, NOT, NOT], 2),  # the newest is the one to take again
    ],
)
def test_the_best_by_quality_answers(seen: Sequence[PhotoSeen], best: int) -> None:
    assert best_photo(seen) == best


def test_what_the_photos_say_never_decides_which_one_answers() -> None:
    low, high = usable(0.1), usable(0.9)
    assert best_photo([low, high]) == best_photo([high, low]) == 0


def test_mean_and_range_are_said_in_words() -> None:
    seen = [usable(0.25), NOT, usable(0.50, warnings=1)]
    assert photos_words(seen, best_photo(seen), "osteoporosis") == (
        "2 of 3 photos could be used. The result is that of photo 1, the best by quality. "
        "Probability of osteoporosis over these photos: 38% on average, from 25% to 50%."
    )


def test_a_photo_that_does_not_count_is_in_no_figure() -> None:
    outside = PhotoSeen("out", 0, predicted(0.99), "This photo is unlike the others.", 0)
    words = photos_words([usable(0.25), outside, usable(0.35)], 0, "osteoporosis")
    assert "from 25% to 35%" in words


def test_one_that_can_be_used_and_none() -> None:
    assert photos_words([NOT, usable(0.5)], 1, "osteoporosis") == (
        "Of 2 photos only photo 2 could be used."
    )
    assert photos_words([NOT, NOT], 1, "osteoporosis") == "None of 2 photos could be used."


def test_one_photo_of_one_face_needs_no_words() -> None:
    assert photos_words([], 0, "osteoporosis") == ""
    assert photos_words([usable(0.5)], 0, "osteoporosis") == ""
    assert "Face 2, counted from the left" in photos_words(
        [usable(0.5, chosen=2)], 0, "osteoporosis"
    )
