"""The chip against dlib's own geometry, which dlib 20.0.1 gave for these points."""

import numpy as np
import pytest

from face2bone.modalities.face.alignment import align_landmarks
from face2bone.modalities.face.chip import CHIP_INPUT, chip_transform, face_chip
from face2bone.modalities.face.finding import find_face
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.photo import Photo

# Points in dlib's order (left eye outer, inner; right eye outer, inner; nose), then left, top,
# right and bottom of the square that get_face_chip_details(shape, 64, 0.2) gives, and its angle.
DLIB = [
    (
        [(434, 327), (388, 327), (286, 315), (328, 323), (358, 405)],
        (218.7583, 239.3099, 498.0813, 518.6329),
        0.05982,
    ),
    (
        [(255, 104), (237, 105), (195, 101), (212, 103), (224, 135)],
        (168.9730, 69.7733, 280.3565, 181.1568),
        0.04613,
    ),
    (
        [(300, 200), (260, 215), (160, 240), (200, 232), (245, 300)],
        (107.2540, 137.2261, 381.9036, 411.8757),
        -0.25192,
    ),
]
POINTS = (263, 362, 33, 133, 2)


def landmarks_at(points: list[tuple[int, int]]) -> np.ndarray:
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[list(POINTS), :2] = points
    return landmarks


@pytest.mark.parametrize(("points", "square", "angle"), DLIB)
def test_the_square_is_the_one_dlib_cuts_out(
    points: list[tuple[int, int]], square: tuple[float, ...], angle: float
) -> None:
    transform = chip_transform(landmarks_at(points)).astype(np.float64)
    left, top, right, bottom = square
    centre = np.array([left + right, top + bottom]) / 2
    # dlib rounds the centre to a whole pixel of the photo.
    assert transform[:, :2] @ centre + transform[:, 2] == pytest.approx([31.5, 31.5], abs=0.4)
    scale = float(np.hypot(*transform[:, 0]))
    assert 63 / scale == pytest.approx(right - left, rel=3e-3)
    assert -np.arctan2(transform[1, 0], transform[0, 0]) == pytest.approx(angle, abs=1e-3)


def test_a_chip_shows_what_is_outside_the_ellipse_and_parts_only_inside(
    astronaut_photo: Photo,
) -> None:
    face = find_face(astronaut_photo)
    chip = face_chip(astronaut_photo.pixels, face.landmarks)
    assert chip.pixels.shape == CHIP_INPUT.picture_shape
    assert ((chip.part_map >= 0) == chip.mask).all()
    assert set(np.unique(chip.part_map[chip.mask])) == set(range(len(FACE_PARTS)))
    assert (chip.pixels[~chip.mask] != CHIP_INPUT.mask_value).any()
    again = align_landmarks(astronaut_photo.pixels, face.landmarks)
    np.testing.assert_array_equal(again.pixels, face.aligned.pixels)


def test_beyond_the_photo_is_black(astronaut_photo: Photo) -> None:
    face = find_face(astronaut_photo)
    cut = astronaut_photo.pixels[:, 225:]  # through the nose
    chip = face_chip(cut, face.landmarks - np.array([225, 0, 0], np.float32))
    assert (chip.pixels[:, :20] == 0).all()
