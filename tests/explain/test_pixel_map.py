"""The occlusion map of networks whose answer is known."""

import numpy as np
import pytest

from face2bone.explain.baselines import Baseline, blur_baseline
from face2bone.explain.pixel_map import pixel_map


def spot(crops):
    """Answers to one small patch of the picture only."""
    seen = np.asarray(crops[:, 76:84, 76:84, 1], dtype=np.float64).mean(axis=(1, 2))
    return np.stack([seen, -seen, np.zeros_like(seen)], axis=1)


def test_it_peaks_where_the_answer_rests_and_is_nought_elsewhere(face):
    dark = Baseline("dark", np.where(face.mask[..., None], 0, face.pixels).astype(np.uint8))
    found = pixel_map(spot, face, dark)
    row, column = np.unravel_index(found[..., 0].argmax(), found.shape[:2])
    assert 72 <= row < 88
    assert 72 <= column < 88
    assert found[..., 0].max() > 0
    assert np.allclose(found[..., 1], -found[..., 0])
    far = np.hypot(*(np.mgrid[:160, :160] - 79.5)) > 40
    assert (found[far] == 0).all()
    assert (found[..., 2] == 0).all()


def test_nothing_outside_the_face_is_lit(face):
    found = pixel_map(lambda crops: crops.mean(axis=(1, 2)), face, blur_baseline(face))
    assert (found[~face.mask] == 0).all()
    assert found.shape == (160, 160, 3)


def test_a_face_equal_to_its_fill_loses_nothing(face):
    found = pixel_map(lambda crops: crops.mean(axis=(1, 2)), face, Baseline("same", face.pixels))
    assert (found == 0).all()


def test_progress_rises_to_one_and_cancels(face):
    seen: list[float] = []
    pixel_map(spot, face, blur_baseline(face), seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    def stop(fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        pixel_map(spot, face, blur_baseline(face), stop)
