"""Looking for a second person beside a face that was found.

The landmarker often sees one of two people only. So the face found is painted out and the rest of
the photo shown to it again, whole and in squares in which a second face would be large enough.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.face.looks import Detector, View, face_size, is_same_face, look
from face2bone.modalities.face.pose import mesh_misfit
from face2bone.modalities.face.search import BACKGROUND, tiles
from face2bone.modalities.face.sighting import Sighting, sighting

LONGEST: Final = 1400  # pixels; a larger photo is made smaller first
TILE: Final = 2.0  # side of a tile, in sizes of the face found, and at least half the photo's
ODD_SHAPE: Final = 0.12  # pupil distances of misfit; a face beside another must be a plain one
OVERLAP: Final = 0.6  # of the larger one's size; nearer finds are the painted face's remains


def confirmed_faces(
    detect: Detector,
    pixels: NDArray[np.uint8],
    faces: list[NDArray[np.float32]],
    unrest: float,
) -> list[Sighting]:
    """What ``Locator.confirm`` promises: the finds that repeat, the largest first, and others."""
    seen = [sighting(detect, pixels, face) for face in faces]
    steady = [face for face in seen if face.unrest <= unrest]
    if len(steady) == 1:
        return steady + other_faces(detect, pixels, steady[0].landmarks, unrest)
    return steady or seen[:1]


def other_faces(
    detect: Detector, pixels: NDArray[np.uint8], face: NDArray[np.float32], unrest: float
) -> list[Sighting]:
    """The next face at least a third as large as one found, if it repeats within ``unrest``."""
    scale = min(1.0, LONGEST / max(pixels.shape[:2]))
    small = np.asarray(
        cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )
    known = face * np.float32(scale)
    painted = _painted(small, known)
    for view in _views(small.shape, face_size(known)):
        for found in look(detect, painted, view):
            if _is_another(found, known):
                seen = sighting(detect, small, found.astype(np.float32))
                if seen.unrest <= unrest and _is_another(seen.landmarks, known):
                    return [Sighting(seen.landmarks / np.float32(scale), seen.unrest)]
    return []


def _is_another(found: NDArray[np.floating], known: NDArray[np.float32]) -> bool:
    return (
        face_size(found) >= BACKGROUND * face_size(known)
        and mesh_misfit(found) < ODD_SHAPE
        and not is_same_face(found, known, OVERLAP)
    )


def _views(shape: tuple[int, ...], size: float) -> list[View]:
    height, width = shape[:2]
    longer = max(height, width)
    side = max(round(TILE * size), longer // 2)
    whole = View(0, 0, longer, smallest=0)
    return [whole, *(tiles(width, height, side) if side < longer else ())]


def _painted(pixels: NDArray[np.uint8], face: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The photo with the face's own box, a tenth larger, in the photo's mean colour."""
    low, high = face[:, :2].min(0), face[:, :2].max(0)
    grown = 0.1 * (high - low)
    (left, top), (right, bottom) = (
        np.clip(np.round(corner), 0, pixels.shape[1::-1]).astype(int)
        for corner in (low - grown, high + grown)
    )
    painted = pixels.copy()
    painted[top:bottom, left:right] = pixels.mean(axis=(0, 1))
    return painted
