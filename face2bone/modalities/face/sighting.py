"""Whether landmarks are a face's, and which way up it is: by how well they repeat.

The landmarker finds eyes and a mouth in clocks and smileys too, and guesses an upright face where
one stands on its head. What it guesses moves when the window moves: so a find is looked at six
times more, in windows shifted around it and of two sizes. Where the looks differ by more than they
do on clear portraits, six looks from the other way up decide by the same measure.
"""

from dataclasses import dataclass
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
from face2bone.modalities.face.mesh import inter_pupil_distance
from face2bone.modalities.face.pose import head_pose

LOOKS: Final = 6
SHIFT: Final = 0.15  # of the face's size, each look in another direction
SIDES: Final = (2.3, 1.8)  # of the windows by turns, in face sizes
LARGEST: Final = 704  # pixels; the mesh is read from 192 pixels around the face
MISSED: Final = 1.0  # pupil distances a look counts that sees no face
CALM: Final = 0.010  # pupil distances; clear portraits repeat within 0.004 to 0.007
UPENDED: Final = 0.6  # of its size: how far a face guessed on its head lies from the true one


@dataclass(frozen=True)
class Sighting:
    """Landmarks float32 (478, 3) in photo pixels, and the median distance, in pupil distances,
    by which they move from look to look.
    """

    landmarks: NDArray[np.float32]
    unrest: float


def sighting(detect: Detector, pixels: NDArray[np.uint8], face: NDArray[np.float32]) -> Sighting:
    """A find looked at again: as it is, or the other way up where that repeats better."""
    turns = head_pose(face).quarter_turns
    unrest = _unrest(_looks(detect, pixels, face, turns))
    if unrest < CALM:
        return Sighting(face, unrest)
    upended = _looks(detect, pixels, face, (turns + 2) % 4)
    other = _unrest(upended)
    central = upended[int(np.argmin(_distances(upended)))]
    if central is None or other >= unrest:
        return Sighting(face, unrest)
    return Sighting(central.astype(np.float32), other)


def _looks(
    detect: Detector, pixels: NDArray[np.uint8], face: NDArray[np.float32], turns: int
) -> list[NDArray[np.float64] | None]:
    """The face seen in windows around it; None where a window shows none, or another one."""
    size, middle = face_size(face), face_centre(face)
    seen = []
    for k in range(LOOKS):
        angle, side = 2 * np.pi * k / LOOKS, max(16, round(size * SIDES[k % 2]))
        corner = middle + SHIFT * size * np.array((np.cos(angle), np.sin(angle))) - side / 2
        left, top = (int(v) for v in np.round(corner))
        found = look(detect, pixels, View(left, top, side, turns, largest=LARGEST))
        seen.append(next((other for other in found if is_same_face(face, other, UPENDED)), None))
    return seen


def _unrest(looks: list[NDArray[np.float64] | None]) -> float:
    return float(np.median(_distances(looks)))


def _distances(looks: list[NDArray[np.float64] | None]) -> NDArray[np.float64]:
    """Mean distance of each look's landmarks from the looks' median, in pupil distances; (6,)."""
    distances = np.full(len(looks), MISSED)
    seen = [k for k, one in enumerate(looks) if one is not None]
    if len(seen) < 2:
        return distances
    faces = np.array([one[:, :2] for one in looks if one is not None])
    pupils = float(np.median([inter_pupil_distance(one) for one in faces]))
    apart = np.linalg.norm(faces - np.median(faces, axis=0), axis=2).mean(axis=1)
    distances[seen] = np.minimum(apart / max(pupils, 1e-6), MISSED)
    return distances
