"""Yaw, pitch and roll: exact on a rotated mesh, close on drawn faces of known pose."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from face2bone.modalities.face.mesh import FRONTAL_MESH, LANDMARKS, POSE_POINTS
from face2bone.modalities.face.pose import head_pose, mesh_misfit


def turned_mesh(yaw: float, pitch: float, roll: float, scale: float = 60.0) -> NDArray[np.float64]:
    """Landmarks of the frontal mesh after Rz(roll) Rx(pitch) Ry(yaw), z towards the camera."""
    y, p, r = np.radians((yaw, pitch, roll))
    about_y = [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]]
    about_x = [[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]]
    about_z = [[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]]
    rotation = np.array(about_z) @ np.array(about_x) @ np.array(about_y)
    landmarks = np.zeros((LANDMARKS, 3))
    flip = np.array((1, 1, -1))
    landmarks[POSE_POINTS] = (FRONTAL_MESH * flip @ rotation.T) * flip * scale + (100, 120, 0)
    return landmarks


@given(
    st.floats(-60, 60), st.floats(-45, 45), st.floats(-44, 44), st.integers(0, 3), st.floats(1, 900)
)
def test_a_turned_mesh_reads_its_own_angles(
    yaw: float, pitch: float, roll: float, turns: int, scale: float
) -> None:
    pose = head_pose(turned_mesh(yaw, pitch, roll + 90 * turns, scale))
    assert (pose.yaw_deg, pose.pitch_deg, pose.roll_deg) == pytest.approx(
        (yaw, pitch, roll), abs=1e-4
    )
    assert pose.quarter_turns == turns


def test_the_signs_are_those_documented() -> None:
    nose, chin_side, top = 5, 2, 10
    ahead = turned_mesh(0, 0, 0)
    assert turned_mesh(20, 0, 0)[nose, 0] > ahead[nose, 0]  # to the image's right
    assert turned_mesh(0, 20, 0)[nose, 1] < ahead[nose, 1]  # upwards
    assert turned_mesh(0, 0, 20)[top, 0] > ahead[top, 0]  # clockwise
    assert turned_mesh(0, 0, 20)[chin_side, 0] < ahead[chin_side, 0]


def test_misfit_is_none_for_the_mesh_and_its_noise_otherwise() -> None:
    assert mesh_misfit(turned_mesh(10, -5, 30)) == pytest.approx(0, abs=1e-9)
    noise = np.random.default_rng(0).normal(0, 0.1, (LANDMARKS, 3)) * 60
    misfit = mesh_misfit(turned_mesh(10, -5, 30) + noise)
    assert misfit == pytest.approx(0.1 * np.sqrt(3), rel=0.2)


def test_drawn_faces_read_close_to_their_pose(drawn_faces: tuple[Any, ...]) -> None:
    poses = [head_pose(face.landmarks) for face in drawn_faces]
    read = np.array([(p.yaw_deg, p.pitch_deg, p.roll_deg) for p in poses])
    errors = read - np.array([face.pose for face in drawn_faces])
    assert np.all(np.sqrt((errors**2).mean(axis=0)) < (2.5, 5.5, 1.5))
    assert {p.quarter_turns for p in poses} == {0}
    assert max(mesh_misfit(face.landmarks) for face in drawn_faces) < 0.09


def test_the_astronaut_looks_ahead(astronaut_landmarks: NDArray[np.float32]) -> None:
    pose = head_pose(astronaut_landmarks)
    assert max(abs(pose.yaw_deg), abs(pose.pitch_deg), abs(pose.roll_deg)) < 6
