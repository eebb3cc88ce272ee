"""The landmarker behind the protocol: its file, many threads, difficult photos, and silence."""

import hashlib
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.errors import SettingsError
from face2bone.modalities.face.locator import MODEL, MODEL_SHA256, FaceLandmarker
from face2bone.modalities.face.mesh import inter_pupil_distance
from face2bone.modalities.face.pose import head_pose
from face2bone.modalities.photo import Photo
from face2bone.settings import shipped_models


def distance(one: NDArray[np.float32], other: NDArray[np.floating[Any]]) -> float:
    """Mean distance of landmarks in pupil distances."""
    apart = np.hypot(*(one[:, :2] - other[:, :2]).T).mean()
    return float(apart / inter_pupil_distance(one))


def test_landmarks_are_pixels_of_the_photo(astronaut_landmarks: NDArray[np.float32]) -> None:
    assert astronaut_landmarks.shape == (478, 3)
    assert astronaut_landmarks.dtype == np.float32
    assert inter_pupil_distance(astronaut_landmarks) == pytest.approx(43.2, abs=1.5)


def test_drawn_faces_come_close_to_their_exact_places(frontal: Any) -> None:
    """The orbit map peaks beside the eyes, so its centre of mass lies between the pupils."""
    weight = frontal.maps["orbit"]
    columns = np.arange(weight.shape[1])
    centre = float((weight.sum(axis=0) * columns).sum() / weight.sum())
    pupils = frontal.landmarks[[468, 473], 0].mean()
    assert pupils == pytest.approx(centre, abs=3.0)


def test_threads_get_what_a_single_caller_gets(
    locator: FaceLandmarker, astronaut_photo: Photo, frontal: Any
) -> None:
    photos = [astronaut_photo.pixels, frontal.pixels] * 12
    alone = [locator.locate(pixels) for pixels in photos[:2]] * 12
    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(locator.locate, photos))
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one[0], other[0])


@pytest.mark.parametrize("turns", [1, 3])
def test_a_photo_on_its_side_gives_the_same_face(
    turns: int,
    locator: FaceLandmarker,
    astronaut_photo: Photo,
    astronaut_landmarks: NDArray[np.float32],
) -> None:
    found = locator.locate(np.ascontiguousarray(np.rot90(astronaut_photo.pixels, turns)))
    assert len(found) == 1
    assert head_pose(found[0]).quarter_turns == -turns % 4
    expected = astronaut_landmarks[:, :2]
    for _ in range(turns):
        expected = np.column_stack((expected[:, 1], 511 - expected[:, 0]))
    assert distance(found[0], expected) < 0.03


def test_two_faces_side_by_side_are_both_found(
    locator: FaceLandmarker, astronaut_photo: Photo
) -> None:
    """The landmarker alone finds neither."""
    pixels = np.hstack((astronaut_photo.pixels, astronaut_photo.pixels[:, ::-1]))
    assert len(locator.locate(np.ascontiguousarray(pixels))) == 2


def test_a_small_face_in_a_large_photo_is_found(
    locator: FaceLandmarker,
    astronaut_photo: Photo,
    astronaut_landmarks: NDArray[np.float32],
) -> None:
    pixels = np.full((2000, 2600, 3), 180, np.uint8)
    pixels[700:1212, 1500:2012] = astronaut_photo.pixels
    found = locator.locate(pixels)
    assert len(found) == 1
    assert distance(found[0], astronaut_landmarks[:, :2] + (1500, 700)) < 0.04


@pytest.mark.parametrize(("scale", "tolerance"), [(0.3, 0.08), (3.0, 0.03)])
def test_landmarks_scale_with_the_photo(
    scale: float,
    tolerance: float,
    locator: FaceLandmarker,
    astronaut_photo: Photo,
    astronaut_landmarks: NDArray[np.float32],
) -> None:
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    pixels = cv2.resize(astronaut_photo.pixels, None, fx=scale, fy=scale, interpolation=method)
    found = locator.locate(np.asarray(pixels, dtype=np.uint8))
    expected = (astronaut_landmarks[:, :2] + 0.5) * scale - 0.5
    assert distance(found[0], expected) < tolerance


@pytest.mark.parametrize("level", [0, 200])
def test_no_face_is_an_empty_list(level: int, locator: FaceLandmarker) -> None:
    assert locator.locate(np.full((200, 300, 3), level, np.uint8)) == []


def test_a_forked_process_makes_its_own_detector(
    locator: FaceLandmarker, astronaut_photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    parents = locator.detector()
    monkeypatch.setattr("face2bone.modalities.mediapipe_task.os.getpid", lambda: -1)
    assert locator.detector() is not parents
    assert len(locator.locate(astronaut_photo.pixels)) == 1
    monkeypatch.undo()


def test_a_missing_model_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.task cannot be read.*FACE2BONE_LANDMARKER"):
        FaceLandmarker(tmp_path / "gone.task")


def test_another_file_is_a_settings_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.task").write_text("no model")
    with pytest.raises(SettingsError, match=r"notes\.task is not a face landmarker model"):
        FaceLandmarker(tmp_path / "notes.task")
    assert capfd.readouterr().err == ""


def test_a_file_of_ones_own_is_taken(tmp_path: Path, astronaut_photo: Photo) -> None:
    copy = shutil.copy(shipped_models() / MODEL, tmp_path / "mine.task")
    assert len(FaceLandmarker(Path(copy)).locate(astronaut_photo.pixels)) == 1


def test_the_file_that_ships_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / MODEL
    changed.parent.mkdir()
    changed.write_bytes((shipped_models() / MODEL).read_bytes() + b" ")
    monkeypatch.setattr("face2bone.modalities.face.locator.shipped_models", lambda: tmp_path)
    with pytest.raises(SettingsError, match=r"face_landmarker\.task in models/landmarks is not"):
        FaceLandmarker()


def test_the_hand_model_is_the_one_the_notices_name() -> None:
    content = (shipped_models() / "landmarks" / "hand_landmarker.task").read_bytes()
    notices = (shipped_models().parent / "THIRD_PARTY_NOTICES").read_text("utf-8")
    assert hashlib.sha256(content).hexdigest() in notices
    assert MODEL_SHA256 in notices


def test_nothing_is_written_to_stderr() -> None:
    script = (
        "from skimage.data import astronaut\n"
        "from face2bone.modalities.face.locator import FaceLandmarker\n"
        "assert len(FaceLandmarker().locate(astronaut())) == 1\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, check=True, text=True
    )
    assert done.stderr == ""
    assert done.stdout == ""
