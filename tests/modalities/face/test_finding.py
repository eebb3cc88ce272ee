"""From a photo to one face, or to the error that says why not."""

from dataclasses import FrozenInstanceError
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.errors import SeveralSubjects, SubjectNotFound
from face2bone.modalities.face import QualityLimits, find_face
from face2bone.modalities.face.finding import (
    by_far_largest,
    environment_limits,
    face_at,
    shared_locator,
)
from face2bone.modalities.face.sighting import Sighting
from face2bone.modalities.photo import Photo, photo_from_pixels


class Fixed:
    """A locator that always answers the same."""

    def __init__(self, *faces: NDArray[np.float32], unrest: float = 0.0) -> None:
        self.faces, self.unrest = list(faces), unrest

    def locate(self, pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        return self.faces

    def confirm(
        self, pixels: NDArray[np.uint8], faces: list[NDArray[np.float32]], unrest: float
    ) -> list[Sighting]:
        return [Sighting(face, self.unrest) for face in faces]


def test_the_astronaut_has_a_face_that_warns(astronaut_photo: Photo) -> None:
    face = find_face(astronaut_photo)
    assert face.quality.status == "warn"
    assert face.landmarks.shape == (478, 3)
    assert face.quarter_turns == 0
    aligned = face.aligned
    assert aligned.pixels.shape == (160, 160, 3)
    with pytest.raises(FrozenInstanceError):
        face.yaw_deg = 0.0  # type: ignore[misc]


def test_no_face_says_what_to_do(astronaut_photo: Photo) -> None:
    with pytest.raises(SubjectNotFound, match=r"No face was found.*Take it from the front"):
        find_face(photo_from_pixels(np.full((200, 200, 3), 90, np.uint8)))
    with pytest.raises(SubjectNotFound):
        find_face(astronaut_photo, Fixed())


def test_landmarks_that_do_not_repeat_are_no_face(astronaut_photo: Photo, frontal: Any) -> None:
    with pytest.raises(SubjectNotFound):
        find_face(astronaut_photo, Fixed(frontal.landmarks, unrest=0.16))
    tolerant = QualityLimits(unrest_reject=0.2)
    found = find_face(astronaut_photo, Fixed(frontal.landmarks, unrest=0.16), tolerant)
    assert np.array_equal(found.landmarks, frontal.landmarks)


def test_a_second_face_is_found_beside_the_first(astronaut_photo: Photo) -> None:
    """At the first look the landmarker sees the larger one only."""
    head = astronaut_photo.pixels[0:320, 70:390]
    pixels = np.full((640, 1000, 3), 150, np.uint8)
    pixels[:, :640] = cv2.resize(head, (640, 640), interpolation=cv2.INTER_CUBIC)
    pixels[:320, 660:980] = head
    assert len(shared_locator().locate(pixels)) == 1
    with pytest.raises(SeveralSubjects, match="shows 2 faces"):
        find_face(photo_from_pixels(pixels))


@pytest.mark.parametrize("colour", [(224, 172, 140), (140, 90, 60)])
def test_a_smiley_is_no_face(colour: tuple[int, int, int]) -> None:
    pixels = np.full((600, 600, 3), 230, np.uint8)
    cv2.circle(pixels, (300, 300), 180, colour, -1, cv2.LINE_AA)
    for side in (-1, 1):
        cv2.circle(pixels, (300 + side * 66, 252), 18, (20, 20, 20), -1, cv2.LINE_AA)
    cv2.ellipse(pixels, (300, 318), (84, 72), 0, 20, 160, (20, 20, 20), 9, cv2.LINE_AA)
    with pytest.raises(SubjectNotFound):
        find_face(photo_from_pixels(pixels))


def test_faces_on_their_head_are_seen_so_and_rejected(drawn_faces: tuple[Any, ...]) -> None:
    for face in drawn_faces[:6]:
        found = find_face(photo_from_pixels(np.ascontiguousarray(np.rot90(face.pixels, 2))))
        assert found.quarter_turns == 2
        assert found.quality.status == "reject"


def test_an_accepted_face_keeps_the_landmarks_of_the_first_look(
    drawn_faces: tuple[Any, ...],
) -> None:
    for face in drawn_faces[:6]:
        found = find_face(photo_from_pixels(face.pixels))
        assert np.array_equal(found.landmarks, face.landmarks)


def test_several_faces_are_counted(astronaut_photo: Photo, frontal: Any) -> None:
    with pytest.raises(SeveralSubjects, match=r"shows 2 faces\. Crop it to the patient"):
        find_face(astronaut_photo, Fixed(frontal.landmarks, frontal.landmarks))


def test_most_drawn_faces_are_accepted(drawn_faces: tuple[Any, ...], frontal: Any) -> None:
    statuses = [
        find_face(photo_from_pixels(face.pixels)).quality.status for face in (frontal, *drawn_faces)
    ]
    assert statuses.count("reject") <= 1


def test_a_bad_photo_is_a_verdict_not_an_error(frontal: Any) -> None:
    soft = np.asarray(cv2.GaussianBlur(frontal.pixels, (0, 0), 5), dtype=np.uint8)
    face = find_face(photo_from_pixels(soft), Fixed(frontal.landmarks))
    assert face.quality.status == "reject"
    assert face.quality.reasons[0].startswith("The face is blurred")


def test_a_photo_on_its_side_is_aligned_upright(astronaut_photo: Photo) -> None:
    turned = photo_from_pixels(np.rot90(astronaut_photo.pixels, 1))
    face, upright = find_face(turned), find_face(astronaut_photo)
    assert face.quarter_turns == 3
    assert abs(face.roll_deg - upright.roll_deg) < 5
    one, other = face.aligned, upright.aligned
    both = one.mask & other.mask
    assert np.abs(one.pixels.astype(int) - other.pixels)[both].mean() < 12


def test_limits_can_be_given(astronaut_photo: Photo) -> None:
    lenient = QualityLimits(inter_pupil_warn=20, inter_pupil_reject=10)
    assert find_face(astronaut_photo, limits=lenient).quality.status == "accept"


def test_shared_things_are_made_once() -> None:
    assert shared_locator() is shared_locator()
    assert environment_limits() is environment_limits()


def test_several_faces_are_told_from_the_left_and_each_can_be_had(astronaut_photo: Photo) -> None:
    head = astronaut_photo.pixels[0:320, 70:390]
    pixels = np.full((640, 1000, 3), 150, np.uint8)
    pixels[:, 340:980] = cv2.resize(head, (640, 640), interpolation=cv2.INTER_CUBIC)
    pixels[:320, :320] = head
    photo = photo_from_pixels(pixels)
    with pytest.raises(SeveralSubjects) as told:
        find_face(photo)
    left, right = told.value.subjects
    assert left.landmarks[:, 0].mean() < 320 < right.landmarks[:, 0].mean()
    for seen in (left, right):
        face = face_at(photo, seen)
        assert np.array_equal(face.landmarks, seen.landmarks)
        assert face.aligned.pixels.shape == (160, 160, 3)


def test_the_one_by_far_largest(frontal: Any) -> None:
    def sized(times: float) -> Sighting:
        return Sighting(frontal.landmarks * np.float32(times), 0.0)

    assert by_far_largest([sized(1), sized(2.1)]) == 1
    assert by_far_largest([sized(2.1), sized(1), sized(0.5)]) == 0
    assert by_far_largest([sized(1), sized(1.9)]) is None
    assert by_far_largest([sized(1), sized(1)]) is None
