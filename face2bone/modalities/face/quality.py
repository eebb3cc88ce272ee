"""The quality gate: is this photo of this face good enough to read?

Each check gives a figure, two limits and a sentence for the person behind the camera. Sharpness,
light and frame are measured on the aligned crop, so that they do not depend on the photo's
resolution; the others on the landmarks. What a figure means is in docs/reference/face.md.
"""

from collections.abc import Iterator
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.face.alignment import AlignedFace
from face2bone.modalities.face.covered import eye_contrast, lip_contrast
from face2bone.modalities.face.limits import QualityLimits
from face2bone.modalities.face.mesh import inter_pupil_distance
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.face.pose import Pose, mesh_misfit
from face2bone.modalities.prepared import QualityCheck, QualityVerdict, Status
from face2bone.words import message, template


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
    return QualityVerdict.of(
        *_geometry_checks(landmarks, pose, limits),
        *_face_checks(landmarks, limits, unrest),
        *_expression_checks(landmarks, limits),
        *_light_checks(aligned, limits),
        *_cover_checks(aligned, limits),
        _frame_check(photo_shape, aligned, limits),
    )


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
        message(
            "The pupils are {pixels} pixels apart. Come closer or use a photo of higher "
            "resolution.",
            pixels=f"{pupils:.0f}",
        ),
    )
    turn = (
        template("Turn the head {degrees} degrees to the patient's right.")
        if pose.yaw_deg > 0
        else template("Turn the head {degrees} degrees to the patient's left.")
    )
    yield _at_most(
        ("yaw", pose.yaw_deg, "deg"),
        (limits.yaw_warn, limits.yaw_reject),
        message(turn, degrees=f"{abs(pose.yaw_deg):.0f}"),
    )
    nod = (
        template("Lower the chin by {degrees} degrees.")
        if pose.pitch_deg > 0
        else template("Raise the chin by {degrees} degrees.")
    )
    yield _at_most(
        ("pitch", pose.pitch_deg, "deg"),
        (limits.pitch_warn, limits.pitch_reject),
        message(nod, degrees=f"{abs(pose.pitch_deg):.0f}"),
    )
    tilt = (
        template(
            "Tilt the head {degrees} degrees towards the patient's right shoulder, or hold the "
            "camera level."
        )
        if pose.roll_deg > 0
        else template(
            "Tilt the head {degrees} degrees towards the patient's left shoulder, or hold the "
            "camera level."
        )
    )
    yield _at_most(
        ("roll", pose.roll_deg, "deg"),
        (limits.roll_warn, limits.roll_reject),
        message(tilt, degrees=f"{abs(pose.roll_deg):.0f}"),
    )
    turns = min(pose.quarter_turns, 4 - pose.quarter_turns)
    yield _at_most(
        ("quarter_turns", float(turns), "turns"),
        (0.0, 1.0),
        message("The photo stands on its head. Take it upright, with the patient sitting.")
        if turns == 2
        else message("The photo lies on its side. Take it upright, with the patient sitting."),
    )


def _face_checks(
    landmarks: NDArray[np.floating[Any]], limits: QualityLimits, unrest: float
) -> Iterator[QualityCheck]:
    misfit = mesh_misfit(landmarks)
    yield _at_most(
        ("landmark_misfit", misfit, "pupil distances"),
        (limits.misfit_warn, limits.misfit_reject),
        message(
            "The landmarks are {misfit} pupil distances off a face's proportions. Uncover the "
            "face and hold the photo upright.",
            misfit=f"{misfit:.2f}",
        ),
    )
    yield _at_most(
        ("landmark_unrest", unrest, "pupil distances"),
        (limits.unrest_warn, limits.unrest_reject),
        message(
            "Looked at again, the landmarks move by {unrest} pupil distances. Take a photo that "
            "shows one uncovered face clearly.",
            unrest=f"{unrest:.2f}",
        ),
    )


