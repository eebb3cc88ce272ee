"""Every check measures what its name says, and says in words what to do."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.modalities.face.alignment import AlignedFace, align_landmarks
from face2bone.modalities.face.limits import QualityLimits
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.face.pose import Pose, head_pose
from face2bone.modalities.face.quality import (
    QualityCheck,
    QualityVerdict,
    clipped_percent,
    evenness,
    eye_opening,
    judge_quality,
    mouth_opening,
    outside_frame_percent,
    sharpness,
)
from face2bone.modalities.photo import Photo

AHEAD = Pose(0.0, 0.0, 0.0, 0)


def judge(face: Any, pose: Pose = AHEAD, **changes: Any) -> QualityVerdict:
    landmarks = changes.get("landmarks", face.landmarks)
    aligned = changes.get("aligned", align_landmarks(face.pixels, face.landmarks))
    limits = changes.get("limits", QualityLimits())
    return judge_quality(face.pixels.shape, landmarks, pose, aligned, limits, 0.005)


def check(verdict: QualityVerdict, name: str) -> QualityCheck:
    return next(check for check in verdict.checks if check.name == name)


def with_crop(aligned: AlignedFace, crop: NDArray[Any]) -> AlignedFace:
    return replace(aligned, pixels=np.clip(crop, 0, 255).astype(np.uint8))


def blurred(face: Any, share: float) -> AlignedFace:
    """The face after a Gaussian blur of this share of the pupil distance, aligned."""
    pupils = float(np.hypot(*(face.landmarks[473, :2] - face.landmarks[468, :2])))
    soft = cv2.GaussianBlur(face.pixels, (0, 0), share * pupils)
    return align_landmarks(np.asarray(soft, np.uint8), face.landmarks)


def test_sharpness_falls_with_blur_the_same_way_on_every_face(
    drawn_faces: tuple[Any, ...],
) -> None:
    for face in drawn_faces[:6]:
        blurs = (0.02, 0.03, 0.04, 0.05, 0.07)
        values = [sharpness(face.aligned), *(sharpness(blurred(face, s)) for s in blurs)]
        assert values == sorted(values, reverse=True)
        assert values[0] > 0.55
        assert values[2] == pytest.approx(0.45, abs=0.06)
        assert values[4] == pytest.approx(0.36, abs=0.04)


def test_sharpness_ignores_contrast_and_resolution(frontal: Any) -> None:
    aligned = frontal.aligned
    pale = with_crop(aligned, 127 + 0.5 * (aligned.pixels.astype(float) - 127))
    assert sharpness(pale) == pytest.approx(sharpness(aligned), rel=0.1)
    larger = cv2.resize(frontal.pixels, None, fx=3, fy=3, interpolation=cv2.INTER_LINEAR)
    landmarks = (frontal.landmarks + 0.5) * 3 - 0.5
    fine = align_landmarks(np.asarray(larger, np.uint8), landmarks)
    assert sharpness(fine) == pytest.approx(sharpness(aligned), rel=0.15)
    assert sharpness(with_crop(aligned, np.full((160, 160, 3), 90))) == 0.0


def test_evenness_is_the_ratio_of_the_halves(frontal: Any) -> None:
    aligned = frontal.aligned
    crop = np.full((160, 160, 3), 200.0)
    left = [i for i, region in enumerate(FACE_PARTS) if region.id.endswith("_left")]
    crop[np.isin(aligned.part_map, left)] = 80.0
    assert evenness(with_crop(aligned, crop)) == pytest.approx(0.4)
    assert evenness(aligned) > 0.6
    assert evenness(with_crop(aligned, crop * 0)) == 0.0


def test_clipping_counts_burnt_and_black_pixels_of_the_face(frontal: Any) -> None:
    aligned = frontal.aligned
    crop = np.full((160, 160, 3), 120.0)
    crop[:, :80, 0] = 255
    assert clipped_percent(with_crop(aligned, crop)) == 0.0  # as on light skin in good light
    crop[:, :80, 1] = 254
    burnt = with_crop(aligned, crop)
    expected = 100 * aligned.mask[:, :80].sum() / aligned.mask.sum()
    assert clipped_percent(burnt) == pytest.approx(expected)
    assert clipped_percent(with_crop(aligned, crop * 0 + 1)) == 100.0


def test_eyes_and_mouth_are_measured_in_their_own_size() -> None:
    landmarks = np.zeros((478, 3))
    for outer, inner, uppers, lowers in (
        (33, 133, (160, 158), (144, 153)),
        (263, 362, (387, 385), (373, 380)),
    ):
        landmarks[outer, 0], landmarks[inner, 0] = 0, 30
        landmarks[list(uppers), 1], landmarks[list(lowers), 1] = 0, 9
    assert eye_opening(landmarks) == pytest.approx(0.3)
    landmarks[[387, 385], 1] = 6  # one eye nearly closed decides
    assert eye_opening(landmarks) == pytest.approx(0.1)
    landmarks[468], landmarks[473] = (0, 0, 0), (60, 0, 0)
    landmarks[13], landmarks[14] = (0, 0, 0), (0, 6, 0)
    assert mouth_opening(landmarks) == pytest.approx(0.1)


def test_the_frame_check_sees_what_is_cut_off(frontal: Any) -> None:
    aligned = frontal.aligned
    assert outside_frame_percent(frontal.pixels.shape, aligned) < 3
    rows = np.nonzero(aligned.mask)[0]
    for share in (0.25, 0.5):
        top = np.quantile(rows, share)
        x, y = np.linalg.solve(aligned.transform[:, :2], (79.5, top) - aligned.transform[:, 2])
        cut = round(float(y))
        landmarks = frontal.landmarks - (0, cut, 0)
        shape = (frontal.pixels.shape[0] - cut, frontal.pixels.shape[1], 3)
        lower = align_landmarks(frontal.pixels[cut:], landmarks)
        assert outside_frame_percent(shape, lower) == pytest.approx(100 * share, abs=3)
        assert 0 < x < 256


@pytest.mark.parametrize(
    ("pose", "name", "status", "words"),
    [
        (Pose(8.0, 0, 0, 0), "yaw", "accept", ": OK."),
        (Pose(12.4, 0, 0, 0), "yaw", "warn", "Turn the head 12 degrees to the patient's right."),
        (Pose(-25.0, 0, 0, 0), "yaw", "reject", "Turn the head 25 degrees to the patient's left."),
        (Pose(0, 12.0, 0, 0), "pitch", "warn", "Lower the chin by 12 degrees."),
        (Pose(0, -22.0, 0, 0), "pitch", "reject", "Raise the chin by 22 degrees."),
        (Pose(0, 0, 9.0, 0), "roll", "warn", "9 degrees towards the patient's right shoulder"),
        (Pose(0, 0, -31.0, 0), "roll", "reject", "towards the patient's left shoulder"),
        (Pose(0, 0, 0, 1), "quarter_turns", "warn", "lies on its side. Take it upright"),
        (Pose(0, 0, 0, 3), "quarter_turns", "warn", "lies on its side. Take it upright"),
        (Pose(0, 0, 0, 2), "quarter_turns", "reject", "stands on its head. Take it upright"),
    ],
)
def test_pose_limits_and_words(
    pose: Pose, name: str, status: str, words: str, frontal: Any
) -> None:
    verdict = judge(frontal, pose)
    found = check(verdict, name)
    assert found.status == status
    assert words in found.reason
    severity = ("accept", "warn", "reject").index
    assert severity(verdict.status) >= severity(status)


@pytest.mark.parametrize(("scale", "status"), [(1.3, "accept"), (0.9, "warn"), (0.6, "reject")])
def test_small_faces_are_remarked(scale: float, status: str, frontal: Any) -> None:
    pupils = check(judge(frontal), "inter_pupil_distance").value
    landmarks = frontal.landmarks * np.float32(60 * scale / pupils)
    found = check(judge(frontal, landmarks=landmarks), "inter_pupil_distance")
    assert found.status == status
    assert found.value == pytest.approx(60 * scale)
    assert (found.warn_limit, found.reject_limit, found.unit) == (60.0, 40.0, "px")


def test_light_limits_and_words(frontal: Any) -> None:
    aligned = frontal.aligned
    dark = judge(frontal, aligned=with_crop(aligned, aligned.pixels * 0.05))
    assert check(dark, "brightness").status == "reject"
    assert "Add light from the front" in check(dark, "brightness").reason
    burnt = judge(frontal, aligned=with_crop(aligned, aligned.pixels * 3.0))
    assert check(burnt, "clipping").status == "reject"
    soft = judge(frontal, aligned=blurred(frontal, 0.07))
    assert check(soft, "sharpness").status == "reject"
    assert soft.status == "reject"


@pytest.mark.parametrize("melanin", [0.0, 0.5, 1.0])
def test_no_skin_tone_is_remarked(melanin: float, draw: Callable[..., Any]) -> None:
    verdict = judge(draw(0, (0.0, 0.0, 0.0), melanin))
    for name in (
        *("brightness", "clipping", "evenness", "sharpness", "eye_opening"),
        *("lip_contrast", "eye_contrast"),
    ):
        assert check(verdict, name).status == "accept", name


def test_an_open_mouth_warns_and_never_rejects(frontal: Any) -> None:
    landmarks = frontal.landmarks.copy()
    landmarks[14, 1] += 100
    found = check(judge(frontal, landmarks=landmarks), "mouth_opening")
    assert found.status == "warn"
    assert found.reject_limit is None


def test_covered_lips_reject_and_covered_eyes_are_remarked(frontal: Any) -> None:
    """A mask takes the picture away; dark glasses, as far as they can be told, a part of it."""
    flat = with_crop(frontal.aligned, np.full((160, 160, 3), 150))
    verdict = judge(frontal, aligned=flat)
    lips, eyes = check(verdict, "lip_contrast"), check(verdict, "eye_contrast")
    assert (lips.status, eyes.status) == ("reject", "warn")
    assert "Uncover the mouth" in lips.reason
    assert "Take dark glasses off" in eyes.reason


def test_nothing_claims_that_a_face_is_uncovered_or_an_eye_open(frontal: Any) -> None:
    """A mask with a pattern passes, and narrow eyes read as closed ones do."""
    closed = frontal.landmarks.copy()
    closed[[160, 158, 387, 385]] = closed[[144, 153, 373, 380]]
    for verdict in (judge(frontal), judge(frontal, landmarks=closed)):
        said = " ".join(c.reason for c in verdict.checks).lower()
        assert "face uncovered" not in said
        assert "open both eyes" not in said
    assert "if an eye was closed" in check(verdict, "eye_opening").reason


def test_landmarks_that_move_are_remarked(frontal: Any) -> None:
    moved = judge_quality(
        *(frontal.pixels.shape, frontal.landmarks, AHEAD, frontal.aligned, QualityLimits()), 0.1
    )
    assert check(moved, "landmark_unrest").status == "warn"
    assert check(judge(frontal), "landmark_unrest").status == "accept"


def test_reasons_come_gravest_first() -> None:
    checks = tuple(
        QualityCheck(status, status, 0.0, "", 0.0, None, status, status)
        for status in ("accept", "warn", "reject", "warn")
    )
    assert QualityVerdict(checks, "reject").reasons == ("reject", "warn", "warn")


def test_the_astronaut_is_accepted_with_warnings(
    astronaut_photo: Photo, astronaut_landmarks: NDArray[np.float32]
) -> None:
    """43 px between the pupils warn; a smile that shows the teeth is not remarked."""
    aligned = align_landmarks(astronaut_photo.pixels, astronaut_landmarks)
    verdict = judge_quality(
        astronaut_photo.pixels.shape,
        astronaut_landmarks,
        head_pose(astronaut_landmarks),
        aligned,
        QualityLimits(),
        0.004,
    )
    assert verdict.status == "warn"
    assert {c.name for c in verdict.checks if c.status == "warn"} == {
        "inter_pupil_distance",
    }
    assert len(verdict.reasons) == 1


def test_limits_given_decide(frontal: Any) -> None:
    strict = QualityLimits(yaw_warn=0.5, yaw_reject=1.0)
    assert check(judge(frontal, Pose(2.0, 0, 0, 0), limits=strict), "yaw").status == "reject"
