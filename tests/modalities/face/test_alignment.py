"""The crop: a least-squares similarity on landmarks alone, an ellipse, and nothing beyond it."""

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from face2bone.modalities.face.alignment import (
    CROP_PUPIL_DISTANCE,
    CROP_PUPIL_HEIGHT,
    CROP_SIZE,
    MASK_VALUE,
    align_landmarks,
    crop_transform,
    ellipse_mask,
    warp,
)
from face2bone.modalities.face.mesh import (
    ALIGNMENT_POINTS,
    FACE_OVAL,
    LANDMARKS,
    inter_pupil_distance,
)
from face2bone.modalities.photo import Photo


def template() -> NDArray[np.float64]:
    """Landmarks that lie where the crop wants them."""
    landmarks = np.zeros((LANDMARKS, 3))
    for index, (x, y, _) in ALIGNMENT_POINTS.items():
        landmarks[index, :2] = (79.5 + x * CROP_PUPIL_DISTANCE, CROP_PUPIL_HEIGHT + y * 52.0)
    return landmarks


def similarity(scale: float, degrees: float, shift: tuple[float, float]) -> NDArray[np.float64]:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    linear = scale * np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack((linear, shift))


@given(st.floats(0.2, 30), st.floats(-180, 180), st.floats(-500, 4000), st.floats(-500, 4000))
def test_a_moved_template_is_moved_back(
    scale: float, degrees: float, right: float, down: float
) -> None:
    moved = template()
    to_photo = similarity(scale, degrees, (right, down))
    moved[:, :2] = moved[:, :2] @ to_photo[:, :2].T + to_photo[:, 2]
    transform = crop_transform(moved).astype(np.float64)
    points = list(ALIGNMENT_POINTS)
    back = moved[points, :2] @ transform[:, :2].T + transform[:, 2]
    assert np.abs(back - template()[points, :2]).max() < 0.02


@given(st.integers(0, 2**32 - 1))
def test_no_other_similarity_fits_better(seed: int) -> None:
    """The closed form against the linear least squares it solves."""
    rng = np.random.default_rng(seed)
    landmarks = template() * rng.uniform(0.5, 3) + rng.normal(0, 8, (LANDMARKS, 3))
    points, weights = list(ALIGNMENT_POINTS), [w for _, _, w in ALIGNMENT_POINTS.values()]
    x, y = landmarks[points, :2].T
    zero, one = np.zeros_like(x), np.ones_like(x)
    equations = np.vstack((np.stack((x, -y, one, zero), 1), np.stack((y, x, zero, one), 1)))
    places = template()[points, :2].T.ravel()
    root = np.sqrt(np.concatenate((weights, weights)))
    a, b, right, down = np.linalg.lstsq(equations * root[:, None], places * root, rcond=None)[0]
    expected = np.array([[a, -b, right], [b, a, down]])
    assert crop_transform(landmarks) == pytest.approx(expected, rel=1e-4, abs=1e-3)


def ramp(width: int, height: int) -> NDArray[np.uint8]:
    """Red grows with x, green with y, over the whole photo."""
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    pixels: NDArray[np.uint8] = np.stack((x, y, np.full_like(x, 60)), axis=-1).astype(np.uint8)
    return pixels


@settings(max_examples=40)
@given(st.floats(0.08, 3.0), st.floats(-180, 180))
def test_each_crop_pixel_shows_its_place_in_the_photo(scale: float, degrees: float) -> None:
    width, height = 1200, 900
    transform = similarity(scale, degrees, (0, 0))
    transform[:, 2] = 79.5 - transform[:, :2] @ (600, 450)
    crop = warp(ramp(width, height), transform.astype(np.float32)).astype(float)
    rows, columns = np.mgrid[:CROP_SIZE, :CROP_SIZE]
    back = np.linalg.solve(
        transform[:, :2], np.stack((columns.ravel(), rows.ravel())) - transform[:, 2:]
    )
    x, y = (axis.reshape(CROP_SIZE, CROP_SIZE) for axis in back)
    margin = 3 / scale + 3
    inside = (x > margin) & (x < width - margin) & (y > margin) & (y < height - margin)
    assert np.abs(crop[..., 0] - x * 255 / (width - 1))[inside].max() < 2.0
    assert np.abs(crop[..., 1] - y * 255 / (height - 1))[inside].max() < 2.0
    outside = (x < -margin) | (x > width + margin) | (y < -margin) | (y > height + margin)
    assert (crop[outside] == MASK_VALUE).all()


