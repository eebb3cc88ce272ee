"""The quality gate: is this photo of this face good enough to read?

Each check gives a figure, two limits and a sentence for the person behind the camera. Sharpness,
light and frame are measured on the aligned crop, so that they do not depend on the photo's
resolution; the others on the landmarks. What a figure means is in docs/reference/face.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.face.alignment import AlignedFace
from face2bone.modalities.face.covered import eye_contrast, lip_contrast
from face2bone.modalities.face.limits import QualityLimits
from face2bone.modalities.face.mesh import inter_pupil_distance
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.face.pose import Pose, mesh_misfit

Status = Literal["accept", "warn", "reject"]
_SEVERITY: Final[tuple[Status, ...]] = ("accept", "warn", "reject")


@dataclass(frozen=True)
class QualityCheck:
    """One figure against its limits; angles compare by size, their sign says the direction."""

    name: str
    value: float
    unit: str
    warn_limit: float
    reject_limit: float | None
    status: Status
    reason: str


@dataclass(frozen=True)
class QualityVerdict:
    """All checks; the status is that of the worst one."""

    checks: tuple[QualityCheck, ...]
    status: Status

    @property
    def reasons(self) -> tuple[str, ...]:
        """What to do better, the gravest first; empty for a photo without remarks."""
        flagged = [check for check in self.checks if check.status != "accept"]
        flagged.sort(key=lambda check: -_SEVERITY.index(check.status))
        return tuple(check.reason for check in flagged)


def judge_quality(
    photo_shape: tuple[int, ...],
    landmarks: NDArray[np.floating[Any]],
    pose: Pose,
    aligned: AlignedFace,
    limits: QualityLimits,
    unrest: float,
) -> QualityVerdict:
    """Verdict on one face: photo_shape (H, W, ...), landmarks (478, 3) in photo pixels, and by how
    many pupil distances these move from look to look.
    """
    checks = (
        *_geometry_checks(landmarks, pose, limits),
        *_face_checks(landmarks, limits, unrest),
        *_expression_checks(landmarks, limits),
        *_light_checks(aligned, limits),
        *_cover_checks(aligned, limits),
        _frame_check(photo_shape, aligned, limits),
    )
    worst = max((check.status for check in checks), key=_SEVERITY.index)
    return QualityVerdict(checks, worst)


def sharpness(aligned: AlignedFace) -> float:
    """Fine over medium detail: contrast of the .8 to 1.6 px band over the 1.6 to 3.2 px band.

    A ratio of two bands (differences of Gaussians) of the same crop does not depend on contrast
    or skin; about 0.6 to 0.85 for a sharp face, 0.45 after a blur of 1.5 crop pixels, 0.36 after
    2.5. A face without any contrast counts as 0.
    """
    # Well inside, or the sharp edge of the mask itself would be measured.
    inside = cv2.erode(aligned.mask.astype(np.uint8), np.ones((17, 17), np.uint8)) > 0
    grey = _grey(aligned)
    fine, medium, coarse = (cv2.GaussianBlur(grey, (0, 0), sigma) for sigma in (0.8, 1.6, 3.2))
    detail, shapes = _contrast((fine - medium)[inside]), _contrast((medium - coarse)[inside])
    return detail / shapes if shapes > 0.1 else 0.0


def evenness(aligned: AlignedFace) -> float:
    """Mean grey level of the darker half of the face over that of the brighter one, 0 to 1.

    The halves are each side's periorbital, midface, nasolabial and mandibular regions, so that
    hair on one side of the forehead does not count.
    """
    inside = aligned.mask
    labels, grey = aligned.part_map[inside], _grey(aligned)[inside]
    pixels = np.bincount(labels, minlength=len(FACE_PARTS))
    levels = np.bincount(labels, weights=grey, minlength=len(FACE_PARTS))
    dark, bright = sorted(levels[side].sum() / max(pixels[side].sum(), 1) for side in _HALVES)
    return float(dark / max(bright, 1.0))


def clipped_percent(aligned: AlignedFace) -> float:
    """Percent of the face where two channels are 254 or more, or all are 2 or less.

    Red alone reaches its end on light skin in ordinary light, and the other two hold the shading.
    """
    levels = np.sort(aligned.pixels[aligned.mask], axis=1)
    return 100.0 * float(((levels[:, 1] >= 254) | (levels[:, 2] <= 2)).mean())


def eye_opening(landmarks: NDArray[np.floating[Any]]) -> float:
    """Lid distance over eye width (Soukupova and Cech 2016, eq. 1) of the more closed eye."""
    return min(_opening(landmarks, eye) for eye in _EYES)


def mouth_opening(landmarks: NDArray[np.floating[Any]]) -> float:
    """Distance between the middles of the inner lips in inter-pupil distances."""
    gap = float(np.linalg.norm(landmarks[13] - landmarks[14]))
    return gap / max(inter_pupil_distance(landmarks), 1e-6)


def outside_frame_percent(photo_shape: tuple[int, ...], aligned: AlignedFace) -> float:
    """Percent of the ellipse whose pixels lie beyond the photo's edge."""
    rows, columns = np.nonzero(aligned.mask[::2, ::2])
    linear, shift = aligned.transform[:, :2], aligned.transform[:, 2]
    x, y = np.linalg.inv(linear) @ (2.0 * np.stack((columns, rows)) - shift[:, None])
    inside = (x > -0.5) & (x < photo_shape[1] - 0.5) & (y > -0.5) & (y < photo_shape[0] - 0.5)
    return 100.0 * float(1.0 - inside.mean())


