"""The crop a hand network reads: a left hand from behind, fingers up, with wrist and forearm.

The film-to-crop map is a similarity, the weighted least-squares fit of the 21 points to their
mean places in hands that were drawn; a right hand is mirrored. It depends on the points alone,
never on grey levels. Everything beyond the anatomy is filled, so that no letter reaches a network.
"""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.modalities.hand.division import divided
from face2bone.modalities.hand.looks import Film
from face2bone.modalities.hand.parts import HAND_PARTS
from face2bone.modalities.hand.points import Points, thumb_on_the_right
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.parts import Part
from face2bone.modalities.prepared import Prepared

CROP_MM: Final = 0.80
"""Of a crop's pixel in a hand of average size: a metacarpal's wall is about three pixels wide."""
HEIGHT: Final = 336
WIDTH: Final = 208
MASK_VALUE: Final = 0
HAND_INPUT: Final = InputSpec(HEIGHT, WIDTH, 1, 127.5, 64.0, MASK_VALUE)
_TOP_MM, _LEFT_MM = -184.0, -70.0
_STRETCH: Final = (2.0, 99.7)  # percentiles of the masked film that become 20 and 250
_DARK, _BRIGHT = 20.0, 250.0

# Mean places (mm) of the points found on 60 drawn hands, with a weight: palm and knuckles are
# rigid, fingers spread.
_PLACES: Final = np.array(
    [
        *[(-1.8, 6.8, 1.0), (24.6, -9.4, 0.3)],
        *[(43.7, -32.7, 0.1), (61.7, -53.2, 0.05), (76.5, -68.4, 0.05)],
        *[(20.2, -68.5, 1.0), (26.8, -106.9, 0.3), (30.3, -130.7, 0.1), (33.1, -149.8, 0.1)],
        *[(3.7, -69.9, 1.0), (4.1, -110.9, 0.3), (4.5, -137.7, 0.1), (4.6, -158.4, 0.1)],
        *[(-11.9, -65.2, 1.0), (-17.3, -102.7, 0.3), (-20.4, -127.3, 0.1), (-22.7, -146.1, 0.1)],
        *[(-26.3, -56.0, 1.0), (-37.0, -83.6, 0.3), (-43.4, -102.6, 0.1), (-48.0, -118.9, 0.1)],
    ]
)
_WEIGHTS: Final = _PLACES[:, 2] / _PLACES[:, 2].sum()
_TEMPLATE: Final = (_PLACES[:, :2] - (_LEFT_MM, _TOP_MM)) / CROP_MM - 0.5


@dataclass(frozen=True)
class AlignedHand(Prepared):
    """One hand in the crop's frame.

    points: (21, 2) in crop pixels; outside_percent: of the anatomy, beyond the film's edge.
    """

    points: Points
    outside_percent: float
    parts: tuple[Part, ...] = field(default=HAND_PARTS, kw_only=True)
    spec: InputSpec = field(default=HAND_INPUT, kw_only=True)


def align_hand(film: Film, points: Points) -> AlignedHand:
    """Align a film (H, W) in [0, 1] by its points (21, 2)."""
    transform = crop_transform(points)
    moved = points @ transform[:, :2].T + transform[:, 2]
    part_map = divided(moved, (HEIGHT, WIDTH), CROP_MM)
    grey, inside = _warped(film, transform)
    anatomy = part_map >= 0
    mask = anatomy & inside
    outside = 100.0 * float(1 - mask.sum() / max(int(anatomy.sum()), 1))
    part_map = np.where(mask, part_map, np.int8(-1)).astype(np.int8)
    pixels = np.where(mask, _levels(grey, mask), np.uint8(MASK_VALUE))[..., None]
    return AlignedHand(pixels, mask, part_map, transform.astype(np.float32), moved, outside)


def crop_transform(points: Points) -> npt.NDArray[np.float64]:
    """Similarity (2, 3), mirrored for a right hand, from film to crop pixels."""
    mirror = 1.0 if thumb_on_the_right(points) else -1.0
    source = points * (mirror, 1.0)
    source_mean, place_mean = _WEIGHTS @ source, _WEIGHTS @ _TEMPLATE
    centred, places = source - source_mean, (_TEMPLATE - place_mean) * _WEIGHTS[:, None]
    covariance = places.T @ centred
    # In the plane the best proper rotation times scale is (a, -b; b, a) in closed form.
    spread = float(_WEIGHTS @ (centred**2).sum(1))
    a = (covariance[0, 0] + covariance[1, 1]) / spread
    b = (covariance[1, 0] - covariance[0, 1]) / spread
    linear = np.array([[a, -b], [b, a]])
    return np.column_stack((linear * (mirror, 1.0), place_mean - linear @ source_mean))


def _warped(film: Film, transform: npt.NDArray[np.float64]) -> tuple[Film, npt.NDArray[np.bool_]]:
    """The crop's grey, and which of its pixels lie on the film.

    A film finer than the crop is first averaged down, so that sampling does not alias.
    """
    scale = float(np.hypot(transform[0, 0], transform[1, 0]))
    matrix, source = transform.copy(), film
    if scale < 1:
        size = tuple(max(1, round(side * scale)) for side in film.shape[::-1])
        source = np.asarray(cv2.resize(film, size, interpolation=cv2.INTER_AREA), np.float32)
        stretch = np.array(film.shape[::-1]) / size
        matrix[:, 2] += matrix[:, :2] @ (0.5 * stretch - 0.5)
        matrix[:, :2] *= stretch
    to = (WIDTH, HEIGHT)
    grey = cv2.warpAffine(source, matrix, to, flags=cv2.INTER_LINEAR)
    inside = cv2.warpAffine(np.ones_like(source), matrix, to, flags=cv2.INTER_NEAREST) > 0
    return np.asarray(grey, np.float32), np.asarray(inside, np.bool_)


def _levels(grey: Film, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Grey stretched over the anatomy, so that exposure and window count for less."""
    low, high = np.percentile(grey[mask], _STRETCH) if mask.any() else (0.0, 1.0)
    levels = (grey - low) / max(float(high - low), 1e-6) * (_BRIGHT - _DARK) + _DARK
    return np.clip(np.rint(levels), 1, 255).astype(np.uint8)
