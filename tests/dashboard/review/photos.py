"""A patient, photos that differ, and how a patient at hand gets one."""

import io

from PIL import Image

from face2bone.dashboard.review.kept_picture import KeptPicture
from face2bone.dashboard.review.review_case import ReviewCase
from face2bone.modalities.photo import read_photo
from face2bone.patient import Patient, Sex

TYPED = True
WOMAN = Patient(67, Sex.FEMALE, 158, 52)
SIDE = 128


def photo(shade: int) -> KeptPicture:
    written = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), (shade, shade, shade)).save(written, "PNG")
    return KeptPicture(written.getvalue(), read_photo)


def hashes(*photos: KeptPicture) -> list[str]:
    return [one.sha256 for one in photos]


def taken(case: ReviewCase, shade: int, typed: bool = TYPED) -> KeptPicture:
    """A file taken from the box that stands on the page."""
    read = photo(shade)
    case.take(f"file {shade} {case.box_key('upload')}", lambda: read, typed)
    return read
