"""Looking for faces: the whole photo first, then turned, cropped and enlarged views of it.

The detectors see a small square, so a face far from the middle, tiny or lying on its side is
easily missed. Each step is tried only when the one before found nothing. What a retry finds, and
what the first look finds tilted or oddly shaped, is looked at once more in centred views turned
all four ways: that sharpens the landmarks, drops false finds, and corrects the plausible but wrong
landmarks the detectors guess on a face that stands on its head.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.face.looks import (
    Detector,
    View,
    face_centre,
    face_size,
    is_same_face,
    look,
)
from face2bone.modalities.face.pose import head_pose, mesh_misfit

BACKGROUND: Final = 1 / 3  # faces smaller than this share of the largest are passers-by
SECOND_LOOK: Final = 2.0  # side of the second look, in face sizes
SMALLEST_TILE: Final = 320  # pixels; faces small in these are too small to be of use
SECOND_LOOK_SIZE: Final = 704  # pixels; the mesh is read from 192 pixels around the face
SURE_MISFIT: Final = 0.05  # inter-pupil distances; frontal faces fit the mesh better than this
SURE_TILT: Final = 30.0  # degrees


def search_faces(detect: Detector, pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Landmarks (478, 3) in photo pixels of every face, the largest first; empty when none.

    Two finds of one face count once, and faces smaller than a third of the largest are left out.
    """
    height, width = pixels.shape[:2]
    whole = look(detect, pixels, View(0, 0, max(width, height), smallest=0))
    found = [_made_sure(detect, pixels, face) for face in whole]
    for views in _retries(width, height):
        if found:
            break
        seen = _distinct([face for view in views for face in look(detect, pixels, view)])
        looks = [_second_look(detect, pixels, face) for face in seen]
        found = [face for face in looks if face is not None]
    faces = _distinct(found)
    return [f.astype(np.float32) for f in faces if face_size(f) >= BACKGROUND * face_size(faces[0])]


def _retries(width: int, height: int) -> Iterator[list[View]]:
    """Lists of views, the cheap and likely ones first."""
    yield [View(0, 0, max(width, height), turns) for turns in range(4)]
    centres = list(_centre_crops(width, height))
    longer = max(width, height)
    # Crops together with tiles, or the neighbour of a face found in the middle would be missed.
    yield [*centres, *tiles(width, height, longer // 2)]
    yield [View(v.left, v.top, v.side, turns) for v in centres for turns in (1, 2, 3)]
    for parts in (4, 7):
        if longer // parts >= SMALLEST_TILE:
            yield list(tiles(width, height, longer // parts))


def _centre_crops(width: int, height: int) -> Iterator[View]:
    """Squares in the middle and in the upper part, where portraits hold their face."""
    short = min(width, height)
    for share in (1.0, 0.6):
        side = round(share * short)
        for middle in (0.5, 0.35):
            top = int(np.clip(middle * height - side / 2, 0, height - side))
            yield View((width - side) // 2, top, side)


def tiles(width: int, height: int, side: int) -> Iterator[View]:
    """Squares that overlap by half and cover the photo."""
    for top in _starts(height, side):
        for left in _starts(width, side):
            yield View(left, top, side)


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    steps = -(-2 * (length - side) // side)
    return [round(i * (length - side) / steps) for i in range(steps + 1)]


def _made_sure(
    detect: Detector, pixels: NDArray[np.uint8], face: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The face itself, or what a second look makes of it when it may stand the other way up."""
    pose, misfit = head_pose(face), mesh_misfit(face)
    is_upright = pose.quarter_turns == 0 and abs(pose.roll_deg) < SURE_TILT
    if is_upright and misfit < SURE_MISFIT:
        return face
    if is_upright:
        heads_down = _seen_again(detect, pixels, face, 2)
        if all(mesh_misfit(other) > misfit for other in heads_down):
            return face
    again = _second_look(detect, pixels, face)
    return face if again is None else again


def _second_look(
    detect: Detector, pixels: NDArray[np.uint8], face: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """The same face seen in four turned views centred on it, from the view it is upright in.

    None when no view shows it again.

    Views vote for the way up with the inverse of their misfit, which outweighs the one view that
    mistakes a face on its head for an upright one.
    """
    votes = [0.0] * 4
    best: list[tuple[float, NDArray[np.float64]] | None] = [None] * 4
    for turns in range(4):
        for other in _seen_again(detect, pixels, face, turns):
            up, misfit = head_pose(other).quarter_turns, mesh_misfit(other)
            votes[up] += 1.0 / misfit
            rank = misfit + (up != turns)  # the upright view first, then the best fit
            held = best[up]
            if held is None or rank < held[0]:
                best[up] = (rank, other)
    chosen = best[int(np.argmax(votes))]
    return None if chosen is None else chosen[1]


def _seen_again(
    detect: Detector, pixels: NDArray[np.uint8], face: NDArray[np.float64], turns: int
) -> list[NDArray[np.float64]]:
    side = max(16, round(SECOND_LOOK * face_size(face)))
    left, top = (int(v) for v in np.round(face_centre(face) - side / 2))
    view = View(left, top, side, turns, largest=SECOND_LOOK_SIZE)
    looked = look(detect, pixels, view)
    return [other for other in looked if is_same_face(face, other)]


def _distinct(faces: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """One find per face, the largest face first."""
    kept: list[NDArray[np.float64]] = []
    for face in sorted(faces, key=face_size, reverse=True):
        if not any(is_same_face(face, other) for other in kept):
            kept.append(face)
    return kept
