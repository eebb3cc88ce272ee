"""Does the out-of-domain check notice pictures unlike those the model was calibrated on?

Drawn faces are photographed as they are and then altered, one shift at a time; the same
face serves every shift, so shifts are compared on the same people. Only pictures are
changed, never the generator. For each shift: how many photos still show a face, how many
the quality gate rejects, how many the out-of-domain check flags, the area under the ROC
curve of its distance against the unaltered photos, and what the alteration does to the
predictions themselves. The unaltered photos give the rate of false alarms.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from face2bone.arrays import Pixels
from face2bone.bone import BoneClass
from face2bone.bundle import Bundle
from face2bone.drawn.face.patients import DrawnPatient, patient_face
from face2bone.drawn.face.render import draw_face
from face2bone.errors import SubjectError
from face2bone.modalities.face import find_face
from face2bone.modalities.face.alignment import align_landmarks
from face2bone.modalities.face.locator import Locator
from face2bone.modalities.photo import photo_from_pixels
from face2bone.runtime import Engine, Prediction, predict

Points = npt.NDArray[np.float32]
Alter = Callable[[Pixels, Points, np.random.Generator], Pixels]

SIZE: Final = 256  # pixels a side, as the training faces were drawn
UNALTERED: Final = "unaltered"
_EYES: Final = (33, 133, 263, 362)  # corners of both eyes
_NOSE_TIP: Final = 1
_LOWER_FACE: Final = (234, 132, 172, 150, 152, 379, 397, 361, 454, 195)  # a medical mask's outline


@dataclass(frozen=True)
class Shift:
    """A way of altering a photo (H, W, 3), given the face's landmarks (478, 2) in it."""

    name: str
    alter: Alter


@dataclass(frozen=True)
class Seen:
    """One altered photo: whether a face was found, passed the quality gate, and its result."""

    rejected: bool
    prediction: Prediction | None


@dataclass(frozen=True)
class ShiftResult:
    """What became of ``faces`` photos under one shift; shares in [0, 1].

    lost: no single face was found. rejected: the quality gate refused the photo.
    flagged: outside the domain, of the photos with a face. warned: any of the three.
    auroc: of the distance, against the unaltered photos; NaN for those themselves.
    accuracy: of the most probable class, of the photos with a face; NaN where there is none.
    sensitivity, coverage: of the photos with a face of people with osteoporosis, how many are
        named so, and how many have it in their prediction set; NaN where there is none.
    """

    name: str
    faces: int
    lost: float
    rejected: float
    flagged: float
    warned: float
    auroc: float
    accuracy: float
    sensitivity: float
    coverage: float


def shifts() -> tuple[Shift, ...]:
    """The shifts measured, after the photos as they are."""
    return (
        Shift(UNALTERED, lambda pixels, points, rng: pixels),
        Shift("dim light (35%)", lambda pixels, points, rng: _scaled(pixels, 0.35)),
        Shift("light from one side", _side_light),
        Shift("warm lamp", lambda pixels, points, rng: _scaled(pixels, [1.25, 0.95, 0.5])),
        Shift("grey picture", _grey),
        Shift("blur", _blurred),
        Shift("48 pixels enlarged", _enlarged),
        Shift("JPEG quality 8", _jpeg),
        Shift("sensor noise", _noise),
        Shift("mild, combined", _mild),
        Shift("sunglasses", _sunglasses),
        Shift("medical mask", _medical_mask),
        Shift("skin darker than drawn", lambda p, points, rng: _skin(p, points, 0.4, 0.8)),
        Shift("skin paler than drawn", lambda p, points, rng: _skin(p, points, 1.6, 0.35)),
    )


