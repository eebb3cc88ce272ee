"""The Tasks API locator finds what FaceMesh finds; it needs a model file of one's own."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.errors import SettingsError
from face2bone.face.finding import make_locator
from face2bone.face.locator import FaceMeshLocator
from face2bone.face.mesh import inter_pupil_distance
from face2bone.face.tasks_locator import TasksLocator
from face2bone.photo import Photo


def test_the_model_gives_the_same_face(
    astronaut_photo: Photo, astronaut_landmarks: NDArray[np.float32]
) -> None:
    model = os.environ.get("FACE2BONE_LANDMARKER")
    if not model:
        pytest.skip("set FACE2BONE_LANDMARKER to a face_landmarker.task file to run this test")
    found = make_locator(Path(model)).locate(astronaut_photo.pixels)
    assert len(found) == 1
    apart = np.hypot(*(found[0] - astronaut_landmarks)[:, :2].T).mean()
    assert apart < 0.05 * inter_pupil_distance(astronaut_landmarks)


def test_without_a_model_facemesh_is_used() -> None:
    assert isinstance(make_locator(), FaceMeshLocator)


def test_a_missing_model_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.task cannot be read.*FACE2BONE_LANDMARKER"):
        TasksLocator(tmp_path / "gone.task")


def test_another_file_is_a_settings_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.task").write_text("no model")
    with pytest.raises(SettingsError, match=r"notes\.task is not a face landmarker model"):
        TasksLocator(tmp_path / "notes.task")
    assert capfd.readouterr().err == ""