def _geometry_checks(
    landmarks: NDArray[np.floating[Any]], pose: Pose, limits: QualityLimits
) -> Iterator[QualityCheck]:
    pupils = inter_pupil_distance(landmarks)
    yield _at_least(
        ("inter_pupil_distance", pupils, "px"),
        (limits.inter_pupil_warn, limits.inter_pupil_reject),
        f"The pupils are {pupils:.0f} pixels apart. "
        "Come closer or use a photo of higher resolution.",
    )
    side = "right" if pose.yaw_deg > 0 else "left"
    yield _at_most(
        ("yaw", pose.yaw_deg, "deg"),
        (limits.yaw_warn, limits.yaw_reject),
        f"Turn the head {abs(pose.yaw_deg):.0f} degrees to the patient's {side}.",
    )
    chin = "Lower" if pose.pitch_deg > 0 else "Raise"
    yield _at_most(
        ("pitch", pose.pitch_deg, "deg"),
        (limits.pitch_warn, limits.pitch_reject),
        f"{chin} the chin by {abs(pose.pitch_deg):.0f} degrees.",
    )
    shoulder = "right" if pose.roll_deg > 0 else "left"
    yield _at_most(
        ("roll", pose.roll_deg, "deg"),
        (limits.roll_warn, limits.roll_reject),
        f"Tilt the head {abs(pose.roll_deg):.0f} degrees towards the patient's {shoulder} "
        "shoulder, or hold the camera level.",
    )
    turns = min(pose.quarter_turns, 4 - pose.quarter_turns)
    yield _at_most(
        ("quarter_turns", float(turns), "turns"),
        (0.0, 1.0),
        f"The photo {'stands on its head' if turns == 2 else 'lies on its side'}. "
        "Take it upright, with the patient sitting.",
    )


def _face_checks(
    landmarks: NDArray[np.floating[Any]], limits: QualityLimits, unrest: float
) -> Iterator[QualityCheck]:
    misfit = mesh_misfit(landmarks)
    yield _at_most(
        ("landmark_misfit", misfit, "pupil distances"),
        (limits.misfit_warn, limits.misfit_reject),
        f"The landmarks are {misfit:.2f} pupil distances off a face's proportions. "
        "Uncover the face and hold the photo upright.",
    )
    yield _at_most(
        ("landmark_unrest", unrest, "pupil distances"),
        (limits.unrest_warn, limits.unrest_reject),
        f"Looked at again, the landmarks move by {unrest:.2f} pupil distances. "
        "Take a photo that shows one uncovered face clearly.",
    )


def _expression_checks(
    landmarks: NDArray[np.floating[Any]], limits: QualityLimits
) -> Iterator[QualityCheck]:
    eyes = eye_opening(landmarks)
    yield _at_least(
        ("eye_opening", eyes, "height/width"),
        (limits.eye_opening_warn, limits.eye_opening_reject),
        f"The lids of one eye are {eyes:.2f} of its width apart. "
        "Take the photo again if an eye was closed; narrow eyes and heavy lids read the same.",
    )
    mouth = mouth_opening(landmarks)
    yield _at_most(
        ("mouth_opening", mouth, "pupil distances"),
        (limits.mouth_opening_warn, None),
        f"The mouth is open by {mouth:.2f} pupil distances. "
        "Ask for a relaxed face with the mouth closed.",
    )