def measure(
    bundle: Bundle,
    engine: Engine,
    patients: Sequence[DrawnPatient],
    locator: Locator,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[ShiftResult, ...]:
    """Every shift on every patient's face; the first result is the unaltered photos'.

    ``progress`` is called with (faces done, faces in all).
    """
    seen: dict[str, list[Seen]] = {shift.name: [] for shift in shifts()}
    for done, patient in enumerate(patients, start=1):
        for name, photo in altered(patient, locator):
            seen[name].append(look(photo, bundle, engine, locator))
        progress(done, len(patients))
    classes = np.array([patient.bone_class for patient in patients])
    known = _distances(seen[UNALTERED])
    return tuple(summarise(name, photos, classes, known) for name, photos in seen.items())


def altered(patient: DrawnPatient, locator: Locator) -> Iterator[tuple[str, Pixels]]:
    """The patient's photo under every shift; the same patient gives the same pictures."""
    pixels = draw_face(patient_face(patient), SIZE).pixels
    found = locator.locate(pixels)
    for index, shift in enumerate(shifts()):
        rng = np.random.default_rng([patient.seed, index])
        yield shift.name, shift.alter(pixels, found[0][:, :2], rng) if found else pixels


def look(pixels: Pixels, bundle: Bundle, engine: Engine, locator: Locator) -> Seen:
    """What the product would make of a photo, the quality gate's verdict aside."""
    photo = photo_from_pixels(pixels)
    try:
        face = find_face(photo, locator)
    except SubjectError:
        return Seen(rejected=False, prediction=None)
    prediction = predict(engine, bundle, face.aligned)
    return Seen(face.quality.status == "reject", prediction)


def summarise(
    name: str,
    photos: Sequence[Seen],
    classes: npt.NDArray[np.int64],
    known: npt.NDArray[np.float64],
) -> ShiftResult:
    """Shares over the photos of one shift; ``known`` are distances of unaltered photos."""
    found = [photo.prediction for photo in photos if photo.prediction is not None]
    flagged = [photo.prediction is not None and _outside(photo.prediction) for photo in photos]
    rejected = [photo.rejected for photo in photos]
    lost = [photo.prediction is None for photo in photos]
    pairs = zip(photos, classes, strict=True)
    told = [(photo.prediction, true) for photo, true in pairs if photo.prediction is not None]
    named = [int(prediction.probabilities.argmax()) for prediction, _ in told]
    right = [name == true for name, (_, true) in zip(named, told, strict=True)]
    ill = [index for index, (_, true) in enumerate(told) if true == BoneClass.OSTEOPOROSIS]
    distances = _distances(photos)
    auroc = float("nan")
    if name != UNALTERED and len(distances) > 0:
        truth = np.repeat([0, 1], [len(known), len(distances)])
        auroc = float(roc_auc_score(truth, np.concatenate([known, distances])))
    return ShiftResult(
        name=name,
        faces=len(photos),
        lost=float(np.mean(lost)),
        rejected=float(np.mean(rejected)),
        flagged=sum(flagged) / max(len(found), 1),
        warned=float(np.mean(np.any([lost, rejected, flagged], axis=0))),
        auroc=auroc,
        accuracy=_share(right),
        sensitivity=_share([right[index] for index in ill]),
        coverage=_share([BoneClass.OSTEOPOROSIS in told[i][0].prediction_set for i in ill]),
    )


def _share(yes: Sequence[bool]) -> float:
    return float(np.mean(yes)) if yes else float("nan")


def _outside(prediction: Prediction) -> bool:
    return prediction.out_of_domain.is_outside


def _distances(photos: Sequence[Seen]) -> npt.NDArray[np.float64]:
    found = [photo.prediction for photo in photos if photo.prediction is not None]
    return np.array([prediction.out_of_domain.distance for prediction in found])


def _pixels(values: npt.ArrayLike) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _scaled(pixels: Pixels, factors: npt.ArrayLike) -> Pixels:
    return _pixels(pixels * np.asarray(factors, dtype=np.float64))


def _side_light(pixels: Pixels, points: Points, rng: np.random.Generator) -> Pixels:
    ramp = np.linspace(1.3, 0.12, pixels.shape[1])
    return _scaled(pixels, (ramp if rng.random() < 0.5 else ramp[::-1])[None, :, None])


def _grey(pixels: Pixels, points: Points, rng: np.random.Generator) -> Pixels:
    return np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def _blurred(pixels: Pixels, points: Points, rng: np.random.Generator) -> Pixels:
    return _pixels(cv2.GaussianBlur(pixels, (0, 0), 2.5))


def _enlarged(pixels: Pixels, points: Points, rng: np.random.Generator) -> Pixels:
    small = cv2.resize(pixels, (48, 48), interpolation=cv2.INTER_AREA)
    return _pixels(cv2.resize(small, pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC))


def _mild(pixels: Pixels, points: Points, rng: np.random.Generator) -> Pixels:
    """A fifth darker, out of focus by less than a pixel, sent by a messenger: nothing one sees."""
    soft = cv2.GaussianBlur(_scaled(pixels, 0.8), (0, 0), 0.8)
    return _compressed(_pixels(soft), 60)


def _jpeg(pixels: Pixels, points: Points, rng: np.random.Generator) -> Pixels:
    return _compressed(pixels, 8)


def _compressed(pixels: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None  # noqa: S101  what was encoded above decodes
    return _pixels(decoded)  # channels stay in their order


def _noise(pixels: Pixels, points: Points, rng: np.random.Generator) -> Pixels:
    return _pixels(pixels + rng.normal(0.0, 25.0, pixels.shape))


def _sunglasses(pixels: Pixels, points: Points, rng: np.random.Generator) -> Pixels:
    worn = pixels.copy()
    outer, inner, other_outer, other_inner = points[list(_EYES)]
    for near, far in ((outer, inner), (other_outer, other_inner)):
        centre, width = (near + far) / 2, float(np.linalg.norm(near - far))
        axes = (round(0.85 * width), round(0.65 * width))
        cv2.ellipse(worn, tuple(map(round, centre.tolist())), axes, 0, 0, 360, (18, 18, 20), -1)
    bridge = [tuple(map(round, eye.tolist())) for eye in (inner, other_inner)]
    cv2.line(worn, bridge[0], bridge[1], (18, 18, 20), 3)
    return worn


def _medical_mask(pixels: Pixels, points: Points, rng: np.random.Generator) -> Pixels:
    worn = pixels.copy()
    outline = cv2.convexHull(np.rint(points[list(_LOWER_FACE)]).astype(np.int32))
    cv2.fillConvexPoly(worn, outline, (166, 196, 214))
    return worn


def _skin(pixels: Pixels, points: Points, lightness: float, chroma: float) -> Pixels:
    """Lightness and chroma of the face's ellipse scaled in CIE L*a*b*, feathered at its edge."""
    face = align_landmarks(pixels, points)
    back = cv2.warpAffine(
        face.mask.astype(np.float32),
        face.transform,
        pixels.shape[1::-1],
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    inside = cv2.GaussianBlur(back, (0, 0), 4.0)[..., None]
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
    scaled = np.asarray(lab * np.array([lightness, chroma, chroma]), np.float32)
    scaled[..., 0] = np.minimum(scaled[..., 0], 97.0)
    toned = cv2.cvtColor(scaled, cv2.COLOR_LAB2RGB) * 255.0
    return _pixels(inside * toned + (1.0 - inside) * pixels)