def test_a_crop_beyond_the_photo_is_blank() -> None:
    far = similarity(1.0, 0.0, (5000.0, 5000.0)).astype(np.float32)
    assert (warp(ramp(300, 200), far) == MASK_VALUE).all()


def test_the_crop_does_not_depend_on_resolution(frontal: Any) -> None:
    larger = cv2.resize(frontal.pixels, None, fx=4, fy=4, interpolation=cv2.INTER_LINEAR)
    landmarks = (frontal.landmarks + 0.5) * 4 - 0.5
    one, other = frontal.aligned, align_landmarks(np.asarray(larger, np.uint8), landmarks)
    assert (one.mask != other.mask).mean() < 0.001
    both = one.mask & other.mask
    assert np.abs(one.pixels.astype(int) - other.pixels)[both].mean() < 2.5


def test_pixels_play_no_part_in_the_geometry(frontal: Any) -> None:
    other = align_landmarks(np.zeros_like(frontal.pixels), frontal.landmarks)
    assert np.array_equal(other.transform, frontal.aligned.transform)
    assert np.array_equal(other.mask, frontal.aligned.mask)
    assert np.array_equal(other.part_map, frontal.aligned.part_map)


@given(
    st.floats(60, 100), st.floats(60, 100), st.floats(30, 55), st.floats(56, 75),
    st.floats(-30, 30),
)  # fmt: skip
def test_an_ellipse_of_landmarks_is_recovered(
    x: float, y: float, half_width: float, half_height: float, degrees: float
) -> None:
    angle = np.linspace(0, 2 * np.pi, len(FACE_OVAL), endpoint=False)
    oval = np.column_stack((half_width * np.sin(angle), -half_height * np.cos(angle)))
    to_crop = similarity(1.0, degrees, (x, y))
    landmarks = np.zeros((LANDMARKS, 2))
    landmarks[list(FACE_OVAL)] = oval @ to_crop[:, :2].T + to_crop[:, 2]
    rows, columns = np.mgrid[:CROP_SIZE, :CROP_SIZE]
    along = np.stack((columns.ravel() - x, rows.ravel() - y), axis=1) @ to_crop[:, :2]
    expected = (along[:, 0] / half_width) ** 2 + (along[:, 1] / half_height) ** 2 <= 1
    assert (ellipse_mask(landmarks).ravel() != expected).mean() < 0.002


def test_drawn_faces_fill_the_crop(drawn_faces: tuple[Any, ...]) -> None:
    for face in drawn_faces:
        aligned = face.aligned
        assert aligned.pixels.shape == (CROP_SIZE, CROP_SIZE, 3)
        assert aligned.pixels.dtype == np.uint8
        assert aligned.transform.dtype == aligned.landmarks.dtype == np.float32
        assert (aligned.pixels[~aligned.mask] == MASK_VALUE).all()
        assert 0.35 < aligned.mask.mean() < 0.75
        assert 45 < inter_pupil_distance(aligned.landmarks) < 58
        inside = aligned.landmarks[[152, 10, 234, 454]]  # chin, hairline, both sides
        assert inside.min() > -8
        assert inside.max() < CROP_SIZE + 8


def test_the_astronaut_stands_upright_in_the_crop(
    astronaut_photo: Photo, astronaut_landmarks: NDArray[np.float32]
) -> None:
    aligned = align_landmarks(astronaut_photo.pixels, astronaut_landmarks)
    right, left = aligned.landmarks[[468, 473]]
    assert abs(right[1] - left[1]) < 2
    assert right[0] < left[0]
    assert 45 < inter_pupil_distance(aligned.landmarks) < 58