def _light_checks(aligned: AlignedFace, limits: QualityLimits) -> Iterator[QualityCheck]:
    detail = sharpness(aligned)
    yield _at_least(
        ("sharpness", detail, "ratio"),
        (limits.sharpness_warn, limits.sharpness_reject),
        f"The face is blurred (sharpness {detail:.2f}). Hold the camera still and focus on it.",
    )
    level = float(np.median(_grey(aligned)[aligned.mask]))
    yield _at_least(
        ("brightness", level, "grey level"),
        (limits.brightness_warn, limits.brightness_reject),
        f"The face is dark (grey level {level:.0f} of 255). Add light from the front.",
    )
    clipped = clipped_percent(aligned)
    yield _at_most(
        ("clipping", clipped, "%"),
        (limits.clipping_warn, limits.clipping_reject),
        f"{clipped:.0f} % of the face is burnt out or black. "
        "Avoid flash and hard sunlight, or correct the exposure.",
    )
    balance = evenness(aligned)
    yield _at_least(
        ("evenness", balance, "ratio"),
        (limits.evenness_warn, limits.evenness_reject),
        f"One side of the face is only {100 * balance:.0f} % as bright as the other. "
        "Turn the patient towards the light.",
    )


def _cover_checks(aligned: AlignedFace, limits: QualityLimits) -> Iterator[QualityCheck]:
    lips = lip_contrast(aligned)
    yield _at_least(
        ("lip_contrast", lips, "lightness"),
        (limits.lip_contrast_reject, limits.lip_contrast_reject),
        f"The lips show almost no shading ({lips:.1f}). "
        "Uncover the mouth; if nothing covers it, take the photo again in better light and focus.",
    )
    eyes = eye_contrast(aligned)
    yield _at_least(
        ("eye_contrast", eyes, "lightness"),
        (limits.eye_contrast_warn, None),
        f"The eyes show little contrast ({eyes:.1f}). "
        "Take dark glasses off, or let light fall on the eyes.",
    )


def _frame_check(
    photo_shape: tuple[int, ...], aligned: AlignedFace, limits: QualityLimits
) -> QualityCheck:
    outside = outside_frame_percent(photo_shape, aligned)
    return _at_most(
        ("outside_frame", outside, "%"),
        (limits.outside_frame_warn, limits.outside_frame_reject),
        f"{outside:.0f} % of the face lies beyond the edge of the photo. "
        "Step back until the whole face is in it.",
    )


_Figure = tuple[str, float, str]  # name, value, unit
_Limits = tuple[float, float | None]  # warn, reject


def _at_least(figure: _Figure, limits: _Limits, remark: str) -> QualityCheck:
    value = figure[1]
    return _check(
        figure, limits, value < limits[0], limits[1] is not None and value < limits[1], remark
    )


def _at_most(figure: _Figure, limits: _Limits, remark: str) -> QualityCheck:
    size = abs(figure[1])
    return _check(
        figure, limits, size > limits[0], limits[1] is not None and size > limits[1], remark
    )


def _check(
    figure: _Figure, limits: _Limits, warns: bool, rejects: bool, remark: str
) -> QualityCheck:
    name, value, unit = figure
    status: Status = "reject" if rejects else "warn" if warns else "accept"
    reason = remark if status != "accept" else f"{_NAMES[name]}: OK."
    return QualityCheck(name, float(value), unit, *limits, status, reason)


_NAMES: Final = {
    "inter_pupil_distance": "Size of the face",
    "yaw": "Head turned to a side",
    "pitch": "Head raised or lowered",
    "roll": "Head tilted",
    "quarter_turns": "Photo upright",
    "landmark_misfit": "Proportions of the face",
    "landmark_unrest": "Landmarks looked at again",
    "lip_contrast": "Shading of the lips",
    "eye_contrast": "Contrast of the eyes",
    "eye_opening": "Lids apart",
    "mouth_opening": "Mouth closed",
    "sharpness": "Sharpness",
    "brightness": "Brightness",
    "clipping": "Exposure",
    "evenness": "Evenness of the light",
    "outside_frame": "Face within the photo",
}

_HALVES: Final = tuple(
    [index for index, part in enumerate(FACE_PARTS) if part.side == side]
    for side in ("left", "right")
)

# Corners (outer, inner), upper lid and lower lid of the patient's right and left eye.
_EYES: Final = ((33, 133, 160, 158, 144, 153), (263, 362, 387, 385, 373, 380))


def _opening(landmarks: NDArray[np.floating[Any]], eye: tuple[int, ...]) -> float:
    outer, inner, upper_1, upper_2, lower_1, lower_2 = landmarks[list(eye)]
    height = np.linalg.norm(upper_1 - lower_1) + np.linalg.norm(upper_2 - lower_2)
    return float(height / max(2.0 * float(np.linalg.norm(outer - inner)), 1e-6))


def _grey(aligned: AlignedFace) -> NDArray[np.float32]:
    return cv2.cvtColor(aligned.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)


def _contrast(band: NDArray[np.floating[Any]]) -> float:
    return float(np.sqrt(np.mean(band.astype(np.float64) ** 2))) if band.size else 0.0
