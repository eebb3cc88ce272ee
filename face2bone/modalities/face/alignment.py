"""The crop Face2Bone reads: 160 x 160 pixels, upright, an ellipse around the face.

The photo-to-crop map is a similarity, the weighted least-squares fit (Umeyama, IEEE TPAMI 13,
1991, eq. 40 to 42) of eye corners, nasal bridge, nose base and, lightly, mouth corners to their
places in a frontal face whose pupils are 52 pixels apart, so that temples and chin fit in. It
depends on the landmarks alone, never on pixel values. Pixel centres have integer coordinates.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.face.mesh import ALIGNMENT_POINTS, FACE_OVAL
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.face.regions import label_regions
from face2bone.modalities.face.scaling import halved
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.parts import Part
from face2bone.modalities.prepared import Prepared

CROP_SIZE: Final = 160
MASK_VALUE: Final = 127
FACE_INPUT: Final = InputSpec(CROP_SIZE, CROP_SIZE, 3, 127.5, 128.0, MASK_VALUE)
"""The crop as FaceNet scales it, (pixel - 127.5) / 128."""
CROP_PUPIL_DISTANCE: Final = 52.0  # crop pixels between the pupils of the mean frontal face
CROP_PUPIL_HEIGHT: Final = 56.0  # crop row of the pupils: hairline and chin are equally far inside

_POINTS: Final = np.array(list(ALIGNMENT_POINTS), dtype=np.intp)
_PLACES: Final = np.array(list(ALIGNMENT_POINTS.values()), dtype=np.float64)
_WEIGHTS: Final = _PLACES[:, 2] / _PLACES[:, 2].sum()
_TEMPLATE: Final = _PLACES[:, :2] * CROP_PUPIL_DISTANCE + (
    (CROP_SIZE - 1) / 2.0,
    CROP_PUPIL_HEIGHT,
)


@dataclass(frozen=True)
class AlignedFace(Prepared):
    """One face in the crop's frame: the ellipse around it, divided into ``FACE_PARTS``.

    landmarks: float32 (478, 2) in crop pixels.
    """

    landmarks: NDArray[np.float32]
    parts: tuple[Part, ...] = field(default=FACE_PARTS, kw_only=True)
    spec: InputSpec = field(default=FACE_INPUT, kw_only=True)


def align_landmarks(pixels: NDArray[np.uint8], landmarks: NDArray[np.floating[Any]]) -> AlignedFace:
    """Align RGB pixels (H, W, 3) by their (478, 2 or 3) pixel landmarks."""
    transform = crop_transform(landmarks)
    moved = (landmarks[:, :2] @ transform[:, :2].T + transform[:, 2]).astype(np.float32)
    mask = ellipse_mask(moved)
    crop = warp(pixels, transform)
    crop[~mask] = MASK_VALUE
    return AlignedFace(crop, mask, label_regions(moved, mask), transform, moved)


def crop_transform(landmarks: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Similarity (2, 3) from photo to crop pixels; pixel values play no part."""
    source = landmarks[_POINTS, :2].astype(np.float64)
    source_mean, place_mean = _WEIGHTS @ source, _WEIGHTS @ _TEMPLATE
    centred, places = source - source_mean, (_TEMPLATE - place_mean) * _WEIGHTS[:, None]
    covariance = places.T @ centred
    # In the plane the best proper rotation times scale is (a, -b; b, a) in closed form.
    spread = float(_WEIGHTS @ (centred**2).sum(1))
    a = (covariance[0, 0] + covariance[1, 1]) / spread
    b = (covariance[1, 0] - covariance[0, 1]) / spread
    linear = np.array([[a, -b], [b, a]])
    return np.column_stack((linear, place_mean - linear @ source_mean)).astype(np.float32)


def warp(
    pixels: NDArray[np.uint8],
    transform: NDArray[np.float32],
    size: int = CROP_SIZE,
    beyond: int = MASK_VALUE,
) -> NDArray[np.uint8]:
    """The ``size`` x ``size`` crop under a photo-to-crop similarity, ``beyond`` where no photo is.

    A photo finer than the crop is first averaged down to the crop's scale, so that bilinear
    sampling does not alias; only the part under the crop is touched.
    """
    matrix = transform.astype(np.float64)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    halvings = max(0, int(-np.log2(scale)))
    # Halving may lose the last 2^halvings - 1 pixels, and a crop pixel is up to twice as large.
    rows, columns = _window_under_crop(pixels.shape, matrix, size, 3 * 2**halvings - 1)
    part = pixels[rows, columns]
    matrix[:, 2] += matrix[:, :2] @ (columns.start, rows.start)
    if scale < 1.0:
        part = halved(part, halvings)
        height, width = (max(1, round(side * scale * 2**halvings)) for side in part.shape[:2])
        stretch = 2.0**halvings * np.array((part.shape[1] / width, part.shape[0] / height))
        part = np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        matrix[:, 2] += matrix[:, :2] @ (0.5 * stretch - 0.5)
        matrix[:, :2] *= stretch
    crop = cv2.warpAffine(
        part,
        matrix,
        (size, size),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(beyond,) * 3,
    )
    return np.asarray(crop, dtype=np.uint8)


def ellipse_mask(landmarks: NDArray[np.floating[Any]], size: int = CROP_SIZE) -> NDArray[np.bool_]:
    """Pixels (size, size) whose centre lies in the ellipse fitted to the face oval.

    landmarks: (478, 2) in crop pixels. The fit is Fitzgibbon, Pilu and Fisher's direct one (IEEE
    TPAMI 21, 1999), which always gives an ellipse.
    """
    (x, y), (width, height), angle = cv2.fitEllipseDirect(
        landmarks[list(FACE_OVAL)].astype(np.float32)
    )
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    rows, columns = np.ogrid[:size, :size]
    along = (columns - x) * cosine + (rows - y) * sine
    across = (rows - y) * cosine - (columns - x) * sine
    inside: NDArray[np.bool_] = (2 * along / width) ** 2 + (2 * across / height) ** 2 <= 1.0
    return inside


def _window_under_crop(
    shape: tuple[int, ...], transform: NDArray[np.float64], size: int, margin: int
) -> tuple[slice, slice]:
    """Rows and columns of the photo the crop can see and a margin, at least one pixel each way."""
    last = size - 1.0
    corners = np.array([(0.0, 0.0), (last, 0.0), (0.0, last), (last, last)])
    photo = np.linalg.solve(transform[:, :2], (corners - transform[:, 2]).T)
    (left, top), (right, bottom) = photo.min(1) - margin, photo.max(1) + margin
    return _within(top, bottom, shape[0]), _within(left, right, shape[1])


def _within(low: float, high: float, size: int) -> slice:
    start = int(np.clip(np.floor(low), 0, size - 1))
    return slice(start, int(np.clip(np.ceil(high) + 1, start + 1, size)))
