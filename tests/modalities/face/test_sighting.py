"""What repeats is a face; what moves with the window is not, and the calmer way up is right."""

import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.modalities.face.looks import Detector
from face2bone.modalities.face.mesh import (
    FRONTAL_MESH,
    LANDMARKS,
    LEFT_PUPIL,
    POSE_POINTS,
    RIGHT_PUPIL,
)
from face2bone.modalities.face.pose import head_pose
from face2bone.modalities.face.sighting import LOOKS, sighting

SIZE, MIDDLE, PUPILS = 400, 200.0, 60.0


def mesh(turns: int = 0) -> NDArray[np.float64]:
    """The frontal mesh in the middle of the photo, turned clockwise by quarters."""
    face = np.zeros((LANDMARKS, 3))
    face[POSE_POINTS] = FRONTAL_MESH * PUPILS
    face[RIGHT_PUPIL], face[LEFT_PUPIL] = (-PUPILS / 2, 0, 0), (PUPILS / 2, 0, 0)
    for _ in range(turns):
        face[:, :2] = np.column_stack((-face[:, 1], face[:, 0]))
    face[:, :2] += MIDDLE
    return face


def unsteady(shown: list[NDArray[np.float64] | None], moves: float) -> Detector:
    """Shows the listed face of each look in turn, moved about by so many pupil distances.

    The photo's red holds x / 2 and green y / 2, by which the window and its turn are known.
    """
    rng, calls = np.random.default_rng(0), iter(shown)

    def detect(square: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        face = next(calls)
        if face is None:
            return []
        side = square.shape[0]
        rows, columns = np.nonzero(square[..., 2])
        x, y = (2.0 * square[rows, columns, channel] for channel in (0, 1))
        known = np.column_stack((x, y, np.ones_like(x)))
        place = np.linalg.lstsq(known, np.column_stack((columns, rows)) + 0.5, rcond=None)[0]
        moved = face[:, :2] + rng.normal(0, 1, 2) * moves * PUPILS
        seen = np.column_stack((moved + 0.5, np.ones(LANDMARKS))) @ place
        return [np.column_stack((seen, face[:, 2])) / side]

    return detect


def photo() -> NDArray[np.uint8]:
    y, x = np.mgrid[:SIZE, :SIZE] // 2
    pixels: NDArray[np.uint8] = np.stack((x, y, np.full_like(x, 255)), -1).astype(np.uint8)
    return pixels


def test_a_calm_face_is_returned_as_it_is() -> None:
    face = mesh().astype(np.float32)
    seen = sighting(unsteady([mesh()] * LOOKS, 0.0), photo(), face)
    assert seen.landmarks is face
    assert seen.unrest < 0.01


def test_unrest_is_measured_in_pupil_distances() -> None:
    seen = sighting(unsteady([mesh()] * LOOKS + [None] * LOOKS, 0.3), photo(), mesh().astype("f4"))
    assert 0.1 < seen.unrest < 0.6


@pytest.mark.parametrize(("missed", "calm"), [(2, True), (3, False), (6, False)])
def test_looks_that_see_nothing_count(missed: int, calm: bool) -> None:
    shown = [None] * missed + [mesh()] * (LOOKS - missed) + [None] * LOOKS
    seen = sighting(unsteady(shown, 0.0), photo(), mesh().astype("f4"))
    assert (seen.unrest < 0.15) is calm


def test_the_way_up_that_repeats_better_is_taken() -> None:
    rng = np.random.default_rng(1)
    guessed = [mesh() + np.array((*rng.normal(0, 3, 2), 0)) for _ in range(LOOKS)]
    seen = sighting(unsteady([*guessed, *[mesh(2)] * LOOKS], 0.0), photo(), mesh().astype("f4"))
    assert head_pose(seen.landmarks).quarter_turns == 2
    assert seen.unrest < 0.01
