"""The retries, with a detector whose abilities are known: it sees flat marks, not faces.

A mark is a square, red above and blue below; the detector places the frontal mesh on it. Like the
real ones it needs the mark to fill enough of the view and to stand roughly upright in it.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.modalities.face.mesh import FRONTAL_MESH, LANDMARKS, POSE_POINTS
from face2bone.modalities.face.pose import head_pose
from face2bone.modalities.face.search import search_faces

MESH_REACH = float(np.abs(FRONTAL_MESH[:, 0]).max())


@dataclass
class MarkDetector:
    """Sees marks that fill at least ``smallest`` of the view and tilt at most ``tilt`` degrees."""

    smallest: float = 0.12
    tilt: float = 40.0
    sizes: list[int] = field(default_factory=list)

    def __call__(self, square: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        side = square.shape[0]
        self.sizes.append(side)
        red = (square[..., 0] > 150) & (square[..., 2] < 100)
        blue = (square[..., 2] > 150) & (square[..., 0] < 100)
        marks = cv2.morphologyEx(
            (red | blue).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)
        )
        count, labels = cv2.connectedComponents(marks)
        found = [
            self._read(np.argwhere(red & (labels == i)), np.argwhere(blue & (labels == i)), side)
            for i in range(1, count)
        ]
        return [face for face in found if face is not None]

    def _read(
        self, above: NDArray[np.intp], below: NDArray[np.intp], side: int
    ) -> NDArray[np.float64] | None:
        if not len(above) or not len(below) or abs(len(above) / len(below) - 1) > 0.25:
            return None
        (top_y, top_x), (bottom_y, bottom_x) = above.mean(0) + 0.5, below.mean(0) + 0.5
        size = 2 * np.hypot(bottom_x - top_x, bottom_y - top_y)
        tilt = np.arctan2(top_x - bottom_x, bottom_y - top_y)
        if size < self.smallest * side or abs(np.degrees(tilt)) > self.tilt:
            return None
        turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
        face = np.zeros((LANDMARKS, 3))
        scale = size / (2 * MESH_REACH)
        face[POSE_POINTS, :2] = FRONTAL_MESH[:, :2] @ turn.T * scale
        face[POSE_POINTS, 2] = FRONTAL_MESH[:, 2] * scale
        face[:, :2] += (top_x + bottom_x) / 2, (top_y + bottom_y) / 2
        return face / side


def photo_with(*marks: tuple[int, int, int], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Grey photo (height, width) with marks given as (left, top, side)."""
    pixels = np.full((*size, 3), 120, np.uint8)
    for left, top, side in marks:
        pixels[top : top + side // 2, left : left + side] = (250, 0, 0)
        pixels[top + side // 2 : top + side, left : left + side] = (0, 0, 250)
    return pixels


def middle(face: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where the mesh's origin, the middle of the mark, lies."""
    rest = np.setdiff1d(np.arange(LANDMARKS), POSE_POINTS)
    return np.asarray(face[rest, :2].mean(axis=0), dtype=np.float32)


def test_a_large_mark_is_found_at_the_first_look() -> None:
    detector = MarkDetector()
    faces = search_faces(detector, photo_with((100, 60, 120), size=(300, 400)))
    assert len(faces) == 1
    assert faces[0].dtype == np.float32
    assert middle(faces[0]) == pytest.approx((159.5, 119.5), abs=0.6)
    assert detector.sizes == [400]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mark", "size"),
    [
        ((900, 640, 60), (1500, 2000)),  # small, in the middle
        ((40, 1380, 100), (1500, 2000)),  # small, in a corner
        ((300, 90, 60), (2400, 600)),  # oblong, upper part
        ((610, 420, 60), (2250, 3000)),  # tiny
        ((64, 64, 16), (128, 128)),  # small photo, enlarged
    ],
)
def test_small_marks_are_found_by_crops_and_scales(
    mark: tuple[int, int, int], size: tuple[int, int]
) -> None:
    faces = search_faces(MarkDetector(), photo_with(mark, size=size))
    left, top, side = mark
    assert len(faces) == 1
    expected = (left + side / 2 - 0.5, top + side / 2 - 0.5)
    assert middle(faces[0]) == pytest.approx(expected, abs=max(1.0, side / 30))


@pytest.mark.parametrize("turns", [1, 2, 3])
@pytest.mark.parametrize("side", [160, 40])
def test_turned_marks_come_back_in_the_photos_own_frame(turns: int, side: int) -> None:
    upright = photo_with((150, 90, side), size=(400, 500))
    turned = np.ascontiguousarray(np.rot90(upright, turns))
    faces = search_faces(MarkDetector(), turned)
    assert len(faces) == 1
    assert head_pose(faces[0]).quarter_turns == -turns % 4
    (y, x), shape = (90 + side / 2, 150 + side / 2), upright.shape
    for _ in range(turns):  # an anticlockwise turn takes (x, y) to (y, width - x)
        (x, y), shape = (y, shape[1] - x), (shape[1], shape[0], 3)
    assert middle(faces[0]) == pytest.approx((x - 0.5, y - 0.5), abs=1.0)


def test_two_marks_are_two_faces_the_larger_first() -> None:
    pixels = photo_with((50, 100, 150), (350, 150, 100), size=(400, 600))
    faces = search_faces(MarkDetector(), pixels)
    assert [round(float(middle(face)[0])) for face in faces] == [124, 400]


def test_two_marks_missed_at_first_are_each_found_once() -> None:
    pixels = photo_with((200, 300, 80), (700, 300, 80), size=(800, 1000))
    assert len(search_faces(MarkDetector(), pixels)) == 2


def test_a_passer_by_in_the_background_is_left_out() -> None:
    for side, faces in ((90, 1), (110, 2)):
        pixels = photo_with((100, 100, 300), (600, 100, side), size=(600, 900))
        assert len(search_faces(MarkDetector(smallest=0.05), pixels)) == faces


def test_double_finds_count_once() -> None:
    detector = MarkDetector()
    pixels = photo_with((100, 100, 150), size=(400, 400))

    def twice(square: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        found = detector(square)
        return found + [face + 0.01 for face in found]

    assert len(search_faces(twice, pixels)) == 1


def test_a_find_that_a_second_look_does_not_confirm_is_dropped() -> None:
    """Only the enlarged tiles "see" this face; nothing is there when one looks closely."""
    ghost = MarkDetector()(photo_with((140, 140, 120), size=(400, 400)))

    def haunted(square: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        return ghost if square.shape[0] == 650 else []

    assert search_faces(haunted, photo_with(size=(1300, 1300))) == []


def test_nothing_is_found_in_nothing_within_a_bounded_number_of_looks() -> None:
    detector = MarkDetector()
    assert search_faces(detector, photo_with(size=(1800, 2400))) == []
    assert len(detector.sizes) < 260
    assert max(detector.sizes) <= 1400


def test_the_view_that_mistakes_top_for_bottom_is_outvoted() -> None:
    """As the landmarker does: upside down the mark is still 'seen', upright and of odd shape."""
    honest = MarkDetector()
    rng = np.random.default_rng(0)

    def mistaken(square: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        found = honest(square)
        if found:
            return found
        upended = honest(np.ascontiguousarray(np.rot90(square, 2)))
        guessed = [face + rng.normal(0, 0.02, face.shape) * np.ptp(face) for face in upended]
        return [np.column_stack((1 - f[:, 0], 1 - f[:, 1] * 0.9, f[:, 2])) for f in guessed]

    upright = photo_with((150, 90, 160), size=(400, 400))
    faces = search_faces(mistaken, np.ascontiguousarray(upright[::-1, ::-1]))
    assert head_pose(faces[0]).quarter_turns == 2
