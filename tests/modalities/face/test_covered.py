"""Lips and eyes that are painted over show no contrast; drawn and real ones do."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.modalities.face.alignment import AlignedFace, align_landmarks
from face2bone.modalities.face.covered import EYES, LIPS, eye_contrast, lip_contrast
from face2bone.modalities.photo import Photo


def painted(aligned: AlignedFace, outline: tuple[int, ...]) -> AlignedFace:
    crop = aligned.pixels.copy()
    hull = cv2.convexHull(np.round(aligned.landmarks[list(outline)]).astype(np.int32))
    cv2.fillConvexPoly(crop, hull, (170, 190, 210))
    grown = cv2.dilate((crop != aligned.pixels).any(-1).astype(np.uint8), np.ones((7, 7))) > 0
    crop[grown] = (170, 190, 210)
    return replace(aligned, pixels=crop)


def test_uncovered_faces_are_far_from_the_limits(
    drawn_faces: tuple[Any, ...],
    astronaut_photo: Photo,
    astronaut_landmarks: NDArray[np.float32],
) -> None:
    faces = [face.aligned for face in drawn_faces]
    for aligned in (*faces, align_landmarks(astronaut_photo.pixels, astronaut_landmarks)):
        assert lip_contrast(aligned) > 4.2
        assert eye_contrast(aligned) > 9


def test_a_plain_cover_has_no_contrast(drawn_faces: tuple[Any, ...]) -> None:
    for face in drawn_faces:
        masked = painted(face.aligned, LIPS)
        assert lip_contrast(masked) < 1
        assert eye_contrast(masked) == pytest.approx(eye_contrast(face.aligned))
        one_eye = painted(face.aligned, EYES[0])
        assert eye_contrast(one_eye) > 9  # the other eye shows
        assert eye_contrast(painted(one_eye, EYES[1])) < 1


def test_lightness_is_that_of_cielab(frontal: Any) -> None:
    """Black and white halves: a standard deviation of 50 in equal parts."""
    crop = np.zeros((160, 160, 3), np.uint8)
    crop[::2] = 255
    assert lip_contrast(replace(frontal.aligned, pixels=crop)) == pytest.approx(50, abs=1)