def _expression_checks(
    landmarks: NDArray[np.floating[Any]], limits: QualityLimits
) -> Iterator[QualityCheck]:
    eyes = eye_opening(landmarks)
    yield _at_least(
        ("eye_opening", eyes, "height/width"),
        (limits.eye_opening_warn, limits.eye_opening_reject),
        message(
            "The lids of one eye are {opening} of its width apart. Take the photo again if an eye "
            "was closed; narrow eyes and heavy lids read the same.",
            opening=f"{eyes:.2f}",
        ),
    )
    mouth = mouth_opening(landmarks)
    yield _at_most(
        ("mouth_opening", mouth, "pupil distances"),
        (limits.mouth_opening_warn, None),
        message(
            "The mouth is open by {opening} pupil distances. Ask for a relaxed face with the "
            "mouth closed.",
            opening=f"{mouth:.2f}",
        ),
    )


def _light_checks(aligned: AlignedFace, limits: QualityLimits) -> Iterator[QualityCheck]:
    detail = sharpness(aligned)
    yield _at_least(
        ("sharpness", detail, "ratio"),
        (limits.sharpness_warn, limits.sharpness_reject),
        message(
            "The face is blurred (sharpness {sharpness}). Hold the camera still and focus on it.",
            sharpness=f"{detail:.2f}",
        ),
    )
    level = float(np.median(_grey(aligned)[aligned.mask]))
    yield _at_least(
        ("brightness", level, "grey level"),
        (limits.brightness_warn, limits.brightness_reject),
        message(
            "The face is dark (grey level {level} of 255). Add light from the front.",
            level=f"{level:.0f}",
        ),
    )
    clipped = clipped_percent(aligned)
    yield _at_most(
        ("clipping", clipped, "%"),
        (limits.clipping_warn, limits.clipping_reject),
        message(
            "{percent} % of the face is burnt out or black. Avoid flash and hard sunlight, or "
            "correct the exposure.",
            percent=f"{clipped:.0f}",
        ),
    )
    balance = evenness(aligned)
    yield _at_least(
        ("evenness", balance, "ratio"),
        (limits.evenness_warn, limits.evenness_reject),
        message(
            "One side of the face is only {percent} % as bright as the other. Turn the patient "
            "towards the light.",
            percent=f"{100 * balance:.0f}",
        ),
    )


def _cover_checks(aligned: AlignedFace, limits: QualityLimits) -> Iterator[QualityCheck]:
    lips = lip_contrast(aligned)
    yield _at_least(
        ("lip_contrast", lips, "lightness"),
        (limits.lip_contrast_reject, limits.lip_contrast_reject),
        message(
            "The lips show almost no shading ({contrast}). Uncover the mouth; if nothing covers "
            "it, take the photo again in better light and focus.",
            contrast=f"{lips:.1f}",
        ),
    )
    eyes = eye_contrast(aligned)
    yield _at_least(
        ("eye_contrast", eyes, "lightness"),
        (limits.eye_contrast_warn, None),
        message(
            "The eyes show little contrast ({contrast}). Take dark glasses off, or let light fall "
            "on the eyes.",
            contrast=f"{eyes:.1f}",
        ),
    )


def _frame_check(
    photo_shape: tuple[int, ...], aligned: AlignedFace, limits: QualityLimits
) -> QualityCheck:
    outside = outside_frame_percent(photo_shape, aligned)
    return _at_most(
        ("outside_frame", outside, "%"),
        (limits.outside_frame_warn, limits.outside_frame_reject),
        message(
            "{percent} % of the face lies beyond the edge of the photo. Step back until the whole "
            "face is in it.",
            percent=f"{outside:.0f}",
        ),
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
    title = _NAMES[name]
    reason = remark if status != "accept" else message("{check}: OK.", check=title)
    return QualityCheck(name, title, float(value), unit, *limits, status, reason)


_NAMES: Final = {
    "inter_pupil_distance": template("Size of the face"),
    "yaw": template("Head turned to a side"),
    "pitch": template("Head raised or lowered"),
    "roll": template("Head tilted"),
    "quarter_turns": template("Photo upright"),
    "landmark_misfit": template("Proportions of the face"),
    "landmark_unrest": template("Landmarks looked at again"),
    "lip_contrast": template("Shading of the lips"),
    "eye_contrast": template("Contrast of the eyes"),
    "eye_opening": template("Lids apart"),
    "mouth_opening": template("Mouth closed"),
    "sharpness": template("Sharpness"),
    "brightness": template("Brightness"),
    "clipping": template("Exposure"),
    "evenness": template("Evenness of the light"),
    "outside_frame": template("Face within the photo"),
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
