"""A second person is found, the first is not found twice."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.modalities.face.locator import FaceLandmarker
from face2bone.modalities.face.looks import face_size
from face2bone.modalities.face.others import confirmed_faces, other_faces
from face2bone.modalities.photo import Photo

WITHIN = 0.15


def beside(photo: Photo, share: float) -> NDArray[np.uint8]:
    """The astronaut's head and a smaller copy of it to the right."""
    head = photo.pixels[0:320, 70:390]
    large = cv2.resize(head, (640, 640), interpolation=cv2.INTER_CUBIC)
    side = round(640 * share)
    pixels = np.full((640, 650 + side, 3), 150, np.uint8)
    pixels[:, :640] = large
    pixels[:side, 650:] = cv2.resize(head, (side, side), interpolation=cv2.INTER_AREA)
    return pixels


@pytest.mark.parametrize("enlarged", [1, 3])
@pytest.mark.parametrize("share", [0.4, 0.6])
def test_a_smaller_face_is_found_beside_a_larger(
    share: float, enlarged: int, locator: FaceLandmarker, astronaut_photo: Photo
) -> None:
    size = beside(astronaut_photo, share)
    pixels = np.asarray(cv2.resize(size, None, fx=enlarged, fy=enlarged), np.uint8)
    first = locator.locate(pixels)[0]
    found = other_faces(locator.detector(), pixels, first, WITHIN)
    assert len(found) == 1
    assert face_size(found[0].landmarks) == pytest.approx(share * face_size(first), rel=0.15)
    assert found[0].landmarks[:, 0].min() > 600 * enlarged


def test_a_passer_by_is_left_out(locator: FaceLandmarker, astronaut_photo: Photo) -> None:
    pixels = beside(astronaut_photo, 0.25)
    assert not other_faces(locator.detector(), pixels, locator.locate(pixels)[0], WITHIN)


def test_no_drawn_face_has_a_phantom_beside_it(
    drawn_faces: tuple[Any, ...], locator: FaceLandmarker
) -> None:
    for face in drawn_faces:
        assert not other_faces(locator.detector(), face.pixels, face.landmarks, WITHIN)


def test_a_find_that_does_not_repeat_is_left_out_beside_one_that_does(
    frontal: Any, locator: FaceLandmarker
) -> None:
    phantom = (frontal.landmarks * np.float32(0.4)).astype(np.float32)
    for finds in ([frontal.landmarks, phantom], [phantom, frontal.landmarks]):
        seen = confirmed_faces(locator.detector(), frontal.pixels, finds, WITHIN)
        assert len(seen) == 1
        assert np.array_equal(seen[0].landmarks, frontal.landmarks)
    alone = confirmed_faces(locator.detector(), frontal.pixels, [phantom], WITHIN)
    assert [face.unrest > WITHIN for face in alone] == [True]
