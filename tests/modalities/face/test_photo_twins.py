"""A photo's pixels changed: where, by how much, and nowhere else."""

import cv2
import numpy as np
import pytest

from face2bone.arrays import Pixels
from face2bone.modalities.face import shared_locator
from face2bone.modalities.face.mesh import LEFT_PUPIL, RIGHT_PUPIL
from face2bone.modalities.face.photo_twins import (
    LIPS,
    MOUTH,
    PHOTO_TWINS,
    Landmarks,
    pupil_distance,
)
from face2bone.modalities.photo import Photo

TWINS = {(twin.kind, twin.words.split(",")[0]): twin.change for twin in PHOTO_TWINS}


@pytest.fixture(scope="module")
def face(astronaut_photo: Photo) -> tuple[Pixels, Landmarks]:
    return astronaut_photo.pixels, shared_locator().locate(astronaut_photo.pixels)[0]


def around(landmarks: Landmarks, outline: tuple[int, ...], more: int = 0) -> np.ndarray:
    mask = np.zeros((512, 512), np.uint8)
    cv2.fillPoly(mask, [np.rint(landmarks[list(outline), :2]).astype(np.int32)], 1)
    return cv2.dilate(mask, np.ones((2 * more + 1,) * 2)).astype(bool)


def test_lipstick_reddens_the_lips_and_nothing_else(face: tuple[Pixels, Landmarks]) -> None:
    pixels, landmarks = face
    made = TWINS["make-up", "lipstick alone"](pixels, landmarks).astype(int)
    redder = (made[..., 0] - made[..., 1]) - (pixels[..., 0].astype(int) - pixels[..., 1])
    lips = around(landmarks, LIPS) & ~around(landmarks, MOUTH, 2)
    assert np.median(redder[lips]) > 10
    assert (made == pixels)[~around(landmarks, LIPS, 8)].all()
    teeth = around(landmarks, MOUTH) & ~lips
    assert np.median(redder[teeth]) < np.median(redder[lips]) / 2


def test_make_up_evens_the_skin_and_leaves_what_is_not_the_face(
    face: tuple[Pixels, Landmarks],
) -> None:
    pixels, landmarks = face
    change = TWINS["make-up", "skin and shadows under the eyes evened out"]
    made = change(pixels, landmarks)
    assert (made[:40] == pixels[:40]).all()
    x, y = landmarks[50, :2].astype(int)  # a cheek
    cheek = np.s_[y - 6 : y + 7, x - 6 : x + 7]
    assert made[cheek].std(axis=(0, 1)).sum() < pixels[cheek].std(axis=(0, 1)).sum()


def test_light_is_a_gain_that_can_be_told(face: tuple[Pixels, Landmarks]) -> None:
    pixels, landmarks = face
    dim = TWINS["light", "dim"](pixels, landmarks)
    np.testing.assert_array_equal(dim, np.rint(0.6 * pixels).astype(np.uint8))
    warm = TWINS["light", "warm"](pixels, landmarks)
    np.testing.assert_array_equal(warm[..., 2], np.rint(0.75 * pixels[..., 2]).astype(np.uint8))
    side = TWINS["light", "from the side"](np.full_like(pixels, 100), landmarks)
    middle = landmarks[[LEFT_PUPIL, RIGHT_PUPIL], 0].mean()
    assert side[0, round(middle), 0] == pytest.approx(80, abs=1)
    assert side[0, 0, 0] == 50
    assert side[0].min(axis=1).tolist() == sorted(side[0].min(axis=1).tolist())


def test_size_and_turn_are_those_that_are_said(face: tuple[Pixels, Landmarks]) -> None:
    pixels, landmarks = face
    small = TWINS["JPEG", "pupils 48 pixels apart"](np.tile(pixels, (1, 1, 1)), 2 * landmarks)
    share = min(1.0, 48 / pupil_distance(2 * landmarks))
    assert small.shape[0] == pytest.approx(512 * share, abs=1)
    turned = TWINS["camera", "turned by 10 degrees"](pixels, landmarks)
    found = shared_locator().locate(turned)[0]
    across = found[LEFT_PUPIL, :2] - found[RIGHT_PUPIL, :2]
    before = landmarks[LEFT_PUPIL, :2] - landmarks[RIGHT_PUPIL, :2]
    turn = np.degrees(np.arctan2(before[1], before[0]) - np.arctan2(across[1], across[0]))
    assert turn == pytest.approx(10.0, abs=2.0)


def test_a_blur_takes_away_edges_and_no_light(face: tuple[Pixels, Landmarks]) -> None:
    pixels, landmarks = face
    soft = TWINS["blur", "0.03 of the pupils' distance"](pixels, landmarks)
    assert soft.mean() == pytest.approx(pixels.mean(), abs=0.5)
    edges = [cv2.Laplacian(one[..., 1], cv2.CV_64F).std() for one in (soft, pixels)]
    assert edges[0] < 0.5 * edges[1]
