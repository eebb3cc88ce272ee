"""MediaPipe's landmarker on drawn films: where the points lie, turns, mirrors, knees, threads."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from face2bone.drawn.film.patients import draw_film_cohort
from face2bone.drawn.knee import KNEE, draw_knee
from face2bone.drawn.worlds import World
from face2bone.errors import SettingsError
from face2bone.modalities.hand.locator import MODEL, HandLocator, turned, turned_back
from face2bone.settings import shipped_models
from tests.modalities.hand.conftest import SEED, Drawn, off_by


def test_points_lie_on_the_joints(drawn: tuple[Drawn, ...]) -> None:
    for one in drawn:
        assert off_by(one.hand.points, one.truth) < 0.08


@pytest.mark.slow
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_film_gives_the_same_points(
    turns: int, locator: HandLocator, drawn: tuple[Drawn, ...]
) -> None:
    one = drawn[0]
    found = locator.locate(turned(one.film.grey, turns))
    assert found is not None
    back = turned_back(found.points, turns, one.film.grey.shape)  # type: ignore[arg-type]
    assert off_by(back, one.truth) < 0.08


def test_a_mirrored_film_gives_mirrored_points(
    locator: HandLocator, drawn: tuple[Drawn, ...]
) -> None:
    one = drawn[1]
    found = locator.locate(np.ascontiguousarray(one.film.grey[:, ::-1]))
    assert found is not None
    back = np.column_stack((one.film.grey.shape[1] - 1 - found.points[:, 0], found.points[:, 1]))
    np.testing.assert_allclose(back, one.hand.points, atol=1.0)


def test_turning_back_is_the_inverse() -> None:
    film = np.zeros((30, 50), np.float32)
    film[7, 11] = 1
    for turns in range(4):
        row, column = np.argwhere(turned(film, turns))[0]
        back = turned_back(np.array([[column, row]], float), turns, (30, 50))
        np.testing.assert_array_equal(back, [[11, 7]])


@pytest.mark.slow
def test_a_knee_is_no_hand(locator: HandLocator) -> None:
    for patient in draw_film_cohort(KNEE.model, 3, World.PLANTED, SEED + 1):
        assert locator.locate(draw_knee(patient).grey) is None


def test_an_empty_film_is_no_hand(locator: HandLocator) -> None:
    assert locator.locate(np.zeros((300, 220), np.float32)) is None


@pytest.mark.slow
def test_threads_get_what_a_single_caller_gets(
    locator: HandLocator, drawn: tuple[Drawn, ...]
) -> None:
    films = [one.film.grey for one in drawn] * 2
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(locator.locate, films))
    for one, other in zip([*drawn, *drawn], together, strict=True):
        assert other is not None
        np.testing.assert_array_equal(one.hand.points, other.points)


def test_a_forked_process_makes_its_own_detector(
    locator: HandLocator, monkeypatch: pytest.MonkeyPatch
) -> None:
    parents = locator.detector()
    monkeypatch.setattr("face2bone.modalities.mediapipe_task.os.getpid", lambda: -1)
    assert locator.detector() is not parents
    monkeypatch.undo()


def test_the_file_that_ships_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / MODEL
    changed.parent.mkdir()
    monkeypatch.setattr("face2bone.modalities.hand.locator.shipped_models", lambda: tmp_path)
    with pytest.raises(SettingsError, match=r"hand_landmarker\.task cannot be read .*Restore it"):
        HandLocator()
    changed.write_bytes((shipped_models() / MODEL).read_bytes() + b" ")
    with pytest.raises(SettingsError, match=r"hand_landmarker\.task in models/landmarks is not"):
        HandLocator()


def test_the_notices_name_the_file_by_its_hash() -> None:
    content = (shipped_models() / MODEL).read_bytes()
    notices = (shipped_models().parent / "THIRD_PARTY_NOTICES").read_text("utf-8")
    assert hashlib.sha256(content).hexdigest() in notices
