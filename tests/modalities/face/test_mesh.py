"""The landmark tables agree with each other."""

import numpy as np

from face2bone.modalities.face.mesh import (
    ALIGNMENT_POINTS,
    FACE_OVAL,
    FRONTAL_MESH,
    LANDMARKS,
    LEFT_PUPIL,
    POSE_POINTS,
    RIGHT_PUPIL,
    inter_pupil_distance,
)


def test_every_index_is_a_landmark() -> None:
    for index in (*FACE_OVAL, *POSE_POINTS, *ALIGNMENT_POINTS, LEFT_PUPIL, RIGHT_PUPIL):
        assert 0 <= index < LANDMARKS
    assert len(set(FACE_OVAL)) == len(FACE_OVAL) == 36


def test_the_frontal_mesh_is_symmetric() -> None:
    mirrored = FRONTAL_MESH * (-1, 1, 1)
    distances = np.linalg.norm(FRONTAL_MESH[:, None] - mirrored[None], axis=2)
    assert distances.min(axis=1).max() == 0
    assert FRONTAL_MESH[:, 2].argmin() == list(POSE_POINTS).index(5)  # the nose is in front


def test_alignment_places_come_in_mirrored_pairs() -> None:
    places = set(ALIGNMENT_POINTS.values())
    assert {(-x or 0.0, y, weight) for x, y, weight in places} == places


def test_the_frontal_mesh_places_are_the_alignment_places() -> None:
    for index, (x, y, _) in ALIGNMENT_POINTS.items():
        if index in POSE_POINTS:
            assert tuple(FRONTAL_MESH[list(POSE_POINTS).index(index), :2]) == (x, y)


def test_inter_pupil_distance_ignores_depth() -> None:
    landmarks = np.zeros((LANDMARKS, 3))
    landmarks[LEFT_PUPIL] = (3.0, 4.0, 100.0)
    assert inter_pupil_distance(landmarks) == 5.0
