"""A patient at hand whose photo comes from a file."""

import pytest

from face2bone.dashboard.review.review_case import ReviewCase


@pytest.fixture
def review_case() -> ReviewCase:
    made = ReviewCase()
    made.turn_to("upload")
    return made
