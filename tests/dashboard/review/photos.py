"""A patient, photos that differ, and how a patient at hand gets one."""

import numpy as np

from face2bone.dashboard.review.review_case import ReviewCase
from face2bone.modalities.photo import Photo, photo_from_pixels
from face2bone.patient import Patient, Sex

TYPED = True
WOMAN = Patient(67, Sex.FEMALE, 158, 52)


def photo(shade: int) -> Photo:
    return photo_from_pixels(np.full((64, 64, 3), shade, dtype=np.uint8))


def hashes(*photos: Photo) -> list[str]:
    return [one.sha256 for one in photos]


def taken(case: ReviewCase, shade: int, typed: bool = TYPED) -> Photo:
    """A file taken from the box that stands on the page."""
    read = photo(shade)
    case.take(f"file {shade} {case.box_key('upload')}", lambda: read, typed)
    return read
