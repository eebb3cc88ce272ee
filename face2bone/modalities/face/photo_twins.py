"""The same photo of a real face, its pixels made up, lit otherwise, softened or squeezed.

What pixels can say and no more: nobody's head is turned, no glasses are put on and nothing is
operated on, for that needs the face itself and not its picture. Sizes go by the distance of the
pupils, so that a large photo is changed as much as a small one. How strong each change is was
chosen by us.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.arrays import Pixels
from face2bone.modalities.face.alignment import align_landmarks
from face2bone.modalities.face.chip import CHIP_INPUT, face_chip
from face2bone.modalities.face.finding import shared_locator
from face2bone.modalities.face.mesh import FACE_OVAL, LEFT_PUPIL, RIGHT_PUPIL
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.photo import Photo
from face2bone.modalities.prepared import Prepared
from face2bone.progress import UnitsDone

Landmarks = npt.NDArray[np.floating[Any]]
Change = Callable[[Pixels, Landmarks], Pixels]
Pair = tuple[Prepared | None, list[Prepared | None]]
"""An original and its twins as a network reads them; None where no face was found."""

# Outlines in MediaPipe's mesh: of the lips, of the mouth between them, and of both eyes with what
# lies under them.
LIPS: Final = (
    *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375),
    *(291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
)
MOUTH: Final = (
    *(78, 95, 88, 178, 87, 14, 317, 402, 318, 324),
    *(308, 415, 310, 311, 312, 13, 82, 81, 80, 191),
)
UNDER_EYES: Final = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 128, 121, 120, 119, 118, 117, 111),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 357, 350, 349, 348, 347, 346, 340),
)
LIPSTICK: Final = (165.0, 35.0, 50.0)  # red, green, blue
TINT: Final = 0.4  # share of the lipstick
COVER: Final = 0.7  # share of what is evened out
SOFT: Final = 0.03  # pupils' distances: of a blur, and of the edge of what is painted


@dataclass(frozen=True)
class PhotoTwin:
    """One change of a photo's pixels: ``kind`` is what it belongs to, ``words`` what was done."""

    kind: str
    words: str
    change: Change


def pupil_distance(landmarks: Landmarks) -> float:
    """In pixels."""
    return float(np.linalg.norm(landmarks[LEFT_PUPIL, :2] - landmarks[RIGHT_PUPIL, :2]))


def _lipstick(pixels: Pixels, landmarks: Landmarks) -> Pixels:
    lips = _inside(pixels, landmarks, LIPS) * (1.0 - _inside(pixels, landmarks, MOUTH))
    return _blended(pixels, np.array(LIPSTICK), TINT * lips)


def _made_up(pixels: Pixels, landmarks: Landmarks) -> Pixels:
    """Skin evened out, more so under the eyes, and lipstick."""
    size = pupil_distance(landmarks)
    even = cv2.bilateralFilter(pixels, 0, 35.0, 0.06 * size).astype(np.float64)
    concealed = _blended(pixels, even, COVER * _inside(pixels, landmarks, FACE_OVAL))
    light = cv2.GaussianBlur(concealed, (0, 0), 0.12 * size).astype(np.float64)
    for outline in UNDER_EYES:
        under = _inside(pixels, landmarks, outline)
        concealed = _blended(concealed, light * 1.05, COVER * under)
    return _lipstick(concealed, landmarks)


def _lit(**gains: float) -> Change:
    """Every pixel times a gain: ``red``, ``green``, ``blue``."""
    factors = np.array([gains["red"], gains["green"], gains["blue"]])
    return lambda pixels, _: _rounded(pixels * factors)


def _from_the_side(pixels: Pixels, landmarks: Landmarks) -> Pixels:
    """Full light at one ear, half of it at the other."""
    middle = landmarks[[LEFT_PUPIL, RIGHT_PUPIL], 0].mean()
    across = (np.arange(pixels.shape[1]) - middle) / (2.0 * pupil_distance(landmarks))
    return _rounded(pixels * np.clip(0.8 + 0.4 * across, 0.5, 1.1)[None, :, None])


def _blurred(pixels: Pixels, landmarks: Landmarks) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), SOFT * pupil_distance(landmarks)), np.uint8)


def _squeezed(pixels: Pixels, landmarks: Landmarks) -> Pixels:
    """As small as its pupils 48 pixels apart, and a JPEG of quality 30."""
    share = min(1.0, 48.0 / pupil_distance(landmarks))
    small = cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 30])
    again = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(again[..., ::-1])


def _tilted(pixels: Pixels, landmarks: Landmarks) -> Pixels:
    """The camera turned by ten degrees about the face."""
    x, y = landmarks[[LEFT_PUPIL, RIGHT_PUPIL], :2].mean(axis=0)
    turn = cv2.getRotationMatrix2D((float(x), float(y)), 10.0, 1.0)
    height, width = pixels.shape[:2]
    turned = cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8)


PHOTO_TWINS: Final = (
    PhotoTwin("make-up", "skin and shadows under the eyes evened out, lipstick", _made_up),
    PhotoTwin("make-up", "lipstick alone", _lipstick),
    PhotoTwin("light", "from the side", _from_the_side),
    PhotoTwin("light", "dim", _lit(red=0.6, green=0.6, blue=0.6)),
    PhotoTwin("light", "warm", _lit(red=1.1, green=0.97, blue=0.75)),
    PhotoTwin("blur", f"{SOFT:g} of the pupils' distance", _blurred),
    PhotoTwin("JPEG", "pupils 48 pixels apart, quality 30", _squeezed),
    PhotoTwin("camera", "turned by 10 degrees", _tilted),
)
"""Every change, in the order of the table."""


def twins_of_photos(
    photos: Sequence[Photo], spec: InputSpec, progress: UnitsDone | None = None
) -> Iterator[Pair]:
    """Each photo with every twin, as a network of that input reads them."""
    for done, photo in enumerate(photos, start=1):
        found = _only_landmarks(photo.pixels)
        twins: list[Prepared | None] = [None] * len(PHOTO_TWINS)
        if found is not None:
            twins = [only_face_in(twin.change(photo.pixels, found), spec) for twin in PHOTO_TWINS]
        yield only_face_in(photo.pixels, spec), twins
        if progress is not None:
            progress(done, len(photos))


def only_face_in(pixels: Pixels, spec: InputSpec) -> Prepared | None:
    """The face cut out as a network of that input reads it, past the quality gate.

    None where the landmarker does not find just one.
    """
    landmarks = _only_landmarks(pixels)
    if landmarks is None:
        return None
    cut = face_chip if spec.takes(CHIP_INPUT) else align_landmarks
    return cut(pixels, landmarks)


def _only_landmarks(pixels: Pixels) -> Landmarks | None:
    found = shared_locator().locate(pixels)
    return found[0] if len(found) == 1 else None


def _inside(
    pixels: Pixels, landmarks: Landmarks, outline: tuple[int, ...]
) -> npt.NDArray[np.float64]:
    """1 inside an outline of landmarks, 0 outside, with a soft edge; (H, W, 1)."""
    mask = np.zeros(pixels.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(landmarks[list(outline), :2]).astype(np.int32)], 255)
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.5, SOFT * pupil_distance(landmarks)))
    return (soft.astype(np.float64) / 255.0)[..., None]


def _blended(
    pixels: Pixels, other: npt.NDArray[np.float64], share: npt.NDArray[np.float64]
) -> Pixels:
    return _rounded((1.0 - share) * pixels + share * other)


def _rounded(values: npt.NDArray[np.floating[Any]]) -> Pixels:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)
