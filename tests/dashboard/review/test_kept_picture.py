"""What stays of a photo while its patient is at hand: the file, and nothing as large as pixels."""

import io
import weakref

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.common import session
from face2bone.dashboard.review.kept_picture import KeptPicture
from face2bone.dashboard.review.review_case import ReviewCase
from face2bone.errors import PhotoUnreadable
from face2bone.modalities.photo import Photo, read_photo
from tests.dashboard.acts import at_records, explained, in_full, opened
from tests.dashboard.review.photos import SIDE as SMALL
from tests.dashboard.review.photos import taken
from tests.dashboard.test_same_patient import typed, uploaded
from tests.held import held_bytes

MIB = 2**20
SECONDS = 120
SIDE = 3464  # 12 megapixels, as a telephone's: 36 MB of pixels
SIDE_OF_PNG = 256
FOR_ONE = 2 * MIB
"""What a visit keeps beside its file: the crop, the region games, the places of the concepts."""


def test_bytes_and_arrays_are_counted_once_and_through_views_and_closures() -> None:
    pixels, text = np.zeros(MIB, dtype=np.uint8), bytes(MIB)
    kept = [lambda: pixels[:10], {"a": pixels[5:], "b": (text, text)}, pixels]
    assert 2 * MIB < held_bytes(kept) < 2 * MIB + 20_000


def test_while_it_is_open_it_is_read_once() -> None:
    reads: list[bytes] = []

    def read(data: bytes) -> Photo:
        reads.append(data)
        return read_photo(data)

    kept = KeptPicture(png(), read)
    assert kept.opened() is kept.opened() is kept.read()
    assert len(reads) == 1
    kept.close()
    assert kept.opened() is kept.opened()
    assert len(reads) == 2


def test_closed_it_keeps_the_file_and_no_pixels() -> None:
    data = png()
    kept = KeptPicture(data, read_photo)
    opened_once = weakref.ref(kept.opened())
    assert held_bytes(kept) > 3 * SIDE_OF_PNG**2
    kept.close()
    assert opened_once() is None
    assert held_bytes(kept) < len(data) + 2_000
    kept.read()
    assert held_bytes(kept) < len(data) + 2_000


def test_opened_again_it_is_the_same_picture() -> None:
    kept = KeptPicture(png(), read_photo)
    before, sha256 = kept.shown.copy(), kept.sha256
    kept.close()
    assert (kept.shown == before).all()
    kept.close()
    read = kept.read()
    assert isinstance(read, Photo)
    assert (read.sha256, kept.sha256) == (sha256, sha256)


def test_a_file_that_is_no_photo_is_none() -> None:
    with pytest.raises(PhotoUnreadable):
        KeptPicture(b"", read_photo)


def test_every_photo_of_the_patient_is_closed(review_case: ReviewCase) -> None:
    taken(review_case, 1)
    review_case.add_photo(3)
    taken(review_case, 2)
    assert len(review_case.photos) == 2
    assert all(is_open(one) for one in review_case.photos)
    review_case.close_photos()
    assert not any(is_open(one) for one in review_case.photos)


@pytest.fixture
def page(tiny_model: object) -> AppTest:
    app = AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS)
    return in_full(app).run()


@pytest.fixture
def from_a_telephone(astronaut_photo: Photo) -> bytes:
    buffer = io.BytesIO()
    large = Image.fromarray(astronaut_photo.pixels).resize((SIDE, SIDE))
    large.save(buffer, format="JPEG", quality=92)
    return buffer.getvalue()


@pytest.mark.slow
def test_after_a_whole_visit_a_case_keeps_a_few_megabytes_beside_the_file(
    page: AppTest, from_a_telephone: bytes
) -> None:
    app = explained(typed(uploaded(page, from_a_telephone)))
    app = opened(app, "How old it looks")
    app.button(key="ask_age_parts").click().run()
    app = opened(explained(app), "How far to trust it")
    assert at_records(app)
    case = app.session_state[session.REVIEW_CASE]
    assert len(from_a_telephone) < held_bytes(case) < len(from_a_telephone) + FOR_ONE


@pytest.mark.slow
@pytest.mark.parametrize("people", [0, 2])
def test_a_photo_that_cannot_be_assessed_keeps_no_pixels_either(
    page: AppTest, astronaut_photo: Photo, people: int
) -> None:
    side = SIDE // 2
    canvas = Image.new("RGB", (side * 2, side), "olive")
    for i in range(people):
        face = Image.fromarray(astronaut_photo.pixels).resize((side, side))
        canvas.paste(face, (i * side, 0))
    buffer = io.BytesIO()
    canvas.save(buffer, format="JPEG", quality=92)
    app = typed(uploaded(page, buffer.getvalue()))
    for _ in range(2):  # each drawing raises the reason again
        app = app.run()
    assert app.error or app.warning
    case = app.session_state[session.REVIEW_CASE]
    assert held_bytes(case) < len(buffer.getvalue()) + FOR_ONE


@pytest.mark.slow
def test_a_visitor_who_changes_the_photo_keeps_nothing_of_the_one_before(
    page: AppTest, from_a_telephone: bytes
) -> None:
    app = explained(typed(uploaded(page, from_a_telephone)))
    case = app.session_state[session.REVIEW_CASE]
    case.new_patient()
    app = app.run()
    assert held_bytes(case) < MIB / 4


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (SIDE_OF_PNG, SIDE_OF_PNG), "olive").save(buffer, "PNG")
    return buffer.getvalue()


def is_open(kept: KeptPicture) -> bool:
    return held_bytes(kept) > 3 * SMALL**2
